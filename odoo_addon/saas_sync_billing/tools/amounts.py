"""Exact amounts: integers of a currency's minor unit on our side, Odoo's floats only at
the edge.
"""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple


def to_minor(amount, exponent):
    """Odoo's float as an integer of minor units: (19.99, 2) is 1999."""
    return int(
        Decimal(repr(float(amount))).scaleb(exponent).to_integral_value(ROUND_HALF_UP)
    )


def to_major(minor, exponent):
    """Minor units as the float Odoo wants: (1999, 2) is 19.99."""
    return float(Decimal(minor).scaleb(-exponent))


def show(minor, exponent, currency):
    """An amount for people: (11900, 2, "EUR") is "119.00 EUR"."""
    return f"{Decimal(minor).scaleb(-exponent):.{exponent}f} {currency}"


def fits(minor, exponent, rounding):
    """Whether a currency that Odoo rounds to ``rounding`` can hold ``minor`` without
    losing anything.
    """
    step = Decimal(repr(rounding)).scaleb(exponent)
    return step <= 1 or Decimal(minor) % step == 0


class Totals(NamedTuple):
    """What a document amounts to, in minor units; ``taxes`` is ``{account.tax id:
    amount}``.
    """

    untaxed: int
    tax: int
    total: int
    taxes: dict

    @classmethod
    def of_move(cls, move, exponent):
        """What Odoo has computed for an invoice or credit note."""
        taxes = defaultdict(int)
        for line in tax_lines(move):
            tax = line.group_tax_id or line.tax_line_id
            taxes[tax.id] += to_minor(
                move.direction_sign * line.amount_currency, exponent
            )
        return cls(
            to_minor(move.amount_untaxed, exponent),
            to_minor(move.amount_tax, exponent),
            to_minor(move.amount_total, exponent),
            dict(taxes),
        )

    def missing(self, wanted):
        """How much has to be added to meet ``wanted``: ``Totals`` of differences,
        without taxes that agree.
        """
        taxes = {
            tax: wanted.taxes.get(tax, 0) - self.taxes.get(tax, 0)
            for tax in {**self.taxes, **wanted.taxes}
        }
        return Totals(
            wanted.untaxed - self.untaxed,
            wanted.tax - self.tax,
            wanted.total - self.total,
            {tax: minor for tax, minor in taxes.items() if minor},
        )

    def largest(self):
        """The largest single amount, without its sign."""
        return max(
            abs(minor)
            for minor in (self.untaxed, self.tax, self.total, *self.taxes.values())
        )


def tax_lines(move):
    """The journal items of a move that are taxes."""
    return move.line_ids.filtered(lambda line: line.tax_repartition_line_id)
