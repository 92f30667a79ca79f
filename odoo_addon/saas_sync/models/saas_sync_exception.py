from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.big_integer import BigInteger
from ..tools.kinds import KINDS

# The ten failure classes, in words of the business.
CAUSES = [
    ("transient", "Temporarily unavailable"),
    ("rate_limited", "Too many requests"),
    ("connection", "Wrong credentials or permission"),
    ("missing_mapping", "Missing mapping"),
    ("invalid_data", "Invalid data"),
    ("conflict", "Conflict"),
    ("business_rule", "Business rule"),
    ("duplicate", "Duplicate"),
    ("unknown_outcome", "Unknown outcome"),
    ("bug", "Defect"),
]
OPEN_STATES = ("open", "retrying")
# Amounts and persons are theirs alone; see the rights in the user guide.
ACCOUNTANT = "saas_sync.group_accountant"


class SaasSyncException(models.Model):
    """A record of another system that a person must look at, and the way forward."""

    _name = "saas.sync.exception"
    _description = "SaaS Sync Exception"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "last_at desc, id desc"
    _rec_name = "label"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "saas.sync.connection", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    external_id = fields.Char("External ID", required=True, readonly=True)
    cause = fields.Selection(
        CAUSES, string="Class of Failure", required=True, readonly=True
    )
    code = fields.Char(required=True, readonly=True, index=True)
    label = fields.Char("Record", required=True, readonly=True)
    message = fields.Char(required=True, readonly=True, groups=ACCOUNTANT)
    hint = fields.Char(readonly=True)
    args = fields.Json(readonly=True, groups=ACCOUNTANT)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("retrying", "Retrying"),
            ("resolved", "Resolved"),
            ("ignored", "Ignored"),
        ],
        default="open",
        required=True,
        readonly=True,
        tracking=True,
    )
    ignore_reason = fields.Char(readonly=True, tracking=True)
    user_id = fields.Many2one(
        "res.users",
        string="Assigned To",
        tracking=True,
        domain="[('share', '=', False)]",
    )
    rule = fields.Char(readonly=True)
    reason = fields.Char(readonly=True, help="The event, or why the record was read.")
    delivery = fields.Char(readonly=True)
    attempts = fields.Integer(readonly=True, aggregator=None)
    first_at = fields.Datetime(string="First Seen", readonly=True)
    last_at = fields.Datetime(string="Last Seen", readonly=True)
    resolved_at = fields.Datetime("Ended", readonly=True)
    amount = fields.Monetary(readonly=True, aggregator=None, groups=ACCOUNTANT)
    amount_minor = BigInteger(readonly=True, aggregator=None, groups=ACCOUNTANT)
    currency_id = fields.Many2one("res.currency", readonly=True, groups=ACCOUNTANT)
    currency = fields.Char(string="Currency Code", readonly=True, groups=ACCOUNTANT)
    partner = fields.Char(string="Customer", readonly=True, groups=ACCOUNTANT)
    url = fields.Char(string="Address", readonly=True)
    payload = fields.Json(readonly=True, groups=ACCOUNTANT)
    model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        string="Odoo Record", model_field="model", readonly=True
    )
    system_name = fields.Char(related="connection_id.system_name")
    alike_count = fields.Integer(compute="_compute_alike_count")

    _open_uniq = models.UniqueIndex(
        "(connection_id, kind, external_id) WHERE state IN ('open', 'retrying')",
        "There is an open exception for this record already.",
    )
    _resolved_idx = models.Index("(resolved_at) WHERE resolved_at IS NOT NULL")

    @api.depends("code", "connection_id", "state")
    def _compute_alike_count(self):
        for exception in self:
            exception.alike_count = len(exception._alike()) if exception.code else 0

    def write(self, vals):
        """People write what is theirs; what the sidecar reported is not."""
        foreign = [name for name in vals if name in self._reported_fields()]
        if foreign and not self.env.su:
            raise AccessError(
                self.env._(
                    "What the sidecar reported is not edited by hand: %(fields)s.",
                    fields=", ".join(foreign),
                )
            )
        return super().write(vals)

    @api.model
    def _reported_fields(self):
        reported = {
            name
            for name, field in self._fields.items()
            if field.store and field.readonly
        }
        return reported - {"message_main_attachment_id"} | {"concerns"}

    # Actions

    def action_retry(self):
        """Ask the sidecar to try again; open exceptions only."""
        self._check_operator()
        waiting = self.filtered(lambda e: e.state in OPEN_STATES)
        waiting._retry("retry")
        return self.env["saas.sync.connection"]._notify(
            self.env._("%(count)s record(s) will be tried again.", count=len(waiting))
        )

    def action_retry_alike(self):
        """Retry every open exception with the same code on the same connection."""
        self._check_operator()
        return self._alike().action_retry()

    def _alike(self):
        """Open exceptions that share code and connection with one of these."""
        groups = {(e.connection_id.id, e.code) for e in self}
        return self.search(
            [
                ("state", "in", OPEN_STATES),
                ("connection_id", "in", self.connection_id.ids),
                ("code", "in", self.mapped("code")),
            ]
        ).filtered(lambda e: (e.connection_id.id, e.code) in groups)

    def action_ignore(self):
        self._check_operator()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ignore"),
            "res_model": "saas.sync.ignore",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_exception_ids": self.ids},
        }

    def _ignore(self, reason):
        """Forget what waits for these records, for a ``reason`` that is kept."""
        self._check_operator()
        waiting = self.filtered(lambda e: e.state in OPEN_STATES)
        waiting._queue("ignore", {"reason": reason})
        waiting.sudo().write(
            {
                "state": "ignored",
                "ignore_reason": reason,
                "resolved_at": fields.Datetime.now(),
                "resolution": "ignored",
            }
        )
        waiting._close_activities(reason)
        waiting._send_overview()

    def action_assign(self):
        """Ask whom, until when."""
        self._check_operator()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign"),
            "res_model": "saas.sync.assign",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_exception_ids": self.ids},
        }

    def action_assign_to_me(self):
        self._check_operator()
        self.sudo().write({"user_id": self.env.uid})

    def _assign(self, user, deadline, note=False):
        """Give open exceptions to ``user``: one activity each, in place of the one that
        was there."""
        self._check_operator()
        waiting = self.filtered(lambda e: e.state in OPEN_STATES)
        todo = self.env.ref("mail.mail_activity_data_todo")
        mine = waiting.sudo()
        mine.activity_ids.filtered(lambda a: a.activity_type_id == todo).unlink()
        mine.write({"user_id": user.id})
        for exception in mine:
            exception.with_user(self.env.user).sudo().activity_schedule(
                activity_type_id=todo.id,
                date_deadline=deadline,
                summary=self.env._("Solve: %(record)s", record=exception.label),
                note=note or False,
                user_id=user.id,
            )

    def action_open_record(self):
        self.ensure_one()
        return self.env["saas.sync.link"]._open_action(self.model, self.res_id)

    def action_open_external(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def _check_operator(self):
        """Actions write with elevated rights, so the user's are checked here."""
        if not self.env.user.has_group("saas_sync.group_operator"):
            raise AccessError(
                self.env._("Only operators of SaaS Sync may decide about exceptions.")
            )
        self.check_access("read")

    def _check_accountant(self):
        """Likewise for what changes the books or tells of persons."""
        if not self.env.user.has_group(ACCOUNTANT):
            raise AccessError(
                self.env._("Only accountants of SaaS Sync may decide this.")
            )
        self.check_access("read")

    def _retry(self, how, args=None, command="retry"):
        """Have the sidecar try again, and remember who did what before."""
        self._queue(command, args)
        self.sudo().write(
            {
                "state": "retrying",
                "fixed_how": how,
                "fixed_by_id": self.env.uid,
                "fixed_at": fields.Datetime.now(),
            }
        )
        self._send_overview()

    def _queue(self, command, args=None):
        self.env["saas.sync.outbox"]._queue_all(
            command,
            [(e.connection_id, e.kind, e.external_id, args or {}) for e in self],
        )

    @api.model
    def _cron_cleanup(self):
        """Forget exceptions that ended more than 400 days ago."""
        limit = fields.Datetime.now() - timedelta(days=400)
        old = self.search(
            [
                ("state", "in", ("resolved", "ignored")),
                ("resolved_at", "<", limit),
            ],
            limit=1000,
        )
        old.unlink()
        self.env["saas.sync.outbox"]._gc_done()
        self.env["saas.sync.api"]._gc_candidates()
