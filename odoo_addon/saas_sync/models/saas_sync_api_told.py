from collections import defaultdict
from datetime import UTC

from odoo import models
from odoo.exceptions import UserError

from ..tools.values import is_lookup, same, wire
from .saas_sync_api_decide import TO_MANY

# Records told in one answer.
MAX_RECORDS = 200


class SaasSyncApi(models.AbstractModel):
    """Odoo's values in the protocol's notation, for those who merge and tell."""

    _inherit = "saas.sync.api"

    def _values(self, request):
        connection = self._connection(request.get("connection"))
        target = self.env.get(request.get("model") or "")
        if not connection or target is None or target._abstract:
            raise UserError(
                self.env._(
                    "Odoo does not know the connection %(code)s or the model "
                    "%(model)s.",
                    code=request.get("connection"),
                    model=request.get("model"),
                )
            )
        worker = self._for(connection)
        ids = [int(res_id) for res_id in (request.get("ids") or [])[:MAX_RECORDS]]
        records = worker.env[target._name].browse(ids).exists()
        fields = {
            name: how or {}
            for name, how in (request.get("fields") or {}).items()
            if name in target._fields and target._fields[name].type not in TO_MANY
        }
        notes = worker._notations(connection, dict.fromkeys(records, fields))
        prefix = self.env["saas.sync.watch"]._key_prefix()
        return {
            "records": [
                {"id": record.id, "key": f"{prefix}-{record.id}", "values": values}
                for record, values in notes.items()
            ]
        }

    def _tell_all(self, connection, results):
        """Put ``current`` into the results of items where the vendor holds something
        else, with who is concerned and who wrote last.

        :param results: (item, result) pairs; diverged items tell all their fields,
            the others those in ``item.told``
        """
        telling = [
            (item, result, self._told_names(item, result)) for item, result in results
        ]
        telling = [row for row in telling if row[2]]
        if not telling:
            return
        wanted = defaultdict(dict)
        for item, _result, names in telling:
            for name in names:
                wanted[item.record][name] = self._how(item, name)
        notes = self._notations(connection, wanted)
        for item, result, names in telling:
            result["current"] = {
                name: self._in_known_words(item, name, notes[item.record][name])
                for name in names
            }
            # Of other changes it was not looked up, which is not the same as nobody.
            if item.is_mutual:
                result["linked"] = sorted(item.linked)
            result.update(self._edited(item.record))

    @staticmethod
    def _told_names(item, result):
        if result["status"] == "diverged":
            mapped = [name for name in item.wanted if not item.is_apart(name)]
            return [*mapped, *item.told_only()]
        return item.told if result["status"] != "rejected" else []

    @staticmethod
    def _how(item, name):
        """How a relation is told: by its id unless others have a say in it."""
        if not item.is_mutual:
            return None
        how = (item.change.get("outward") or {}).get(name)
        value = item.change["values"].get(name)
        if not how and is_lookup(value):
            return {"lookup": value["lookup"][:2]}
        return how or {}

    def _in_known_words(self, item, name, note):
        """The change's own notation, or the base's, where Odoo holds the same."""
        record = item.record
        if name in item.wanted and same(self.env, record, name, item.wanted[name]):
            return item.change["values"][name]
        base = item.base or {}
        if isinstance(base.get(name), dict):
            value = self._plain_value(
                record._fields[name], base[name], item.records, item.lookups
            )
            if same(self.env, record, name, value):
                return base[name]
        return note

    def _edited(self, record):
        """Who wrote the record last, unless it was the sync."""
        if not record._log_access or not record.write_uid:
            return {}
        if record.write_uid.id == self.env.uid:
            return {}
        at = record.write_date.replace(tzinfo=UTC).timestamp()
        by = record.write_uid.sudo().login
        return {"edited": {"at": int(at * 1000), "by": by}}

    # Notation

    def _notations(self, connection, wanted):
        """``{record: {field: value}}`` in the notation of ``Change.values``.

        :param wanted: ``{record: {field: {"lookup": [model, field]}}}``; without a
            look-up a relation is told as the record linked on this connection, with
            None as its id
        """
        refs = self._refs_of(connection, wanted)
        notes = {
            record: {
                name: self._notation(record, name, how, refs)
                for name, how in fields.items()
            }
            for record, fields in wanted.items()
        }
        self._make_sure(notes)
        return notes

    def _notation(self, record, name, how, refs):
        field = record._fields[name]
        value = wire(record, name)
        if value is None:
            return None
        lookup = (how or {}).get("lookup")
        if field.type == "many2one":
            related = record[name].sudo()
            if lookup:
                return {"lookup": [*lookup, related[lookup[1]]]}
            ref = how is not None and refs.get((related._name, related.id))
            return {"ref": ref} if ref else value
        if lookup:
            return {"lookup": [*lookup, value]}
        if field.type == "float" and field.get_digits(self.env):
            return round(value, field.get_digits(self.env)[1])
        if field.type == "monetary":
            currency = record[field.get_currency_field(record)]
            return currency.round(value) if currency else value
        return value

    def _refs_of(self, connection, wanted):
        """Links of records that fields without a look-up point to."""
        pointed = defaultdict(set)
        for record, fields in wanted.items():
            for name, how in fields.items():
                is_record = record._fields[name].type == "many2one"
                if is_record and how is not None and "lookup" not in how:
                    pointed[record[name]._name].update(record[name].ids)
        refs = {}
        for model, ids in pointed.items():
            links = (
                self.env["saas.sync.link"]
                .sudo()
                .search_fetch(
                    [
                        ("connection_id", "=", connection.id),
                        ("model", "=", model),
                        ("res_id", "in", list(ids)),
                        ("state", "not in", ("merged", "duplicate")),
                    ],
                    ["kind", "external_id", "res_id"],
                )
            )
            for link in links:
                ref = {"kind": link.kind, "external_id": link.external_id}
                refs.setdefault((model, link.res_id), ref)
        return refs

    def _make_sure(self, notes):
        """A look-up that would not come back to its record gets the record's id as
        a condition: many countries have a state with the code CA."""
        told = [
            (record, name, note)
            for record, fields in notes.items()
            for name, note in fields.items()
            if is_lookup(note) and record._fields[name].type == "many2one"
        ]
        hits = self._lookup_all([{"values": {"": note}} for _r, _n, note in told])
        for record, name, note in told:
            hit = hits.get(self._lookup_key(note["lookup"]))
            if not hit or hit[0] != record[name].id:
                note["lookup"].append([["id", "=", record[name].id]])
