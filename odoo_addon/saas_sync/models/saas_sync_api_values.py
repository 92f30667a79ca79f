from collections import defaultdict

from odoo import models, tools

from ..tools.values import COMMERCIAL, RELATIONAL, is_lookup, is_ref, plain


class SaasSyncApi(models.AbstractModel):
    """From the protocol's values to Odoo's: references, look-ups, scalars."""

    _inherit = "saas.sync.api"

    def _refs(self, change):
        return {
            (value["ref"]["kind"], value["ref"]["external_id"])
            for value in change["values"].values()
            if is_ref(value)
        }

    def _cannot_map(self, change):
        model = change["model"]
        if model not in self.env or self.env[model]._abstract:
            return self._rejected(
                change,
                code="model_unknown",
                failure_class="invalid_data",
                message=self.env._("Odoo has no model %(model)s.", model=model),
                hint=self.env._("Install the app, or correct the rule."),
            )
        fields = self.env[model]._fields
        for name in change["values"]:
            if name not in fields or fields[name].type in ("one2many", "many2many"):
                return self._rejected(
                    change,
                    code="field_unknown",
                    failure_class="invalid_data",
                    field=name,
                    message=self.env._(
                        "The field %(field)s of %(model)s cannot be mapped.",
                        field=name,
                        model=model,
                    ),
                    hint=self.env._("Correct the field's name in the rule."),
                )
        return None

    def _wanted(self, change, records, lookups):
        """Plain Odoo values; a lookup without a hit is empty."""
        fields = self.env[change["model"]]._fields
        return {
            name: self._plain_value(fields[name], value, records, lookups)
            for name, value in change["values"].items()
        }

    def _plain_value(self, field, value, records, lookups):
        if is_ref(value):
            ref = value["ref"]
            record = records.get((ref["kind"], ref["external_id"]))
            return plain(self.env, field, record.id if record else None)
        if is_lookup(value):
            hit = lookups.get(self._lookup_key(value["lookup"]))
            if hit and field.type not in RELATIONAL:
                # E.g. the language of a contact is stored as its code.
                return hit[1]
            return hit[0] if hit else None
        return plain(self.env, field, value)

    @staticmethod
    def _lookup_key(lookup):
        model, name, value, *extra = lookup
        return model, name, str(value).lower(), repr(extra[0] if extra else [])

    def _lookup_all(self, changes):
        """Hits of all look-ups, one search per table, field and extra domain."""
        wanted = {}
        for change in changes:
            for values in (change["values"], change.get("base") or {}):
                for value in values.values():
                    if is_lookup(value):
                        wanted[self._lookup_key(value["lookup"])] = value["lookup"]
        groups = defaultdict(list)
        for (model, name, _value, extra), lookup in wanted.items():
            groups[model, name, extra].append(lookup)
        hits = {}
        for (model, name, _extra), lookups in groups.items():
            if model not in self.env or name not in self.env[model]._fields:
                continue
            extra = lookups[0][3] if len(lookups[0]) > 3 else []
            values = [lookup[2] for lookup in lookups]
            found = self.env[model].search([(name, "in", values), *extra])
            for record in found:
                key = self._lookup_key([model, name, record[name], extra])
                # Two hits decide nothing.
                hits[key] = None if key in hits else (record.id, record[name])
        return hits

    @tools.ormcache()
    def _commercial_names(self):
        return frozenset(self.env[COMMERCIAL]._commercial_fields())

    def _is_parents(self, record, name):
        """Whether the field belongs to the record's company, not to the record."""
        return (
            record._name == COMMERCIAL
            and name in self._commercial_names()
            and record.commercial_partner_id != record
        )
