"""What an order's line comes to, exactly: decimals in, minor units out."""

from decimal import ROUND_HALF_UP, Decimal

# Places that Odoo keeps of a discount in percent.
DISCOUNT_PLACES = Decimal("0.01")
FULL = Decimal(100)


def net_price(line):
    """Price of one unit after the discount, unrounded."""
    share = 1 - Decimal(line["discount"] or "0") / FULL
    return Decimal(line["price_unit"]) * share


def untaxed(line, exponent):
    """A line without tax, in minor units, rounded half up as Odoo rounds."""
    amount = net_price(line) * Decimal(line["quantity"])
    return int(amount.scaleb(exponent).to_integral_value(ROUND_HALF_UP))


def price_and_discount(line):
    """What Odoo is to hold as ``(price_unit, discount)``: a discount with more decimals
    than Odoo keeps is put into the price, or cents would be lost.
    """
    discount = Decimal(line["discount"] or "0")
    if discount == discount.quantize(DISCOUNT_PLACES):
        return float(line["price_unit"]), float(discount)
    return float(net_price(line)), 0.0
