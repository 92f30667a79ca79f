from collections import defaultdict
from contextlib import contextmanager
from time import time
from typing import NamedTuple

from odoo import api, models, tools
from odoo.fields import Domain

from ..tools import bell

ORIGIN = "saas_sync_origin"
NOTES = "saas_sync_notes"
# Stands for a record as a whole: made, or deleted.
MADE, GONE = "+", "-"


class Watch(NamedTuple):
    """What one connection wants to know of one model."""

    connection_id: int
    system: str
    system_name: str
    company_id: int
    kind: str
    # Field: how the connection's rules have it (`WatchedField` of the sidecar).
    fields: dict
    # Fields whose edits the sidecar hears of.
    pushed: frozenset
    born: list | None


class Watched(NamedTuple):
    """What all connections want to know of one model."""

    watches: tuple
    # Fields that lead to a note if they change, and those of them without a column.
    names: frozenset
    loose: frozenset
    # Fields that some people may not write on linked records.
    blocked: frozenset


def _names_of(domain):
    """The fields that a domain looks at."""
    return {leaf.field_expr.split(".")[0] for leaf in domain.iter_conditions()}


class SaasSyncWatch(models.AbstractModel):
    """Notes edits of watched records, and tells the sidecar in the same transaction.

    A note is made when a change reaches the database (`_write_multi`), so computed
    fields count and a write that changes nothing does not. Before the commit, and
    before each savepoint, notes become rows of the outbox with one statement.
    """

    _name = "saas.sync.watch"
    _description = "SaaS Sync Watch"

    @tools.ormcache()
    def _watched_models(self):
        """``{model: Watched}``, for the hot path of every write."""
        by_model = defaultdict(list)
        for connection in self.env["saas.sync.connection"].sudo().search([]):
            for kind, wish in (connection.watch or {}).items():
                if isinstance(wish, dict) and wish.get("model") in self.env:
                    by_model[wish["model"]].append(
                        self._watch_of(connection, kind, wish)
                    )
        return {model: self._watched(model, rows) for model, rows in by_model.items()}

    def _watch_of(self, connection, kind, wish):
        known = self.env[wish["model"]]._fields
        fields = {
            name: field
            for name, field in (wish.get("fields") or {}).items()
            if name in known
        }
        return Watch(
            connection.id,
            connection.system,
            connection.system_name or connection.system,
            connection.company_id.id,
            kind,
            fields,
            frozenset(n for n, field in fields.items() if field.get("outward")),
            wish.get("born"),
        )

    def _watched(self, model, watches):
        known = self.env[model]._fields
        names, blocked = set(), set()
        for watch in watches:
            names |= watch.pushed
            blocked |= {
                name
                for name, field in watch.fields.items()
                if field.get("against") == "block"
            }
            if watch.born is not None:
                names |= _names_of(Domain(watch.born)) & known.keys()
        loose = {n for n in names if not (known[n].store and known[n].column_type)}
        return Watched(
            tuple(watches), frozenset(names), frozenset(loose), frozenset(blocked)
        )

    @tools.ormcache()
    def _bells(self):
        """``{connection id: (url, token)}`` of sidecars that can be rung."""
        connections = self.env["saas.sync.connection"].sudo().search([])
        return {
            c.id: (c.poke_url, c.poke_token) for c in connections if c.poke_url
        }

    @api.model
    def _forget(self):
        """Connections changed: read what they watch again, in every worker."""
        self.env.registry.clear_cache()

    @api.model
    def _key_prefix(self):
        """The first part of every ``saas_sync_key`` of this database."""
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid") or ""
        return uuid[:8]

    # Who writes

    @contextmanager
    def _written_by(self, connection):
        """What is written meanwhile is this connection's news, and no news to it."""
        cache = self.env.cr.cache
        before = cache.get(ORIGIN)
        cache[ORIGIN] = connection.id
        try:
            yield
            self.env.flush_all()
        finally:
            cache[ORIGIN] = before

    def _origin(self):
        return self.env.cr.cache.get(ORIGIN)

    # Taking notes

    def _note(self, records, names, uid=None, origin=None):
        """Remember that ``names`` of ``records`` changed."""
        data = self.env.cr.precommit.data
        if NOTES not in data:
            data[NOTES] = defaultdict(dict)
            self.env.cr.precommit.add(self.sudo()._tell)
        notes = data[NOTES]
        note = (int(time() * 1000), uid or self.env.uid, origin)
        for res_id in records._ids:
            if isinstance(res_id, int):
                notes[records._name, res_id].update(dict.fromkeys(names, note))

    def _tell(self):
        """Make rows of the outbox out of the notes taken so far."""
        notes = self.env.cr.precommit.data.pop(NOTES, {})
        by_model = defaultdict(dict)
        for (model, res_id), edits in notes.items():
            by_model[model][res_id] = edits
        table = self._watched_models()
        for model, edits in by_model.items():
            watches = table[model].watches if model in table else ()
            self._tell_pushes(model, watches, edits)
            for watch in watches:
                if watch.born is not None:
                    self._tell_births(model, watch, edits)

    def _tell_pushes(self, model, watches, notes):
        by_kind = {(watch.connection_id, watch.kind): watch for watch in watches}
        links = self.env["saas.sync.link"]
        links.flush_model()
        self.env.cr.execute(
            """SELECT connection_id, kind, external_id, res_id FROM saas_sync_link
            WHERE model = %s AND res_id = ANY(%s) AND connection_id = ANY(%s)
                AND state NOT IN ('merged', 'duplicate')
            ORDER BY connection_id, kind, external_id""",
            (model, list(notes), [watch.connection_id for watch in watches]),
        )
        found = self.env.cr.fetchall()
        logins = self._logins(notes) if found else {}
        rows = []
        for connection_id, kind, external_id, res_id in found:
            watch = by_kind.get((connection_id, kind))
            edits = watch and self._edits_for(watch, notes[res_id], logins)
            if edits is not None:
                rows.append((connection_id, kind, external_id, {"edits": edits}))
        self.env["saas.sync.outbox"]._queue_edits("push", rows)

    def _edits_for(self, watch, notes, logins):
        """``{field: {at, by}}`` as one connection hears of it; None: not at all."""
        heard = {
            name: {"at": at, "by": logins.get(uid, "")}
            for name, (at, uid, origin) in notes.items()
            if origin != watch.connection_id and (name in watch.pushed or name == GONE)
        }
        if not heard:
            return None
        heard.pop(GONE, None)
        return heard

    def _logins(self, notes):
        uids = {uid for edits in notes.values() for _at, uid, _origin in edits.values()}
        users = self.env["res.users"].browse(uids).exists()
        return {user.id: user.login for user in users}

    def _tell_births(self, model, watch, notes):
        ids = [
            res_id
            for res_id, edits in notes.items()
            if GONE not in edits
            and any(origin != watch.connection_id for _a, _u, origin in edits.values())
        ]
        if not ids:
            return
        self.env.cr.execute(
            """SELECT res_id FROM saas_sync_link
            WHERE connection_id = %s AND model = %s AND res_id = ANY(%s)""",
            (watch.connection_id, model, ids),
        )
        free = set(ids) - {res_id for (res_id,) in self.env.cr.fetchall()}
        if not free:
            return
        domain = Domain("id", "in", sorted(free)) & Domain(watch.born)
        if "company_id" in self.env[model]._fields:
            domain &= Domain("company_id", "in", [False, watch.company_id])
        prefix = self._key_prefix()
        rows = [
            (
                watch.connection_id,
                watch.kind,
                f"{prefix}-{record.id}",
                {"model": model, "res_id": record.id},
            )
            for record in self.env[model].with_context(lang=None).search(domain)
        ]
        self.env["saas.sync.outbox"]._queue_edits("born", rows)

    # Ringing

    def _ring(self, connection_ids):
        """Tell the sidecars of these connections, once the commit is done, that there
        is something to fetch."""
        bells = self._bells()
        wanted = {bells[id_] for id_ in connection_ids if id_ in bells}
        if not wanted:
            return
        postcommit = self.env.cr.postcommit
        if "saas_sync_bells" not in postcommit.data:
            postcommit.data["saas_sync_bells"] = pending = set()
            postcommit.add(lambda: [bell.ring(*each) for each in pending])
        postcommit.data["saas_sync_bells"].update(wanted)
