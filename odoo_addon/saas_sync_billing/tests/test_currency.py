"""Currencies: other decimal places, foreign rates, and what Odoo cannot do."""

from .common import BillingCase


class TestCurrency(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currencies = {}
        for name, rate in (("USD", 1.25), ("JPY", 160.0), ("KWD", 0.34)):
            currency = (
                cls.env["res.currency"]
                .with_context(active_test=False)
                .search([("name", "=", name)])
            )
            currency.active = True
            currency.rate_ids.unlink()
            cls.env["res.currency.rate"].create(
                {
                    "currency_id": currency.id,
                    "name": "2026-10-01",
                    "rate": rate,
                    "company_id": cls.company.id,
                }
            )
            cls.currencies[name] = currency

    def test_yen_have_no_minor_unit(self):
        move, _payment = self.applied(
            self.invoice(
                "in_1",
                lines=[("1005", "1", ["txr_19"])],
                expected=(1005, 191, 1196, {"txr_19": 191}),
                currency="JPY",
                exponent=0,
            ),
            self.payment("py_1", 1196, {"in_1": 1196}, currency="JPY", exponent=0),
        )
        self.assertBooked(move, 1005.0, 191.0, 1196.0)
        self.assertEqual(move.payment_state, "paid")

    def test_dinars_have_three_decimal_places(self):
        move, _payment = self.applied(
            self.invoice(
                "in_1",
                lines=[("1.115", "1", ["txr_19"])],
                expected=(1115, 212, 1327, {"txr_19": 212}),
                currency="KWD",
                exponent=3,
            ),
            self.payment("py_1", 1327, {"in_1": 1327}, currency="KWD", exponent=3),
        )
        self.assertBooked(move, 1.115, 0.212, 1.327)
        self.assertEqual(move.payment_state, "paid")

    def test_dollars_are_booked_at_the_rate_and_paid_in_dollars(self):
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.currencies["USD"].id,
                "name": "2026-10-06",
                "rate": 1.3,
                "company_id": self.company.id,
            }
        )
        move, payment = self.applied(
            self.invoice("in_1", currency="USD"),
            self.payment("py_1", invoices={"in_1": 11900}, currency="USD"),
        )
        self.assertBooked(move, 100.0, 19.0, 119.0)
        self.assertEqual(move.amount_total_signed, 95.2)
        self.assertEqual((move.payment_state, move.amount_residual), ("paid", 0.0))
        self.assertTrue(payment.is_reconciled)

    def test_cents_moved_onto_a_foreign_tax_line_keep_the_books_balanced(self):
        move = self.applied(
            self.invoice(
                "in_1",
                lines=[("33.33", "1", ["txr_19"])] * 3,
                expected=(9999, 1898, 11897, {"txr_19": 1898}),
                currency="USD",
            )
        )
        self.assertBooked(move, 99.99, 18.98, 118.97)
        self.assertAlmostEqual(sum(move.line_ids.mapped("balance")), 0, places=6)
        tax = move.line_ids.filtered("tax_line_id")
        self.assertEqual((tax.amount_currency, tax.balance), (-18.98, -15.18))

    def test_a_void_in_dollars_makes_no_exchange_difference(self):
        move = self.applied(self.invoice("in_1", currency="USD"))
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.currencies["USD"].id,
                "name": "2026-10-20",
                "rate": 1.5,
                "company_id": self.company.id,
            }
        )
        self.applied(
            self.invoice(
                "in_1",
                currency="USD",
                climb=["drafted", "posted", "voided"],
                void_date="2026-10-31",
            )
        )
        counter = self.env["account.move"].search([("reversed_entry_id", "=", move.id)])
        self.assertEqual(counter.amount_total_signed, -move.amount_total_signed)
        self.assertFalse(move.line_ids.matched_credit_ids.exchange_move_id)

    def test_a_date_before_the_first_rate_is_refused(self):
        error = self.refused(
            self.invoice("in_1", currency="USD", invoice_date="2026-09-30"),
            "rate_missing",
        )
        self.assertIn("USD for 2026-09-30", error["message"])
        self.refused(
            self.payment("py_1", currency="USD", date="2026-09-30"), "rate_missing"
        )

    def test_an_inactive_currency_is_refused(self):
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", "CHF")])
        )
        currency.active = False
        error = self.refused(self.invoice("in_1", currency="CHF"), "currency_inactive")
        self.assertIn("Currencies", error["hint"])
        self.refused(self.payment("py_1", currency="CHF"), "currency_inactive")

    def test_a_currency_odoo_does_not_have_is_refused(self):
        error = self.refused(self.invoice("in_1", currency="XTS"), "currency_unknown")
        self.assertIn("XTS", error["message"])

    def test_amounts_finer_than_odoos_currency_are_refused(self):
        self.currencies["KWD"].rounding = 0.01
        lines, expected = [("1.115", "1", [])], (1115, 0, 1115, {})
        change = self.invoice(
            "in_1", lines=lines, expected=expected, currency="KWD", exponent=3
        )
        error = self.refused(change, "currency_precision")
        self.assertIn("1.115 KWD", error["message"])
