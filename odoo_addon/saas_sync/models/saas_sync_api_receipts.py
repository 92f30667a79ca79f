from odoo import models
from odoo.tools import SQL


class SaasSyncApi(models.AbstractModel):
    """Receipts of the rungs that documents have climbed."""

    _inherit = "saas.sync.api"

    def _has_receipts(self, connection, keys):
        """``{(kind, external_id): {rung: what was made}}`` for the keys given."""
        receipts = {key: {} for key in keys}
        if not receipts:
            return receipts
        kinds, external_ids = zip(*sorted(receipts), strict=True)
        self.env["saas.sync.receipt"].flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT r.kind, r.external_id, r.rung, r.made
                FROM saas_sync_receipt r
                JOIN unnest(%s::text[], %s::text[]) AS k(kind, external_id)
                    ON r.kind = k.kind AND r.external_id = k.external_id
                WHERE r.connection_id = %s""",
                list(kinds),
                list(external_ids),
                connection.id,
            )
        )
        for kind, external_id, rung, made in self.env.cr.fetchall():
            receipts[kind, external_id][rung] = made
        return receipts

    def _save_receipts(self, connection, rows):
        """Write receipts; a rung that has one already fails the whole savepoint.

        :param rows: dicts with ``change``, ``rung``, ``model``, ``res_id``, ``made``
        """
        self.env["saas.sync.receipt"].sudo().create(
            [
                {
                    "connection_id": connection.id,
                    "company_id": connection.company_id.id,
                    "kind": row["change"]["key"]["kind"],
                    "external_id": row["change"]["key"]["external_id"],
                    "rung": row["rung"],
                    "model": row["model"],
                    "res_id": row["res_id"],
                    "made": row.get("made"),
                    "batch": self.env.context.get("saas_sync_batch"),
                    "delivery": row["change"].get("delivery"),
                    "reason": row["change"].get("reason"),
                    "rule": row["change"].get("rule"),
                }
                for row in rows
            ]
        )
