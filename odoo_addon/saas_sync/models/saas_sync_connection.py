from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .saas_sync_outbox import DECISIONS

STATES = [
    ("unknown", "Unknown"),
    ("healthy", "Healthy"),
    ("degraded", "Degraded"),
    ("paused", "Paused"),
    ("broken", "Broken"),
]
# A sidecar reports every few seconds; two minutes without a word are a silence.
SILENT_AFTER = timedelta(minutes=2)
# What the hooks of every write keep in memory.
WATCH_FIELDS = ("watch", "active", "system", "system_name", "poke_url", "poke_token")


class SaasSyncConnection(models.Model):
    """One account of one outside system, as its sidecar last described it."""

    _name = "saas.sync.connection"
    _inherit = ["mail.thread"]
    _description = "SaaS Connection"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char(required=True, help="The connection's id in connections.yaml.")
    active = fields.Boolean(default=True)
    system = fields.Char("System Code", required=True)
    system_name = fields.Char(string="System")
    environment = fields.Selection(
        [("live", "Live"), ("test", "Test")], default="live", required=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    state = fields.Selection(STATES, default="unknown", required=True)
    message = fields.Char()
    hint = fields.Char()
    backlog = fields.Integer(help="Deliveries that wait to be applied.")
    parked = fields.Integer(help="Records that wait for a person.")
    waiting = fields.Integer(help="Records that wait for another record.")
    last_event_at = fields.Datetime(string="Last Event")
    lag_ms = fields.Integer(string="Lag (ms)", help="Age of the oldest waiting news.")
    received = fields.Integer()
    applied = fields.Integer()
    unchanged = fields.Integer()
    failed = fields.Integer()
    eta_ms = fields.Integer(
        string="ETA (ms)", help="Until the backlog is worked off; 0: not known."
    )
    next_try_at = fields.Datetime(
        string="Next Try", help="When a resting or broken connection is tried again."
    )
    budget = fields.Json(help="What the other system's limits still allow.")
    streams = fields.Json(help="What is read, and how complete it is.")
    # Their examples may be names of persons.
    brakes = fields.Json(
        groups="saas_sync.group_admin",
        help="Deletions that wait for a decision: more is gone than is usual.",
    )
    watch = fields.Json(
        groups="saas_sync.group_admin",
        help="Fields whose edits in Odoo the sidecar wants to hear of, by kind.",
    )
    poke_url = fields.Char(
        groups="base.group_system", help="Where the sidecar can be woken up."
    )
    poke_token = fields.Char(groups="base.group_system")
    sidecar_version = fields.Char()
    reported_at = fields.Datetime(string="Last Report")
    is_silent = fields.Boolean(compute="_compute_is_silent")
    notice = fields.Char(compute="_compute_is_silent")
    link_count = fields.Integer(compute="_compute_link_count")
    open_exception_count = fields.Integer(compute="_compute_open_exception_count")

    _code_uniq = models.Constraint("UNIQUE (code)", "This connection exists already.")

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        self.env["saas.sync.watch"]._forget()
        return connections

    def write(self, vals):
        # Reports come every few seconds, and seldom say anything new about these.
        is_news = any(
            connection[name] != vals[name]
            for connection in self.sudo()
            for name in WATCH_FIELDS
            if name in vals
        )
        result = super().write(vals)
        if is_news:
            self.env["saas.sync.watch"]._forget()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["saas.sync.watch"]._forget()
        return result

    @api.depends("reported_at", "message")
    def _compute_is_silent(self):
        limit = fields.Datetime.now() - SILENT_AFTER
        for connection in self:
            at = connection.reported_at
            connection.is_silent = not at or at < limit
            if not at:
                connection.notice = self.env._("The sidecar has not reported yet.")
            elif connection.is_silent:
                connection.notice = self.env._(
                    "The sidecar has not reported since %(at)s (UTC).",
                    at=fields.Datetime.to_string(at),
                )
            else:
                connection.notice = connection.message

    def _compute_link_count(self):
        counts = self._counts("saas.sync.link", [])
        for connection in self:
            connection.link_count = counts.get(connection.id, 0)

    def _compute_open_exception_count(self):
        counts = self._counts(
            "saas.sync.exception", [("state", "in", ("open", "retrying"))]
        )
        for connection in self:
            connection.open_exception_count = counts.get(connection.id, 0)

    def _counts(self, model, domain):
        groups = (
            self.env[model]
            .sudo()
            ._read_group(
                [("connection_id", "in", self.ids), *domain],
                ["connection_id"],
                ["__count"],
            )
        )
        return {connection.id: count for connection, count in groups}

    # Actions

    def action_pause(self):
        return self._command("pause", self.env._("The connection will be paused."))

    def action_resume(self):
        return self._command("resume", self.env._("The connection will be resumed."))

    def action_backfill(self):
        return self._command(
            "backfill",
            self.env._("Everything will be loaded again; unchanged records stay."),
        )

    def action_sweep(self):
        return self._command(
            "sweep", self.env._("What was missed or deleted is being looked for.")
        )

    def action_release_brake(self, stream):
        """Have the sidecar look at each absent record of ``stream``, one by one."""
        return self._decide(
            "release_brake",
            stream,
            self.env._("Decided: check each of them, and archive what is gone."),
        )

    def action_keep_absent(self, stream):
        """Leave the absent records of ``stream`` as they are."""
        return self._decide(
            "keep_absent", stream, self.env._("Decided: leave them as they are.")
        )

    def _decide(self, command, stream, decision):
        """Queue a decision about held-back deletions, and note who took it."""
        self.ensure_one()
        self._check_admin()
        brakes = [brake for brake in self.brakes or [] if brake["stream"] == stream]
        if not brakes or stream in self._decisions():
            raise UserError(
                self.env._("This was decided meanwhile. Reload to see how it stands.")
            )
        # The stream keeps decisions about several apart: equal keys become one row.
        self.env["saas.sync.outbox"]._queue(
            command, self, external_id=stream, args={"stream": stream}
        )
        for brake in brakes:
            self.message_post(body=f"{self._brake_text(brake)} {decision}")
        return self._notify(decision)

    def _brake_text(self, brake):
        return self.env._(
            "%(kind)s: %(absent)s of %(total)s are missing from the list of"
            " %(system)s.",
            kind=dict(self._kinds()).get(brake.get("kind"), brake["stream"]),
            absent=brake.get("absent"),
            total=brake.get("of"),
            system=self.system_name or self.system,
        )

    def _kinds(self):
        return self.env["saas.sync.outbox"]._fields["kind"]._description_selection(
            self.env
        )

    def _decisions(self):
        """Decisions whose effect no report has told yet: ``{stream: command}``."""
        rows = (
            self.env["saas.sync.outbox"]
            .sudo()
            .search(
                [
                    ("connection_id", "=", self.id),
                    ("command", "in", DECISIONS),
                    "|",
                    ("state", "in", ("pending", "taken")),
                    "&",
                    ("state", "=", "done"),
                    ("done_at", ">=", self.reported_at),
                ]
            )
        )
        return {row.external_id: row.command for row in rows}

    def _check_admin(self):
        if not self.env.user.has_group("saas_sync.group_admin"):
            raise AccessError(
                self.env._("Only administrators of SaaS Sync may steer a connection.")
            )
        self.check_access("write")

    def _command(self, command, message):
        """Queue ``command`` for each connection; the sidecar fetches it shortly."""
        self._check_admin()
        self.env["saas.sync.outbox"]._queue_all(
            command, [(connection, None, None, {}) for connection in self]
        )
        return self._notify(message)

    @api.model
    def _notify(self, message, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": kind,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_links(self):
        return self._related_action("saas_sync.saas_sync_link_action")

    def action_view_exceptions(self):
        return self._related_action("saas_sync.saas_sync_exception_action")

    def _related_action(self, xmlid):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [("connection_id", "in", self.ids)]
        return action
