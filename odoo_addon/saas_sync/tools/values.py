"""Values on the wire and values in Odoo: told apart, converted, compared."""

from odoo.tools import float_compare

RELATIONAL = ("many2one", "many2one_reference")
COMMERCIAL = "res.partner"


def is_ref(value):
    return isinstance(value, dict) and "ref" in value


def is_lookup(value):
    return isinstance(value, dict) and "lookup" in value


def plain(env, field, value):
    """A wire value as Odoo's `create` and `write` take it."""
    if field.type == "boolean":
        return bool(value)
    if field.type == "integer":
        return int(value or 0)
    if field.type in ("float", "monetary"):
        return float(value or 0)
    return value or False


def wire(record, name):
    """What the record holds, as a scalar of the protocol; empty is None."""
    field = record._fields[name]
    value = record[name]
    if field.type == "boolean":
        return bool(value)
    if field.type in ("integer", "float", "monetary"):
        return value or 0
    if field.type == "many2one":
        return value.id or None
    if field.type in ("date", "datetime"):
        return field.to_string(value) or None
    return value or None


def same(env, record, name, value):
    """Whether the record's field equals ``value``, empty being equal to empty."""
    field = record._fields[name]
    current = wire(record, name)
    if field.type in ("float", "monetary"):
        digits = field.get_digits(env) if field.type == "float" else None
        places = digits[1] if digits else 6
        return not float_compare(current, float(value or 0), precision_digits=places)
    if field.type == "integer":
        return current == int(value or 0)
    if field.type == "boolean":
        return current == bool(value)
    return (current or None) == (value or None)
