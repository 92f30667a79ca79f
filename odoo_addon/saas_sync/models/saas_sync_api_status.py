from odoo import fields, models, release

from .saas_sync_exception import OPEN_STATES


class SaasSyncApi(models.AbstractModel):
    """What the sidecar reads: the set-up, the links, people's commands."""

    _inherit = "saas.sync.api"

    def _hello(self, request):
        modules = self.env["ir.module.module"].sudo()
        addons = modules.search(
            [("name", "=like", "saas_sync%"), ("state", "=", "installed")]
        )
        companies = self.env.user.company_ids
        xmlids = companies.sudo().get_external_id()
        parameters = self.env["ir.config_parameter"].sudo()
        return {
            "odoo": release.series,
            "database": self.env.cr.dbname,
            "uuid": parameters.get_param("database.uuid"),
            "time": fields.Datetime.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "user": self.env.user.login,
            "companies": [
                {"id": company.id, "name": company.name, "xmlid": xmlids[company.id]}
                for company in companies
            ],
            "addons": {addon.name: addon.latest_version for addon in addons},
            "problems": self._problems(),
        }

    def _problems(self):
        """What is missing in the set-up: ``{code, message, hint}`` each; other addons
        append theirs."""
        problems = []
        connections = self.env["saas.sync.connection"].sudo().search([])
        if not connections:
            problems.append(
                {
                    "code": "no_connection",
                    "message": self.env._("No connection is known here yet."),
                    "hint": self.env._(
                        "The sidecar's first report creates its connections."
                    ),
                }
            )
        for connection in connections:
            if connection.company_id not in self.env.user.company_ids:
                problems.append(
                    {
                        "code": "company_not_allowed",
                        "message": self.env._(
                            "The service user may not work in %(company)s, which "
                            "%(connection)s needs.",
                            company=connection.company_id.name,
                            connection=connection.name,
                        ),
                        "hint": self.env._(
                            "Press Update access in Settings > SaaS Sync."
                        ),
                    }
                )
        return problems

    def _links(self, request):
        limit = min(int(request.get("limit") or 1000), 5000)
        connection = self._connection(request.get("connection"))
        rows = (
            self.env["saas.sync.link"]
            .sudo()
            .search_read(
                [
                    ("connection_id", "=", connection.id),
                    ("id", ">", int(request.get("after") or 0)),
                ],
                [
                    "kind",
                    "external_id",
                    "model",
                    "res_id",
                    "version",
                    "digest",
                    "base",
                    "correction",
                ],
                limit=limit,
                order="id",
            )
        )
        for row in rows:
            row["version"] = int(row["version"] or 0)
            row["digest"] = row["digest"] or ""
            row["base"] = row["base"] or None
            if not row["correction"]:
                del row["correction"]
        more = len(rows) == limit
        answer = {"links": rows, "next": rows[-1]["id"] if more else None}
        if not request.get("after"):
            answer |= self._before(connection)
        return answer

    def _before(self, connection):
        """What a sidecar that lost its memory must know of its earlier life."""
        self.env["saas.sync.outbox"].sudo()._again(connection)
        exceptions = (
            self.env["saas.sync.exception"]
            .sudo()
            .search_read(
                [
                    ("connection_id", "=", connection.id),
                    ("state", "in", OPEN_STATES),
                ],
                ["kind", "external_id", "cause", "code", "label", "message", "hint"],
                limit=10000,
                order="id",
            )
        )
        known = {(row["kind"], row["external_id"]) for row in exceptions}
        conflicts = self.env["saas.sync.conflict"].sudo()._before(connection)
        return {
            "total": self.env["saas.sync.link"]
            .sudo()
            .search_count([("connection_id", "=", connection.id)]),
            "exceptions": [
                *exceptions,
                *(c for c in conflicts if (c["kind"], c["external_id"]) not in known),
            ],
        }

    def _outbox(self, request):
        limit = min(int(request.get("limit") or 100), 1000)
        return {"rows": self.env["saas.sync.outbox"].sudo()._take(limit)}

    def _outbox_done(self, request):
        outbox = self.env["saas.sync.outbox"].sudo()
        now = fields.Datetime.now()
        for row in request.get("rows") or []:
            wish = outbox.browse(int(row["id"])).exists()
            if not row.get("ok"):
                for desk in ("saas.sync.exception", "saas.sync.conflict"):
                    self.env[desk].sudo()._refuse(wish, row.get("message"))
            wish.write(
                {
                    "state": "done" if row.get("ok") else "failed",
                    "done_at": now,
                    "message": row.get("message") or False,
                }
            )
        return {}
