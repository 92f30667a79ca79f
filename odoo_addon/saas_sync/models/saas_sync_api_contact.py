from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

TAKEN_AT_ONCE = 2000
KEEP = timedelta(days=30)


class SaasSyncApi(models.AbstractModel):
    """First contact: how it stands, and what becomes of the decisions."""

    _inherit = "saas.sync.api"

    @api.model
    def first_contact(self, request):
        """How the first contact stands, its begin and end, and what was decided."""
        return self._answer(request, self._first_contact)

    def _first_contact(self, request):
        connection = self._connection(request.get("connection")).sudo()
        if not connection:
            return {"state": "unknown"}
        step = request.get("step")
        if step == "begin":
            connection.write(
                {
                    "contact_state": "looking",
                    "contact_run": str(request.get("run")),
                    "contact_looked": 0,
                }
            )
        elif step == "end":
            self._forget_unseen(connection)
            connection.contact_state = "review"
        elif step == "take":
            return self._take_decisions(connection, int(request.get("after") or 0))
        elif step == "done":
            connection.write(
                {
                    "contact_state": "started",
                    "contact_started_at": fields.Datetime.now(),
                }
            )
        self.env["saas.sync.exception"]._send_overview()
        return {"state": connection.contact_state or "none"}

    def _forget_unseen(self, connection):
        """What the other system no longer has, and nobody decided about."""
        self.env["saas.sync.candidate"].flush_model()
        self.env.cr.execute(
            SQL(
                """DELETE FROM saas_sync_candidate WHERE connection_id = %s
                AND run IS DISTINCT FROM %s AND decided_by_id IS NULL""",
                connection.id,
                connection.contact_run,
            )
        )
        self.env["saas.sync.candidate"].invalidate_model()

    def _take_decisions(self, connection, after):
        """Make the next links, and tell what the sidecar has to heed."""
        rows = (
            self.env["saas.sync.candidate"]
            .sudo()
            .search(
                [("connection_id", "=", connection.id), ("id", ">", after)],
                order="id",
                limit=TAKEN_AT_ONCE,
            )
        )
        starting = connection.contact_state == "starting"
        if starting:
            self._unlink_gone(rows)
            connection._link_candidates(rows.ids)
        heeded = rows.filtered(lambda row: row.plan in ("create", "ignore", "decide"))
        return {
            "state": connection.contact_state or "none",
            "rows": [
                {
                    "kind": row.kind,
                    "external_id": row.external_id,
                    "verdict": row.plan,
                    "candidates": [
                        {"id": s["id"], "name": s["name"]}
                        for s in (row.suggestions or [])[:10]
                    ]
                    if row.plan == "decide"
                    else [],
                }
                for row in heeded
            ],
            "next": rows[-1].id if len(rows) == TAKEN_AT_ONCE else None,
        }

    def _unlink_gone(self, rows):
        """A record deleted since it was chosen: that decision is open again."""
        linked = rows.filtered(lambda row: row.plan == "link")
        for model, group in linked.grouped("model").items():
            found = set(self.env[model].browse(group.mapped("res_id")).exists().ids)
            gone = group.filtered(lambda row, found=found: row.res_id not in found)
            gone.write({"plan": "decide", "res_id": False})

    @api.model
    def _gc_candidates(self):
        """What was linked or made needs no remembering; what is ignored does."""
        old = self.env["saas.sync.connection"].search(
            [
                ("contact_state", "=", "started"),
                ("contact_started_at", "<", fields.Datetime.now() - KEEP),
            ]
        )
        for connection in old:
            self.env["saas.sync.candidate"].search(
                [
                    ("connection_id", "=", connection.id),
                    ("plan", "in", ("link", "create", "leave")),
                ],
                limit=10_000,
            ).unlink()
