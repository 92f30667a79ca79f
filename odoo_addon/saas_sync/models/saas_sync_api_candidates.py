import json

from odoo import api, models
from odoo.tools import SQL

from ..tools.kinds import RANK

MAX_RECORDS = 500
COLUMNS = (
    "kind",
    "external_id",
    "run",
    "name",
    "details",
    "traits",
    "url",
    "finding",
    "plan",
    "score",
    "why",
    "suggestions",
    "model",
    "res_id",
    "vat_key",
    "mail_key",
    "place_key",
)
JSON_COLUMNS = ("traits", "suggestions")
# Equal in one of these: one and the same, by all appearance.
TWIN_COLUMNS = {"vat": "vat_key", "mail": "mail_key", "place": "place_key"}
PLAN_OF_FINDING = {
    "match": "link",
    "create": "create",
    "ambiguous": "decide",
    "ignored": "leave",
    "faulty": "leave",
}


class SaasSyncApi(models.AbstractModel):
    """First contact: candidates are asked for, findings are kept. No business record
    is written by any of it."""

    _inherit = "saas.sync.api"

    @api.model
    def candidates(self, request):
        """What each record could be in Odoo."""
        return self._answer(request, self._candidates)

    @api.model
    def findings(self, request):
        """Keep what the sidecar makes of the candidates."""
        return self._answer(request, self._findings)

    def _candidates(self, request):
        connection = self._contacted(request)
        records = self._known_kinds(request.get("records"))[:MAX_RECORDS]
        decided = self._decided(connection, records)
        found = self.sudo()._find(connection, records)
        return {
            "rows": [
                {
                    "decided": (record["kind"], record["external_id"]) in decided,
                    "candidates": candidates,
                }
                for record, candidates in zip(records, found, strict=True)
            ]
        }

    def _contacted(self, request):
        connection = self._connection(request.get("connection"))
        if not connection:
            raise ValueError("unknown connection")
        return connection

    @staticmethod
    def _known_kinds(rows):
        return [row for row in rows or [] if row.get("kind") in RANK]

    def _decided(self, connection, rows):
        """Keys about which a person decided: the look leaves them alone."""
        if not rows:
            return set()
        kinds, external_ids = zip(
            *((row["kind"], row["external_id"]) for row in rows), strict=True
        )
        self.env["saas.sync.candidate"].flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT c.kind, c.external_id FROM saas_sync_candidate c
                JOIN unnest(%s::text[], %s::text[]) AS k(kind, external_id)
                    ON c.kind = k.kind AND c.external_id = k.external_id
                WHERE c.connection_id = %s AND c.decided_by_id IS NOT NULL""",
                list(kinds),
                list(external_ids),
                connection.id,
            )
        )
        return set(self.env.cr.fetchall())

    # Findings

    def _findings(self, request):
        connection = self._contacted(request)
        rows = self._known_kinds(request.get("rows"))[:MAX_RECORDS]
        rows = list({(row["kind"], row["external_id"]): row for row in rows}.values())
        if rows:
            self._mark_twins(connection, self._insert_findings(connection, rows))
        connection.sudo().write(
            {"contact_looked": min(int(request.get("looked") or 0), 2**31 - 1)}
        )
        self.env["saas.sync.candidate"].invalidate_model()
        self.env["saas.sync.exception"]._send_overview()
        return {}

    def _insert_findings(self, connection, rows):
        """Insert or refresh in one statement; ids of the rows that are not decided."""
        run = connection.contact_run
        columns = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        refreshed = SQL(", ").join(
            SQL("%s = excluded.%s", SQL.identifier(name), SQL.identifier(name))
            for name in COLUMNS
        )
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s)",
                connection.id,
                connection.company_id.id,
                SQL(", ").join(
                    self._finding_value(name, row, run) for name in COLUMNS
                ),
            )
            for row in rows
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO saas_sync_candidate AS c (connection_id, company_id, %s)
                VALUES %s
                ON CONFLICT (connection_id, kind, external_id)
                DO UPDATE SET %s, twin_by = NULL WHERE c.decided_by_id IS NULL
                RETURNING c.id""",
                columns,
                values,
                refreshed,
            )
        )
        return [id_ for (id_,) in self.env.cr.fetchall()]

    @staticmethod
    def _finding_value(name, row, run):
        if name == "run":
            return SQL("%s", run)
        if name == "finding":
            finding = row.get("finding")
            return SQL("%s", finding if finding in PLAN_OF_FINDING else "faulty")
        if name == "plan":
            return SQL("%s", PLAN_OF_FINDING.get(row.get("finding"), "leave"))
        value = row.get(name)
        if name in JSON_COLUMNS:
            return SQL("%s::jsonb", None if value is None else json.dumps(value))
        return SQL("%s", value)

    def _mark_twins(self, connection, ids):
        """Rows of these, and others, that share a key or claim the same record are
        one and the same by all appearance: a person decides."""
        columns = {**TWIN_COLUMNS, "record": "res_id"}
        for how, column in columns.items():
            self.env.cr.execute(
                SQL(
                    """WITH fresh AS (
                        SELECT a.id, a.kind, a.%(key)s AS key
                        FROM saas_sync_candidate a
                        WHERE a.id = ANY(%(ids)s) AND a.%(key)s IS NOT NULL
                            AND a.plan IN ('link', 'create', 'decide')
                            AND EXISTS (SELECT FROM saas_sync_candidate b
                                WHERE b.connection_id = %(connection)s
                                    AND b.kind = a.kind AND b.%(key)s = a.%(key)s
                                    AND b.id <> a.id
                                    AND b.plan IN ('link', 'create', 'decide'))
                    ), twin AS (
                        SELECT id FROM fresh
                        UNION SELECT b.id FROM (SELECT DISTINCT kind, key FROM fresh) k
                        JOIN saas_sync_candidate b
                            ON b.connection_id = %(connection)s AND b.kind = k.kind
                            AND b.%(key)s = k.key
                            AND b.plan IN ('link', 'create', 'decide')
                    )
                    UPDATE saas_sync_candidate c
                    SET finding = 'duplicate', plan = 'decide', twin_by = %(how)s
                    FROM twin WHERE c.id = twin.id AND c.decided_by_id IS NULL
                        AND c.finding <> 'duplicate'""",
                    key=SQL.identifier(column),
                    ids=ids,
                    connection=connection.id,
                    how=how,
                )
            )
