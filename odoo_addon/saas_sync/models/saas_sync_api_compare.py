from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.values import is_ref, same

# Links looked at for one answer about records.
PAGE = 2000
# Kinds whose records people may edit and the sidecar merges.
MERGED_KINDS = ("customer", "contact", "product", "deal")

MOMENT = SQL("to_timestamp(coalesce(l.version, 0) / 1000) AT TIME ZONE 'UTC'")
HOUR = SQL("to_char(%s, 'YYYY-MM-DD\"T\"HH24')", MOMENT)
NAME = SQL("l.kind || E'\\n' || l.external_id")
# Level: the bucket that a link falls into.
BUCKETS = {
    "month": SQL("to_char(%s, 'YYYY-MM')", MOMENT),
    "day": SQL("to_char(%s, 'YYYY-MM-DD')", MOMENT),
    "hour": HOUR,
    "slot": SQL(
        "%s || '/' || left(encode(sha256(convert_to(%s, 'UTF8')), 'hex'), 2)",
        HOUR,
        NAME,
    ),
}
ABOVE = {"day": "month", "hour": "day", "slot": "hour"}
ROW_HASH = SQL(
    "encode(sha256(convert_to(%s || E'\\n' || coalesce(l.version, 0) || E'\\n'"
    " || coalesce(l.digest, ''), 'UTF8')), 'hex')",
    NAME,
)


def _half(first):
    """The sum, modulo 2^32, of eight hexadecimal digits of each hash."""
    return SQL(
        "lpad(to_hex((sum(('x' || substr(r.hash, %s, 8))::bit(32)::bigint)"
        " %% 4294967296)::bigint), 8, '0')",
        first,
    )


class SaasSyncApi(models.AbstractModel):
    """Do both sides hold the same links? Told in sums, so that a few calls find one
    difference among many thousands."""

    _inherit = "saas.sync.api"

    @api.model
    def compare(self, request):
        """Sums of a connection's links, the links behind them, or their strays."""
        return self._answer(request, self._compare)

    def _compare(self, request):
        connection = self._connection(request.get("connection"))
        if not connection:
            # "No links" would be believed, and everything read again.
            raise UserError(
                self.env._(
                    "Odoo does not know the connection %(code)s.",
                    code=request.get("connection"),
                )
            )
        self.env["saas.sync.link"].flush_model()
        level = request.get("level")
        within = [str(name) for name in request.get("within") or []]
        if level in BUCKETS:
            return {"buckets": self._compare_buckets(connection, level, within)}
        if level == "rows":
            return {"rows": self._compare_rows(connection, within)}
        if level == "records":
            return self._compare_records(connection, int(request.get("after") or 0))
        raise UserError(
            self.env._("There is no level %(level)s to compare at.", level=level)
        )

    def _compare_buckets(self, connection, level, within):
        narrowed = SQL()
        if within and level in ABOVE:
            narrowed = SQL("AND %s = ANY(%s)", BUCKETS[ABOVE[level]], within)
        self.env.cr.execute(
            SQL(
                """SELECT r.bucket, count(*) AS count, %s || %s AS hash
                FROM (
                    SELECT %s AS bucket, %s AS hash FROM saas_sync_link l
                    WHERE l.connection_id = %s %s
                ) r
                GROUP BY r.bucket ORDER BY r.bucket""",
                _half(1),
                _half(9),
                BUCKETS[level],
                ROW_HASH,
                connection.id,
                narrowed,
            )
        )
        return self.env.cr.dictfetchall()

    def _compare_rows(self, connection, slots):
        self.env.cr.execute(
            SQL(
                """SELECT l.kind, l.external_id, l.model, l.res_id,
                    coalesce(l.version, 0) AS version, coalesce(l.digest, '') AS digest
                FROM saas_sync_link l
                WHERE l.connection_id = %s AND %s = ANY(%s) AND %s = ANY(%s)
                ORDER BY l.kind, l.external_id""",
                connection.id,
                HOUR,
                sorted({slot.split("/")[0] for slot in slots}),
                BUCKETS["slot"],
                slots,
            )
        )
        return self.env.cr.dictfetchall()

    def _compare_records(self, connection, after):
        """Links whose record is gone, or is no longer what was agreed."""
        worker = self._for(connection)
        touched = worker._touched_since(connection, after)
        page = touched[:PAGE]
        return {
            "rows": worker._strays(connection, page),
            "next": page[-1]["id"] if len(touched) > PAGE else None,
        }

    def _touched_since(self, connection, after):
        """Links whose record is gone or was written after the last sync, by id."""
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT model FROM saas_sync_link WHERE connection_id = %s",
                connection.id,
            )
        )
        models = [name for (name,) in self.env.cr.fetchall() if name in self.env]
        rows = []
        for model in models:
            rows += self._touched_of(connection, self.env[model], after)
        return sorted(rows, key=lambda row: row["id"])[: PAGE + 1]

    def _touched_of(self, connection, model, after):
        if model._abstract or not model._auto:
            return []
        model.flush_model()
        written = SQL("FALSE")
        if model._log_access:
            written = SQL("l.kind IN %s AND r.write_date > l.last_sync", MERGED_KINDS)
        self.env.cr.execute(
            SQL(
                """SELECT l.id, l.kind, l.external_id, l.model, l.res_id, l.base,
                    r.id IS NULL AS gone
                FROM saas_sync_link l
                LEFT JOIN %s r ON r.id = l.res_id
                WHERE l.connection_id = %s AND l.model = %s AND l.id > %s
                    AND l.state NOT IN ('merged', 'duplicate')
                    AND (r.id IS NULL OR (%s))
                ORDER BY l.id LIMIT %s""",
                SQL.identifier(model._table),
                connection.id,
                model._name,
                after,
                written,
                PAGE + 1,
            )
        )
        return self.env.cr.dictfetchall()

    def _strays(self, connection, rows):
        """Odoo writes on records for reasons of its own: only those count whose
        synchronised fields differ from the base."""
        kept = [row for row in rows if not row["gone"]]
        bases = [row["base"] or {} for row in kept]
        refs = self._resolve(
            connection,
            [v["ref"] for base in bases for v in base.values() if is_ref(v)],
        )
        lookups = self._lookup_all([{"values": base} for base in bases])
        ids = defaultdict(list)
        for row in kept:
            ids[row["model"]].append(row["res_id"])
        strays = []
        for row in rows:
            if not row["gone"]:
                record = self.env[row["model"]].browse(row["res_id"])
                record = record.with_prefetch(ids[row["model"]])
                if not self._differs(record, row["base"], refs, lookups):
                    continue
            stray = {name: row[name] for name in ("kind", "external_id")}
            strays.append({**stray, "why": "gone" if row["gone"] else "edited"})
        return strays

    def _differs(self, record, base, refs, lookups):
        """Whether a synchronised field is not what was agreed; true if nothing was."""
        if base is None:
            return True
        for name, value in base.items():
            field = record._fields.get(name)
            if field and not same(
                self.env, record, name, self._plain_value(field, value, refs, lookups)
            ):
                return True
        return False
