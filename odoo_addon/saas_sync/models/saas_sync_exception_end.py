"""How an exception ends: by a person's fix, by later news, or ignored; and what is said
and closed then.
"""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime

from .saas_sync_exception import OPEN_STATES

FIXES = [
    ("retry", "Retry"),
    ("choice", "Record chosen"),
    ("made_anew", "To be made anew"),
    ("correct", "Value corrected"),
    ("date", "Date moved"),
]


class SaasSyncException(models.Model):
    _inherit = "saas.sync.exception"

    awaited_id = fields.Many2one(
        "saas.sync.exception",
        string="Waits For",
        compute="_compute_awaited_id",
        compute_sudo=True,
        help="Once this one is solved, the record goes on by itself.",
    )
    resolution = fields.Selection(
        [
            ("fixed", "Fixed by a person"),
            ("superseded", "Resolved by itself"),
            ("ignored", "Ignored"),
        ],
        readonly=True,
        tracking=True,
    )
    fixed_how = fields.Selection(FIXES, string="Last Fix", readonly=True)
    fixed_by_id = fields.Many2one("res.users", string="Fixed By", readonly=True)
    fixed_at = fields.Datetime(readonly=True)
    ending = fields.Char(compute="_compute_ending", string="How It Ended")

    @api.depends("args", "state")
    def _compute_awaited_id(self):
        for exception in self:
            names = (exception.args or {}).get("waiting_for") or []
            keys = [name.partition("/")[2].partition(":") for name in names]
            waiting = self.search(
                [
                    ("connection_id", "=", exception.connection_id.id),
                    ("external_id", "in", [key[2] for key in keys]),
                    ("state", "in", OPEN_STATES),
                ]
            )
            exception.awaited_id = waiting.filtered(
                lambda e, kinds={key[0] for key in keys}: e.kind in kinds
            )[:1]

    @api.depends("resolution", "resolved_at", "fixed_how", "fixed_by_id", "kind")
    @api.depends_context("lang", "tz", "uid")
    def _compute_ending(self):
        for exception in self:
            exception.ending = exception._tell_ending()

    def _tell_ending(self):
        """"Resolved by itself: a later version of the invoice came through on …"."""
        values = {
            "at": self.resolved_at and format_datetime(
                self.env, self.resolved_at, dt_format="short"
            ),
            "by": self.sudo().fixed_by_id.name,
            "kind": dict(self._fields["kind"]._description_selection(self.env)).get(
                self.kind, ""
            ).lower(),
        }
        if self.resolution == "superseded":
            return self.env._(
                "Resolved by itself: a later version of the %(kind)s came through on "
                "%(at)s.",
                **values,
            )
        if self.resolution != "fixed":
            return False
        stories = {
            "choice": self.env._(
                "Resolved on %(at)s, after %(by)s chose the Odoo record.", **values
            ),
            "made_anew": self.env._(
                "Resolved on %(at)s, after %(by)s had it made anew.", **values
            ),
            "correct": self.env._(
                "Resolved on %(at)s, after %(by)s corrected a value.", **values
            ),
            "date": self.env._(
                "Resolved on %(at)s, after %(by)s let it be booked on an open day.",
                **values,
            ),
        }
        return stories.get(self.fixed_how) or self.env._(
            "Resolved on %(at)s, when %(by)s had it tried again.", **values
        )

    def _resolve(self):
        """The sidecar says that it stands no longer in the way: note how it ended, and
        close what was to be done about it."""
        now = fields.Datetime.now()
        for exception in self:
            fixed = exception.state == "retrying" and exception.fixed_by_id
            exception.write(
                {
                    "state": "resolved",
                    "resolved_at": now,
                    "resolution": "fixed" if fixed else "superseded",
                }
            )
            if fixed or exception.user_id:
                exception._log(exception.ending)
            exception._keep_correction()
        self._close_activities(self.env._("It has been resolved."))

    @api.model
    def _refuse(self, wish, message):
        """The sidecar could not carry out what was asked for an exception: it is open
        again, and says why."""
        if not wish or not wish.external_id:
            return
        waiting = self.search(
            [
                ("connection_id", "=", wish.connection_id.id),
                ("kind", "=", wish.kind),
                ("external_id", "=", wish.external_id),
                ("state", "=", "retrying"),
            ]
        )
        waiting.write({"state": "open", "fixed_how": False, "fixed_by_id": False})
        waiting._log(
            self.env._("Not done: %(why)s", why=message or self.env._("no reason"))
        )

    def _close_activities(self, feedback):
        activities = self.sudo().activity_ids
        if activities:
            activities.action_feedback(feedback=feedback)

    def _log(self, text, record=None):
        """A line in the chatter of the exception (or of ``record``) that mails nobody;
        neither amounts nor persons belong into an exception's."""
        for each in self if record is None else record:
            each.sudo()._message_log(
                body=Markup("%s") % text, author_id=self.env.user.partner_id.id
            )
