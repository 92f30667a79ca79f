"""Cents: how the vendor rounds, how Odoo rounds, and what may be done about the
difference.
"""

from .common import BillingCase


class TestAmounts(BillingCase):
    def three(self, **values):
        return self.invoice("in_1", lines=[("33.33", "1", ["txr_19"])] * 3, **values)

    def test_tax_rounded_per_line_by_the_vendor_and_globally_by_odoo_agrees_to_the_cent(
        self,
    ):
        self.company.tax_calculation_rounding_method = "round_globally"
        # 33.33 × 19 % is 6.3327: 6.33 three times is 18.99, rounded once it is 19.00.
        move = self.applied(self.three(expected=(9999, 1899, 11898, {"txr_19": 1899})))
        self.assertBooked(move, 99.99, 18.99, 118.98)
        self.assertAlmostEqual(sum(move.line_ids.mapped("balance")), 0, places=6)

    def test_tax_rounded_globally_by_the_vendor_and_per_line_by_odoo_agrees_to_the_cent(
        self,
    ):
        self.company.tax_calculation_rounding_method = "round_per_line"
        move = self.applied(self.three(expected=(9999, 1900, 11899, {"txr_19": 1900})))
        self.assertBooked(move, 99.99, 19.0, 118.99)

    def test_inclusive_tax_shifts_the_base_and_a_rounding_line_takes_it(self):
        # 9.99 contains 1.67 (1.665); the vendor says 1.66.
        change = self.invoice(
            "in_1",
            lines=[("9.99", "1", ["txr_incl"])],
            expected=(833, 166, 999, {"txr_incl": 166}),
        )
        move = self.applied(change)
        self.assertBooked(move, 8.33, 1.66, 9.99)
        untaxed = move.invoice_line_ids.filtered(lambda line: not line.tax_ids)
        self.assertEqual(untaxed.mapped("price_unit"), [0.01])
        self.assertEqual(untaxed.account_id, self.connection.income_account_id)

    def test_inclusive_tax_of_many_lines_agrees_to_the_cent(self):
        for number, method in enumerate(("round_globally", "round_per_line")):
            self.company.tax_calculation_rounding_method = method
            lines = [("9.99", "1", ["txr_incl"])] * 3
            # 29.97 in all, of which 4.995 is tax; the vendor rounds each line's tax
            # down.
            for tax in (499, 500, 501):
                change = self.invoice(
                    f"in_{number}_{tax}",
                    lines=lines,
                    expected=(2997 - tax, tax, 2997, {"txr_incl": tax}),
                )
                self.assertBooked(
                    self.applied(change), (2997 - tax) / 100, tax / 100, 29.97
                )

    def test_several_taxes_are_met_one_by_one(self):
        change = self.invoice(
            "in_1",
            lines=[("100", "1", ["txr_19"]), ("33.33", "1", ["txr_7"])],
            expected=(13333, 2132, 15465, {"txr_19": 1899, "txr_7": 233}),
        )
        move = self.applied(change)
        self.assertBooked(move, 133.33, 21.32, 154.65)
        taxes = {
            line.tax_line_id: -line.amount_currency
            for line in move.line_ids
            if line.tax_line_id
        }
        self.assertEqual(taxes, {self.vat: 18.99, self.vat7: 2.33})

    def test_a_difference_beyond_the_tolerance_is_shown_and_the_draft_kept(self):
        change = self.invoice("in_1", expected=(10000, 1890, 11890, {"txr_19": 1890}))
        result = self.apply_one(change)
        self.assertEqual(result["error"]["code"], "amounts_differ")
        self.assertIn("drafted", result["climbed"])
        self.assertIn(
            "Odoo computes 119.00 EUR, Stripe says 118.90 EUR",
            result["error"]["message"],
        )
        self.assertIn("tax 'VAT 19%' differs by 0.10", result["error"]["message"])
        self.assertEqual(
            result["error"]["args"]["total"], {"odoo": 11900, "wanted": 11890}
        )
        move = self.env["account.move"].browse(result["res_id"])
        self.assertEqual(move.state, "draft")
        self.assertEqual(move.amount_total, 119.0, "nothing was adjusted")

    def test_a_draft_mended_by_the_accountant_is_posted_as_it_is(self):
        change = self.invoice("in_1", expected=(10000, 1890, 11890, {"txr_19": 1890}))
        self.refused(change, "amounts_differ")
        move = self.env["account.move"].search(
            [("ref", "=", "in_1"), ("company_id", "=", self.company.id)]
        )
        line = move.line_ids.filtered("tax_line_id")
        move.write({"line_ids": [(1, line.id, {"amount_currency": -18.9})]})
        move.invoice_line_ids.name = "Mended by hand"
        self.applied(change)
        self.assertBooked(move, 100.0, 18.9, 118.9)
        self.assertEqual(move.invoice_line_ids.name, "Mended by hand")

    def test_a_draft_is_computed_anew_when_its_tax_was_mapped_again(self):
        change = self.invoice("in_1", expected=(10000, 700, 10700, {"txr_19": 700}))
        self.refused(change, "amounts_differ")
        self.env["saas.sync.link"].search(
            [("external_id", "=", "txr_19")]
        ).res_id = self.vat7.id
        self.assertBooked(self.applied(change), 100.0, 7.0, 107.0)
