from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError

from ..tools.values import plain, same
from .saas_sync_watch import GONE, MADE


class Base(models.AbstractModel):
    """Every model tells of its changes if somebody watches it; a model that nobody
    watches pays one look into a table."""

    _inherit = "base"

    def _saas_sync_watched(self):
        # While modules are loaded the table's own columns may not be there yet.
        if not self.pool.ready:
            return None
        return self.env["saas.sync.watch"]._watched_models().get(self._name)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if records._saas_sync_watched():
            watch = self.env["saas.sync.watch"]
            watch._note(records, [MADE], origin=watch._origin())
        return records

    def write(self, vals):
        watched = self._saas_sync_watched()
        if not watched:
            return super().write(vals)
        watch = self.env["saas.sync.watch"]
        blocked = watched.blocked & vals.keys()
        if blocked and not watch._origin():
            watch._guard(self, {name: vals[name] for name in blocked})
        result = super().write(vals)
        if loose := watched.loose & vals.keys():
            watch._note(self, loose, origin=watch._origin())
        return result

    def _write_multi(self, vals_list):
        result = super()._write_multi(vals_list)
        if watched := self._saas_sync_watched():
            watch = self.env["saas.sync.watch"]
            origin = watch._origin()
            for record, vals in zip(self, vals_list, strict=True):
                if names := watched.names & vals.keys():
                    watch._note(record, names, vals.get("write_uid"), origin)
        return result

    def unlink(self):
        if self._saas_sync_watched():
            watch = self.env["saas.sync.watch"]
            watch._note(self, [GONE], origin=watch._origin())
        return super().unlink()


class SaasSyncWatch(models.AbstractModel):
    """Edits that are refused, because another system owns the field."""

    _inherit = "saas.sync.watch"

    @api.model
    def _guard(self, records, vals):
        """Refuse a user's edit of fields that are changed elsewhere only."""
        if self.env.su or self.env.uid == SUPERUSER_ID:
            return
        owners = self._owners(records)
        for record in records:
            for name, value in vals.items():
                owner = owners.get(record.id, {}).get(name)
                if not owner or owner.fields[name].get("against") != "block":
                    continue
                field = record._fields[name]
                if same(self.env, record, name, plain(self.env, field, value)):
                    continue
                raise UserError(
                    self.env._(
                        "%(field)s of %(record)s is owned by %(system)s. Change it "
                        "there; it comes to Odoo by itself.",
                        field=field._description_string(self.env),
                        record=record.display_name,
                        system=owner.system_name,
                    )
                )

    @api.model
    def _owners(self, records):
        """``{record id: {field: Watch}}``: which connection owns which field of the
        records, where another system does."""
        watched = self._watched_models().get(records._name)
        if not watched or not records.ids:
            return {}
        self.env["saas.sync.link"].flush_model()
        self.env.cr.execute(
            """SELECT res_id, connection_id, kind FROM saas_sync_link
            WHERE model = %s AND res_id = ANY(%s)
                AND state NOT IN ('merged', 'duplicate')
            ORDER BY id""",
            (records._name, records.ids),
        )
        by_kind = {(w.connection_id, w.kind): w for w in watched.watches}
        linked = {}
        for res_id, connection_id, kind in self.env.cr.fetchall():
            if watch := by_kind.get((connection_id, kind)):
                linked.setdefault(res_id, []).append(watch)
        return {res_id: self._owners_among(rows) for res_id, rows in linked.items()}

    @staticmethod
    def _owners_among(watches):
        """Of the systems in a field's order of precedence, the first that is linked."""
        by_system = {}
        for watch in watches:
            by_system.setdefault(watch.system, watch)
        owners = {}
        for watch in watches:
            for name, field in watch.fields.items():
                systems = field.get("owner")
                if isinstance(systems, list):
                    first = next((s for s in systems if s in by_system), None)
                    owner = by_system.get(first)
                    if owner and name in owner.fields:
                        owners.setdefault(name, owner)
        return owners
