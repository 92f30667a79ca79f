"""Voiding: a draft is cancelled, a posted document is reversed by a counter-document,
and nothing is deleted.
"""

from .common import BillingCase

VOID = ["drafted", "posted", "voided"]


class TestVoid(BillingCase):
    def void(self, external_id="in_1", **extra):
        return self.invoice(external_id, climb=VOID, void_date="2026-10-31", **extra)

    def test_a_draft_is_cancelled(self):
        move = self.applied(self.invoice("in_1", climb=["drafted"]))
        self.applied(self.invoice("in_1", climb=["drafted", "voided"]))
        self.assertEqual(move.state, "cancel")

    def test_an_invoice_never_seen_is_skipped(self):
        result = self.apply_one(
            self.invoice("in_1", climb=["voided"], void_date="2026-10-31")
        )
        self.assertEqual(result["status"], "skipped")
        self.assertFalse(self.env["account.move"].search([("ref", "=", "in_1")]))

    def test_a_posted_invoice_is_reversed_to_the_cent_on_the_day_of_the_void(self):
        lines, expected = (
            [("33.33", "1", ["txr_19"])] * 3,
            (9999, 1899, 11898, {"txr_19": 1899}),
        )
        move = self.applied(self.invoice("in_1", lines=lines, expected=expected))
        change = self.void(lines=lines, expected=expected)
        result = self.apply_one(change)
        self.assertEqual(set(result["climbed"]), {"voided"})
        counter = self.env["account.move"].search(
            [("name", "=", result["climbed"]["voided"])]
        )
        self.assertEqual(
            (counter.move_type, counter.date), ("out_refund", self.day("2026-10-31"))
        )
        self.assertBooked(counter, 99.99, 18.99, 118.98)
        self.assertEqual((move.state, move.payment_state), ("posted", "reversed"))
        self.assertEqual(
            self.apply_one({**change, "force": True})["status"], "unchanged"
        )
        self.assertEqual(
            self.apply_one(self.void(lines=lines, expected=expected, ref="x"))[
                "status"
            ],
            "unchanged",
        )

    def test_a_void_needs_nothing_but_the_document(self):
        move = self.applied(self.invoice("in_1"))
        self.env["saas.sync.link"].search(
            [("external_id", "in", ("txr_19", "cus_1"))]
        ).unlink()
        self.applied(self.invoice("in_1", climb=["voided"], void_date="2026-10-31"))
        self.assertEqual(move.payment_state, "reversed")

    def test_an_invoice_cancelled_by_a_person_counts_as_voided(self):
        move = self.applied(self.invoice("in_1"))
        move.button_cancel()
        result = self.apply_one(
            self.invoice("in_1", climb=["voided"], void_date="2026-10-31")
        )
        self.assertEqual(result["climbed"], {"voided": "cancelled"})
        self.assertEqual(move.state, "cancel")

    def test_the_void_of_a_paid_invoice_leaves_the_money_as_the_customers_credit(self):
        move, payment = self.applied(
            self.invoice("in_1"), self.payment("py_1", 5000, {"in_1": 5000})
        )
        self.applied(self.void())
        self.assertEqual(move.amount_residual, 0.0)
        self.assertTrue(payment.is_reconciled)
        counter = self.env["account.move"].search([("reversed_entry_id", "=", move.id)])
        self.assertEqual(counter.amount_residual, 50.0)

    def test_a_voided_credit_note_opens_its_invoice_again(self):
        invoice, note = self.applied(
            self.invoice("in_1"), self.credit_note("cn_1", "in_1")
        )
        self.assertEqual(invoice.amount_residual, 0.0)
        change = self.credit_note("cn_1", "in_1", climb=VOID, void_date="2026-10-31")
        result = self.apply_one(change)
        counter = self.env["account.move"].search(
            [("name", "=", result["climbed"]["voided"])]
        )
        self.assertEqual(counter.move_type, "out_invoice")
        self.assertEqual(
            (invoice.amount_residual, note.amount_residual, counter.amount_residual),
            (119.0, 0.0, 0.0),
        )
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_a_void_in_a_closed_period_is_refused(self):
        move = self.applied(self.invoice("in_1", invoice_date="2026-11-05"))
        self.company.sale_lock_date = "2026-10-31"
        self.refused(self.void(invoice_date="2026-11-05"), "period_locked")
        self.assertEqual(move.amount_residual, 119.0)
