from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

STATES = [
    ("unknown", "Unknown"),
    ("healthy", "Healthy"),
    ("degraded", "Degraded"),
    ("paused", "Paused"),
    ("broken", "Broken"),
]
# A sidecar reports every few seconds; two minutes without a word are a silence.
SILENT_AFTER = timedelta(minutes=2)


class SaasSyncConnection(models.Model):
    """One account of one outside system, as its sidecar last described it."""

    _name = "saas.sync.connection"
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
    streams = fields.Json()
    sidecar_version = fields.Char()
    reported_at = fields.Datetime(string="Last Report")
    is_silent = fields.Boolean(compute="_compute_is_silent")
    notice = fields.Char(compute="_compute_is_silent")
    link_count = fields.Integer(compute="_compute_link_count")
    open_exception_count = fields.Integer(compute="_compute_open_exception_count")

    _code_uniq = models.Constraint("UNIQUE (code)", "This connection exists already.")

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

    def _command(self, command, message):
        """Queue ``command`` for each connection; the sidecar fetches it shortly."""
        if not self.env.user.has_group("saas_sync.group_admin"):
            raise AccessError(
                self.env._("Only administrators of SaaS Sync may steer a connection.")
            )
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

    # Reading for the dashboard

    @api.model
    def overview(self):
        """Everything the overview shows, within the user's rights and companies.

        Amounts of exceptions are for operators only; readers get none.
        """
        self.check_access("read")
        connections = self.search([])
        return {
            "connections": [connection._overview_row() for connection in connections],
            "backlog": sum(connections.mapped("backlog")),
            "open_exceptions": self.env["saas.sync.exception"]._overview_groups(),
            "links": self._overview_links(connections),
            "sidecar": self._overview_sidecar(connections),
            "setup": self._setup_steps(),
        }

    def _overview_row(self):
        self.ensure_one()

        def text(value):
            return value and fields.Datetime.to_string(value) or None

        return {
            "id": self.id,
            "code": self.code,
            "name": self.name,
            "system": self.system,
            "system_name": self.system_name or self.system,
            "environment": self.environment,
            "company": self.company_id.display_name,
            "state": self.state,
            "message": self.message or None,
            "hint": self.hint or None,
            "notice": self.notice or None,
            "backlog": self.backlog,
            "parked": self.parked,
            "waiting": self.waiting,
            "last_event_at": text(self.last_event_at),
            "lag_ms": self.lag_ms,
            "counters": {
                "received": self.received,
                "applied": self.applied,
                "unchanged": self.unchanged,
                "failed": self.failed,
            },
            "streams": self.streams or [],
            "reported_at": text(self.reported_at),
            "silent": self.is_silent,
            "links": self.link_count,
            "open_exceptions": self.open_exception_count,
        }

    @api.model
    def _overview_links(self, connections):
        groups = self.env["saas.sync.link"]._read_group(
            [("connection_id", "in", connections.ids)],
            ["connection_id", "kind"],
            ["__count"],
        )
        return [
            {"connection": connection.code, "kind": kind, "count": count}
            for connection, kind, count in groups
        ]

    @api.model
    def _overview_sidecar(self, connections):
        last = connections.sorted(
            lambda c: c.reported_at or fields.Datetime.to_datetime("1970-01-01")
        )[-1:]
        return {
            "version": last.sidecar_version or None,
            "reported_at": last.reported_at
            and fields.Datetime.to_string(last.reported_at)
            or None,
            "silent": not last or last.is_silent,
        }

    @api.model
    def _setup_steps(self):
        """Steps to a working connection: ``{done, title, hint, action}`` each.

        Other addons append theirs; ``action`` is the xmlid of the action that opens
        the place where the step is done.
        """
        user = self.env["res.config.settings"]._saas_sync_service_user()
        keys = self.env["res.config.settings"]._saas_sync_keys(user)
        reporting = self.sudo().search([("reported_at", "!=", False)], limit=1)
        settings = "saas_sync.saas_sync_settings_action"
        return [
            {
                "done": bool(user),
                "title": self.env._("Create the service user"),
                "hint": self.env._("The sidecar signs in as this user."),
                "action": settings,
            },
            {
                "done": bool(keys),
                "title": self.env._("Give the sidecar an API key"),
                "hint": self.env._("The key is shown once; store it with the sidecar."),
                "action": settings,
            },
            {
                "done": bool(reporting),
                "title": self.env._("Start the sidecar"),
                "hint": self.env._("It reports here within seconds of its start."),
                "action": "saas_sync.saas_sync_connection_action",
            },
        ]
