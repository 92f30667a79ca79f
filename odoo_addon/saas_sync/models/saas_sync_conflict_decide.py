"""Deciding about one field, in the notation in which the sidecar is told."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class SaasSyncConflictLine(models.Model):
    _inherit = "saas.sync.conflict.line"

    def _decide(self, take, value=None):
        """Keep the user's choice. Taking a side needs to see it; typing something new
        needs the right to write it into the record, like anywhere else.

        :raise UserError: if ``value`` is none that the field can hold
        """
        self.ensure_one()
        needed = "write" if take == "value" else "read"
        if take not in ("odoo", "other", "value") or not self._may(needed):
            raise AccessError(
                self.env._("You may not decide about %(field)s.", field=self.label)
            )
        typed = {"value": self._typed(value)} if take == "value" else False
        self.write(
            {
                # The two values that the person decided between.
                "sides": {**self.sides, "odoo": self._live()},
                "choice": take,
                "typed": typed,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _decision(self):
        """In the form of the protocol's ``resolve``."""
        decision = {
            "take": self.choice,
            "odoo": self._told("odoo"),
            "other": self._told("other"),
            "by": self.decided_by_id.login,
            "at": int(self.decided_at.timestamp() * 1000),
        }
        if self.choice == "value":
            decision["value"] = self.typed["value"]
        return decision

    def _typed(self, value):
        """What the field's widget gave, in the notation of the protocol."""
        field = self._odoo_field()
        if value is None or value is False or value == "":
            return False if field.type == "boolean" else None
        try:
            return self._typed_as(field, value)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("%(field)s cannot hold this value.", field=self.label)
            ) from error

    def _typed_as(self, field, value):
        if field.type == "boolean":
            return bool(value)
        if field.type == "integer":
            return int(value)
        if field.type in ("float", "monetary"):
            return float(value)
        if field.type == "date":
            return fields.Date.to_string(fields.Date.to_date(value))
        if field.type == "datetime":
            return fields.Datetime.to_string(fields.Datetime.to_datetime(value))
        if field.type == "many2one":
            record = self._theirs(field.comodel_name).browse(int(value)).exists()
            record.check_access("read")
            if not record:
                raise ValueError(value)
            return self._tell(record.id)
        if field.type == "selection":
            options = dict(self._spec(["selection"])["selection"])
            if value not in options:
                raise ValueError(value)
            return value
        return str(value).strip()

    def _widget_value(self, told):
        """A told value as the web client's field widgets take it."""
        field = self._odoo_field()
        if not field:
            return False
        held = self._held(told)
        if field.type == "many2one":
            record = self._theirs(field.comodel_name).browse(held or []).exists()
            if not record or not record.has_access("read"):
                return False
            return {"id": record.id, "display_name": record.display_name}
        if field.type in ("integer", "float", "monetary"):
            return held or 0
        return held or False
