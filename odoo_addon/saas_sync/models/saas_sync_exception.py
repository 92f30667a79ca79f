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
    cause = fields.Selection(CAUSES, required=True, readonly=True)
    code = fields.Char(required=True, readonly=True, index=True)
    label = fields.Char(required=True, readonly=True)
    message = fields.Char(required=True, readonly=True)
    hint = fields.Char(readonly=True)
    args = fields.Json(readonly=True)
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
    amount = fields.Monetary(readonly=True)
    amount_minor = BigInteger(readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True)
    currency = fields.Char(string="Currency Code", readonly=True)
    partner = fields.Char(string="Customer", readonly=True)
    url = fields.Char(string="Address", readonly=True)
    payload = fields.Json(readonly=True)
    model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", readonly=True
    )
    system_name = fields.Char(related="connection_id.system_name")

    _open_uniq = models.UniqueIndex(
        "(connection_id, kind, external_id) WHERE state IN ('open', 'retrying')",
        "There is an open exception for this record already.",
    )
    _resolved_idx = models.Index("(resolved_at) WHERE resolved_at IS NOT NULL")

    @api.depends("label", "message", "partner", "amount", "currency_id")
    def _compute_display_name(self):
        for exception in self:
            exception.display_name = f"{exception._headline()}: {exception.message}"

    def _headline(self):
        """The record in words of the business: what, for whom, how much."""
        self.ensure_one()
        headline = self.label
        if self.partner:
            headline = self.env._(
                "%(record)s for %(partner)s", record=headline, partner=self.partner
            )
        if self.currency_id and self.amount:
            headline += f", {self.currency_id.format(self.amount)}"
        return headline

    # Actions

    def action_retry(self):
        """Ask the sidecar to try again; open exceptions only."""
        self._check_operator()
        waiting = self.filtered(lambda e: e.state in OPEN_STATES)
        waiting._queue("retry")
        waiting.sudo().write({"state": "retrying"})
        waiting._send_overview()
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
            }
        )
        waiting._send_overview()

    def action_assign_to_me(self):
        self._check_operator()
        self.sudo().write({"user_id": self.env.uid})

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

    def _queue(self, command, args=None):
        self.env["saas.sync.outbox"]._queue_all(
            command,
            [(e.connection_id, e.kind, e.external_id, args or {}) for e in self],
        )

    # Live screens and the overview

    @api.model
    def _send_overview(self):
        """Tell operators' open screens to read the overview again."""
        count = self.sudo().search_count([("state", "in", OPEN_STATES)])
        self.env.ref("saas_sync.group_operator")._bus_send(
            "saas_sync.overview", {"open": count}
        )

    @api.model
    def _overview_groups(self):
        """Open exceptions by code and cause; empty for those who are no operators."""
        if not self.has_access("read"):
            return []
        causes = dict(self._fields["cause"]._description_selection(self.env))
        rows = {}
        groups = self._read_group(
            [("state", "in", OPEN_STATES)],
            ["code", "cause", "currency"],
            ["__count", "amount:sum", "id:max"],
        )
        for code, cause, currency, count, amount, latest in groups:
            row = rows.setdefault(
                (code, cause),
                {
                    "code": code,
                    "cause": cause,
                    "label": causes.get(cause, cause),
                    "example": self.browse(latest).message,
                    "count": 0,
                    "amounts": {},
                },
            )
            row["count"] += count
            if currency and amount:
                row["amounts"][currency] = amount
        return sorted(rows.values(), key=lambda row: -row["count"])

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
