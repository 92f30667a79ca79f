"""An integer column of eight bytes: milliseconds since 1970 do not fit into four."""

from odoo import fields


class BigInteger(fields.Integer):
    """An exact integer up to 2^53 (JavaScript's limit), stored as ``bigint``."""

    _column_type = ("int8", "int8")
