from odoo import api, fields, models


class SaasSyncConnection(models.Model):
    """What the overview shows of the connections."""

    _inherit = "saas.sync.connection"

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
            "open_conflicts": self.env["saas.sync.conflict"]._count_open(),
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
            "eta_ms": self.eta_ms or None,
            "next_try_at": text(self.next_try_at),
            "budget": self.budget or None,
            "streams": self.streams or [],
            "brakes": self._overview_brakes(),
            "reported_at": text(self.reported_at),
            "silent": self.is_silent,
            "links": self.link_count,
            "open_exceptions": self.open_exception_count,
        }

    def _overview_brakes(self):
        """Held-back deletions; examples may be persons, so those who decide get them.

        ``decided`` is the command that is on its way, until a report tells its effect.
        """
        brakes = self.sudo().brakes
        if not brakes:
            return []
        admin = self.env.user.has_group("saas_sync.group_admin")
        decisions = self._decisions()
        return [
            {
                **brake,
                "examples": (brake.get("examples") or []) if admin else [],
                "decided": decisions.get(brake["stream"]),
            }
            for brake in brakes
        ]

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
