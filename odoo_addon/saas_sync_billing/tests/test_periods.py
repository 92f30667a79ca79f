"""Closed periods: nothing is booked in them, and nothing slips into another month."""

from odoo import fields

from .common import BillingCase


class TestPeriods(BillingCase):
    def test_every_lock_date_is_respected(self):
        for number, lock in enumerate(
            ("sale_lock_date", "tax_lock_date", "fiscalyear_lock_date")
        ):
            self.company[lock] = "2026-10-31"
            result = self.apply_one(self.invoice(f"in_{number}"))
            self.assertEqual(result["error"]["code"], "period_locked", lock)
            self.assertEqual(result["error"]["args"]["lock_date"], "2026-10-31")
            self.assertIn("2026-10-31", result["error"]["message"])
            move = self.env["account.move"].browse(result["res_id"])
            self.assertEqual((move.state, move.date), ("draft", self.day("2026-10-05")))
            self.company[lock] = False

    def test_the_hard_lock_is_respected(self):
        self.company.hard_lock_date = "2026-10-31"
        self.assertEqual(
            self.apply_one(self.invoice("in_1"))["error"]["code"], "period_locked"
        )
        self.refused(self.payment("py_1"), "period_locked")

    def test_a_draft_is_posted_when_the_period_opens_again(self):
        self.company.sale_lock_date = "2026-10-31"
        change = self.invoice("in_1")
        self.refused(change, "period_locked")
        self.company.sale_lock_date = "2026-09-30"
        move = self.applied(change)
        self.assertBooked(move, 100.0, 19.0, 119.0)
        self.assertEqual(move.date, self.day("2026-10-05"))

    def test_exceptions_granted_to_a_user_do_not_matter(self):
        self.company.sale_lock_date = "2026-10-31"
        self.env["account.lock_exception"].create(
            {
                "company_id": self.company.id,
                "user_id": self.service.id,
                "sale_lock_date": "2026-01-01",
                "end_datetime": fields.Datetime.add(fields.Datetime.now(), days=1),
            }
        )
        self.refused(self.invoice("in_1"), "period_locked")

    def test_the_tax_lock_does_not_concern_an_invoice_without_tax(self):
        self.company.tax_lock_date = "2026-10-31"
        move = self.applied(
            self.invoice(
                "in_1", lines=[("100", "1", [])], expected=(10000, 0, 10000, {})
            )
        )
        self.assertEqual(move.date, self.day("2026-10-05"))

    def test_payments_are_not_booked_in_a_closed_year(self):
        self.company.fiscalyear_lock_date = "2026-10-31"
        self.refused(self.payment("py_1"), "period_locked")
        self.assertFalse(self.env["account.payment"].search([("memo", "=", "py_1")]))

    def test_a_sales_lock_does_not_stop_payments(self):
        self.company.sale_lock_date = "2026-10-31"
        self.assertEqual(
            self.applied(self.payment("py_1")).date, self.day("2026-10-06")
        )
