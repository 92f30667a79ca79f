"""Property: whatever the vendor's lines and rounding, books agree to the cent or
nothing is posted.
"""

import random
from decimal import ROUND_HALF_UP, Decimal

from .common import BillingCase

RATES = {
    "txr_19": (Decimal(19), False),
    "txr_7": (Decimal(7), False),
    "txr_incl": (Decimal(20), True),
}


def cents(amount):
    return int(amount.to_integral_value(ROUND_HALF_UP))


def vendor_document(chance):
    """Lines and expected amounts of a vendor that rounds per line or per document, at
    random.
    """
    per_line = chance.random() < 0.5
    lines, taxes, untaxed = [], {}, 0
    for _number in range(chance.randint(1, 6)):
        rate = chance.choice([None, *RATES])
        quantity = chance.choice([1, 1, 2, 3, 10])
        price = Decimal(chance.randint(1, 20000))
        lines.append((str(price / 100), str(quantity), [rate] if rate else []))
        amount = price * quantity
        untaxed += int(amount)
        if rate:
            percent, inclusive = RATES[rate]
            tax = amount * percent / (100 + percent if inclusive else 100)
            taxes[rate] = taxes.get(rate, 0) + (cents(tax) if per_line else tax)
    taxes = {rate: cents(Decimal(tax)) for rate, tax in taxes.items()}
    untaxed -= taxes.get("txr_incl", 0)
    tax = sum(taxes.values())
    return lines, (untaxed, tax, untaxed + tax, taxes)


class TestRandom(BillingCase):
    def test_random_invoices_agree_to_the_cent_or_are_not_posted(self):
        chance = random.Random(20261122)
        posted = 0
        for method in ("round_globally", "round_per_line"):
            self.company.tax_calculation_rounding_method = method
            batch = []
            for number in range(30):
                lines, expected = vendor_document(chance)
                batch.append(
                    self.invoice(f"{method}_{number}", lines=lines, expected=expected)
                )
            for change, result in zip(batch, self.apply(*batch), strict=True):
                move = self.env["account.move"].browse(result["res_id"])
                expected = change["values"]["expected"]
                if result["status"] == "rejected":
                    self.assertEqual(result["error"]["code"], "amounts_differ", result)
                    self.assertEqual(move.state, "draft")
                    continue
                posted += 1
                amounts = (move.amount_untaxed, move.amount_tax, move.amount_total)
                wanted = (
                    expected["untaxed"] / 100,
                    expected["tax"] / 100,
                    expected["total"] / 100,
                )
                self.assertEqual(amounts, wanted, change["values"])
                self.assertEqual(move.state, "posted")
                self.assertAlmostEqual(
                    sum(move.line_ids.mapped("balance")), 0, places=6
                )
        self.assertGreater(
            posted, 55, "a tolerance of two cents is enough for nearly all"
        )
