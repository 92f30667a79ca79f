"""One field of a conflict: what each side holds, in words and as it is told."""

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime, formatLang, html2plaintext

from ..tools.values import is_lookup, is_ref, same

SIDES = ("base", "odoo", "other")


class SaasSyncConflictLine(models.Model):
    """Values are read through ``saas.sync.conflict.resolver`` only, which asks whether
    the user may see them on the record itself."""

    _name = "saas.sync.conflict.line"
    _description = "Field of a SaaS Sync Conflict"
    _order = "conflict_id, id"
    _rec_name = "field"

    conflict_id = fields.Many2one(
        "saas.sync.conflict",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="conflict_id.company_id")
    field = fields.Char("Technical Name", required=True, readonly=True)
    label = fields.Char("Field", compute="_compute_label")
    why = fields.Selection(
        [
            ("both_changed", "Changed on both sides"),
            ("owned_elsewhere", "Proposed: the other system owns it"),
        ],
        readonly=True,
    )
    # {base, odoo, other, odoo_by, odoo_at, other_by, other_at} as they were reported
    sides = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    choice = fields.Selection(
        [("odoo", "Odoo's"), ("other", "The other system's"), ("value", "Typed")],
        readonly=True,
    )
    # {value} with the choice `value`
    typed = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    decided_by_id = fields.Many2one("res.users", "Decided By", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    settled = fields.Boolean(readonly=True)

    _field_uniq = models.UniqueIndex("(conflict_id, field)")

    @api.depends("field", "conflict_id.model")
    @api.depends_context("lang")
    def _compute_label(self):
        for line in self:
            spec = line._spec(["string"])
            line.label = spec.get("string") or line.field

    # The field on Odoo's side. Lines are worked on with elevated rights; whatever shows
    # or changes the record itself asks for the user's.

    def _theirs(self, model):
        return self.sudo(False).env[model]

    def _record(self):
        """The record in the user's own rights; empty if it was deleted."""
        conflict = self.conflict_id
        if conflict.model not in self.env:
            return self._theirs("saas.sync.conflict")
        return self._theirs(conflict.model).browse(conflict.res_id).exists()

    def _odoo_field(self):
        model = self.env.get(self.conflict_id.model)
        return None if model is None else model._fields.get(self.field)

    def _spec(self, attributes):
        if not self._odoo_field():
            return {}
        model = self.env[self.conflict_id.model].sudo()
        return model.fields_get([self.field], attributes).get(self.field, {})

    def _may(self, operation):
        """Whether the user may read or write this very field of the record."""
        record, field = self._record(), self._odoo_field()
        if not field or not record:
            # Deleted in Odoo: what is left of it is for those who see payloads, too.
            return operation == "read" and self.env.user.has_group(
                "saas_sync.group_accountant"
            )
        return record.has_access(operation) and record._has_field_access(
            field, operation
        )

    # Values

    def _told(self, side):
        return (self.sides or {}).get(side)

    def _lookup(self):
        """``(model, field)`` by which this relation is told, if it is."""
        for side in SIDES:
            told = self._told(side)
            if is_lookup(told):
                return told["lookup"][:2]
        return None

    def _held(self, told):
        """A told value as the record would hold it: a relation's id, a language's
        code; None if there is no such record."""
        if is_ref(told):
            link = self._linked(told["ref"])
            return link.res_id or None
        if is_lookup(told):
            model, name, value, *extra = told["lookup"]
            domain = [(name, "=", value), *(extra[0] if extra else [])]
            found = self.env[model].search(domain, limit=2)
            if len(found) != 1:
                return None
            relational = self._odoo_field().type == "many2one"
            return found.id if relational else found[name]
        return told

    def _linked(self, ref):
        conflict = self.conflict_id
        return self.env["saas.sync.link"].search(
            [
                ("connection_id", "=", conflict.connection_id.id),
                ("kind", "=", ref["kind"]),
                ("external_id", "=", ref["external_id"]),
            ],
            limit=1,
        )

    def _tell(self, held):
        """The other way round: what the record holds, in the notation of this field."""
        field = self._odoo_field()
        if field.type != "many2one" or not held:
            return held
        lookup = self._lookup()
        if lookup:
            value = self.env[field.comodel_name].browse(held)[lookup[1]]
            if not value:
                raise UserError(
                    self.env._(
                        "%(field)s: what you chose cannot be told to %(system)s.",
                        field=self.label,
                        system=self.conflict_id.system_name,
                    )
                )
            return self._unmistakable({"lookup": [*lookup, value]}, held)
        kinds = [told["ref"]["kind"] for told in map(self._told, SIDES) if is_ref(told)]
        return self._tell_ref(held, field, kinds) if kinds else held

    def _unmistakable(self, told, held):
        """Many countries have a state with the code CA: then its id says which."""
        if self._held(told) != held:
            told["lookup"].append([["id", "=", held]])
        return told

    def _tell_ref(self, held, field, kinds):
        conflict = self.conflict_id
        link = self.env["saas.sync.link"].search(
            [
                ("connection_id", "=", conflict.connection_id.id),
                ("kind", "in", kinds),
                ("model", "=", field.comodel_name),
                ("res_id", "=", held),
            ],
            limit=1,
        )
        if not link:
            raise UserError(
                self.env._(
                    "%(field)s: %(record)s is not linked to %(system)s yet.",
                    field=self.label,
                    record=self.env[field.comodel_name].browse(held).display_name,
                    system=conflict.system_name,
                )
            )
        return {"ref": {"kind": link.kind, "external_id": link.external_id}}

    def _live(self):
        """What Odoo holds now, as it was told unless it has changed since."""
        told, record, field = (
            self._told("odoo"),
            self._record().sudo(),
            self._odoo_field(),
        )
        if not record or not field:
            return told
        if same(self.env, record, self.field, self._held(told)):
            return told
        lookup = self._lookup()
        how = {"lookup": list(lookup)} if lookup else {}
        notes = self.env["saas.sync.api"]._notations(
            self.conflict_id.connection_id, {record: {self.field: how}}
        )
        return notes[record][self.field]

    def _token(self):
        """Stands for the two values that a person decides between."""
        seen = json.dumps([self._live(), self._told("other")], sort_keys=True)
        return hashlib.sha256(seen.encode()).hexdigest()[:16]

    # In words

    def _text(self, told):
        """A value as a person reads it; empty for none."""
        field = self._odoo_field()
        if told is None or told is False and (not field or field.type != "boolean"):
            return ""
        if not field:
            return str(told) if not isinstance(told, dict) else json.dumps(told)
        held = self._held(told)
        if field.type == "many2one":
            return self._text_of_relation(field, told, held)
        if isinstance(told, dict) and held is None:
            return str(told["lookup"][2]) if is_lookup(told) else ""
        return self._text_of_scalar(field, held)

    def _text_of_relation(self, field, told, held):
        record = self._theirs(field.comodel_name).browse(held or []).exists()
        if record and record.has_access("read"):
            return record.display_name
        if is_lookup(told):
            return str(told["lookup"][2])
        if is_ref(told):
            return self._linked(told["ref"]).label or told["ref"]["external_id"]
        return self.env._("Not visible to you") if record else ""

    def _text_of_scalar(self, field, held):
        if field.type == "boolean":
            return self.env._("Yes") if held else self.env._("No")
        if field.type == "selection":
            options = self._spec(["selection"]).get("selection") or []
            return dict(options).get(held, str(held))
        if field.type in ("float", "monetary"):
            digits = field.get_digits(self.env) if field.type == "float" else None
            return formatLang(self.env, float(held), digits=digits[1] if digits else 2)
        if field.type == "date":
            return format_date(self.env, held)
        if field.type == "datetime":
            return format_datetime(self.env, held, dt_format="short")
        return html2plaintext(held) if field.type == "html" else str(held)
