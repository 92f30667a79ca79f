"""A document in a closed period: an accountant has it booked on the first open day,
once or always. Its own date stays on it.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.saas_sync.models.saas_sync_exception import OPEN_STATES


class SaasSyncException(models.Model):
    _inherit = "saas.sync.exception"

    first_open_day = fields.Boolean(
        readonly=True, help="Book it on the first open day instead of its own date."
    )
    can_move_date = fields.Boolean(compute="_compute_open_date", compute_sudo=True)
    own_date = fields.Date(
        "Own Date", compute="_compute_open_date", compute_sudo=True
    )
    open_date = fields.Date(
        "First Open Day", compute="_compute_open_date", compute_sudo=True
    )

    @api.depends("code", "state", "args")
    def _compute_open_date(self):
        for exception in self:
            args = exception.args or {}
            own = fields.Date.to_date(args.get("date"))
            asked = exception.code == "period_locked" and own
            exception.can_move_date = bool(asked and exception.state in OPEN_STATES)
            exception.own_date = own if asked else False
            exception.open_date = asked and exception._first_open_day(own, args)

    @api.depends("can_move_date")
    def _compute_has_fix(self):
        super()._compute_has_fix()
        for exception in self.filtered("can_move_date"):
            exception.has_fix = True

    def _first_open_day(self, own, args):
        """The day it would be booked on now, by the company's present lock dates."""
        api_ = self.env["saas.sync.api"]
        locks = api_._billing_locks(self.company_id)
        violated = api_._billing_violated(
            locks, own, args.get("taxed", False), args.get("journal", "sale")
        )
        return violated[0] + timedelta(days=1) if violated else own

    def action_book_on_open_day(self):
        """Book this one document on the first open day."""
        self._check_accountant()
        moved = self.filtered("can_move_date")
        if not moved:
            raise UserError(self.env._("There is no date to move here."))
        moved.sudo().first_open_day = True
        for exception in moved:
            exception._log(
                self.env._(
                    "%(user)s: book it on the first open day, %(day)s.",
                    user=self.env.user.name,
                    day=format_date(self.env, exception.open_date),
                )
            )
        moved._retry("date")
        return self.env["saas.sync.connection"]._notify(
            self.env._("%(count)s record(s) will be tried again.", count=len(moved))
        )

    def action_always_on_open_day(self):
        """Book whatever falls into a closed period on the first open day, from now on
        and on this connection."""
        self._check_accountant()
        self.connection_id.sudo().lock_date_policy = "first_open_day"
        text = self.env._(
            "%(user)s: from now on, what falls into a closed period is booked on the "
            "first open day.",
            user=self.env.user.name,
        )
        for connection in self.connection_id:
            self._log(text, connection)
        waiting = self.search(
            [
                ("connection_id", "in", self.connection_id.ids),
                ("code", "=", "period_locked"),
                ("state", "in", OPEN_STATES),
            ]
        )
        waiting._log(text)
        waiting._retry("date")
        return self.env["saas.sync.connection"]._notify(
            self.env._("%(count)s record(s) will be tried again.", count=len(waiting))
        )
