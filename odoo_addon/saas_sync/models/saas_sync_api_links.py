import json

from odoo import models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from .saas_sync_api import key_of

LINK_COLUMNS = (
    "id",
    "kind",
    "external_id",
    "model",
    "res_id",
    "version",
    "digest",
    "base",
    "state",
)


class SaasSyncApi(models.AbstractModel):
    """Reading, locking and writing links: few statements for many rows."""

    _inherit = "saas.sync.api"

    def _lock_links(self, connection, keys):
        """``{(kind, external_id): link row}``, locked in key order until the commit."""
        return self._link_rows(connection, keys, SQL("FOR UPDATE OF l"))

    def _link_rows(self, connection, keys, lock=None):
        if not keys:
            return {}
        kinds, external_ids = zip(*sorted(keys), strict=True)
        self.env["saas.sync.link"].flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT %s FROM saas_sync_link l
                JOIN unnest(%s::text[], %s::text[]) AS k(kind, external_id)
                    ON l.kind = k.kind AND l.external_id = k.external_id
                WHERE l.connection_id = %s
                ORDER BY l.kind, l.external_id %s""",
                SQL(", ").join(SQL.identifier("l", name) for name in LINK_COLUMNS),
                list(kinds),
                list(external_ids),
                connection.id,
                lock or SQL(),
            )
        )
        rows = {}
        for row in self.env.cr.dictfetchall():
            row["version"] = row["version"] or 0
            rows[row["kind"], row["external_id"]] = row
        return rows

    def _resolve(self, connection, refs):
        """The records that references point to, in one query.

        :param refs: ``{"kind", "external_id"}`` dicts or (kind, external id) pairs
        :return: ``{(kind, external_id): record}``; what has no link is absent
        """
        keys = {
            (ref["kind"], ref["external_id"]) if isinstance(ref, dict) else tuple(ref)
            for ref in refs
        }
        return {
            key: self.env[row["model"]].browse(row["res_id"])
            for key, row in self._link_rows(connection, keys).items()
            if row["model"] in self.env
        }

    def _save_links(self, connection, rows):
        """Create or update the links of ``rows`` in two statements.

        :param rows: dicts with ``change``, ``model`` and ``res_id``, and optionally
            ``digest`` and ``version`` (else the change's; pass ``digest=None`` while
            a document has not climbed all it shall), ``base``, ``details``, ``state``
            (else synced), ``last_error`` and ``changed`` (fields and when, laid over
            what the link has)
        """
        new = [row for row in rows if not row["change"].get("link")]
        old = [row for row in rows if row["change"].get("link")]
        if new:
            self._insert_links(connection, new)
        if old:
            self._update_links(old)
        if rows:
            self.env["saas.sync.link"].invalidate_model(flush=False)

    def _link_values(self, row):
        change = row["change"]

        def text(value):
            return None if value is None else json.dumps(value)

        return (
            row["model"],
            row["res_id"],
            row.get("version", change["version"]),
            row.get("digest", change["digest"]),
            text(row.get("base")),
            text(row.get("details")),
            change.get("label"),
            change.get("url"),
            row.get("state", "synced"),
            row.get("last_error"),
            text(row.get("changed")),
        )

    def _insert_links(self, connection, rows):
        tail = (connection.id, connection.company_id.id, self.env.uid, self.env.uid)
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s, %s, %s, %s::jsonb,"
                " %s, %s, %s, %s, %s, %s, timezone('UTC', now()),"
                " timezone('UTC', now()), timezone('UTC', now()))",
                *self._link_values(row),
                *key_of(row["change"]),
                *tail,
            )
            for row in rows
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO saas_sync_link
                    (model, res_id, version, digest, base, details, label, url, state,
                     last_error, changed, kind, external_id, connection_id, company_id,
                     create_uid, write_uid, create_date, write_date, last_sync)
                VALUES %s
                ON CONFLICT (connection_id, kind, external_id) DO NOTHING
                RETURNING id, kind, external_id""",
                values,
            )
        )
        made = {(kind, ext): id_ for id_, kind, ext in self.env.cr.fetchall()}
        if len(made) < len(rows):
            raise ConcurrencyError("a link was made by another transaction")
        for row in rows:
            self._remember_link(row, made[key_of(row["change"])])

    def _update_links(self, rows):
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s::bigint, %s, %s::jsonb, %s::jsonb, %s, %s, %s, %s,"
                " %s::jsonb)",
                row["change"]["link"]["id"],
                *self._link_values(row),
            )
            for row in rows
        )
        self.env.cr.execute(
            SQL(
                """UPDATE saas_sync_link l SET model = v.model, res_id = v.res_id,
                    version = v.version, digest = v.digest,
                    base = coalesce(v.base, l.base),
                    details = coalesce(v.details, l.details),
                    label = coalesce(v.label, l.label), url = coalesce(v.url, l.url),
                    state = v.state, last_error = v.last_error,
                    changed = coalesce(l.changed || v.changed, v.changed, l.changed),
                    last_sync = now() AT TIME ZONE 'UTC',
                    write_date = now() AT TIME ZONE 'UTC', write_uid = %s
                FROM (VALUES %s) AS v(id, model, res_id, version, digest, base, details,
                    label, url, state, last_error, changed)
                WHERE l.id = v.id""",
                self.env.uid,
                values,
            )
        )
        for row in rows:
            self._remember_link(row, row["change"]["link"]["id"])

    def _remember_link(self, row, link_id):
        """Later steps of the same call see the link as it is now."""
        change = row["change"]
        link = dict(change.get("link") or {"base": None})
        link.update(
            id=link_id,
            kind=change["key"]["kind"],
            external_id=change["key"]["external_id"],
            model=row["model"],
            res_id=row["res_id"],
            version=row.get("version", change["version"]),
            digest=row.get("digest", change["digest"]),
            state=row.get("state", "synced"),
        )
        if row.get("base") is not None:
            link["base"] = row["base"]
        change["link"] = link

    def _keep_aliases(self, connection, changes):
        """News of a record that lives on in another's: remembered, never written."""
        self._save_links(
            connection,
            [
                {
                    "change": change,
                    "model": change["link"]["model"],
                    "res_id": change["link"]["res_id"],
                    "version": max(change["version"], change["link"]["version"]),
                    "state": change["link"]["state"],
                }
                for change in changes
            ],
        )

    def _touch_links(self, connection, changes):
        """Nothing changed: remember the newest version seen, in one statement."""
        newer = [
            change
            for change in changes
            if change["version"] > change["link"]["version"]
            or (
                change["link"]["state"] not in ("synced", "archived")
                and change["digest"] == change["link"]["digest"]
            )
        ]
        if not newer:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE saas_sync_link l
                SET version = greatest(l.version, v.version),
                    state = CASE l.state WHEN 'archived' THEN 'archived'
                        ELSE 'synced' END,
                    last_error = NULL, last_sync = now() AT TIME ZONE 'UTC'
                FROM unnest(%s::int[], %s::bigint[]) AS v(id, version)
                WHERE l.id = v.id""",
                [change["link"]["id"] for change in newer],
                [change["version"] for change in newer],
            )
        )
        for change in newer:
            change["link"]["version"] = max(
                change["version"], change["link"]["version"]
            )
        self.env["saas.sync.link"].invalidate_model(flush=False)
