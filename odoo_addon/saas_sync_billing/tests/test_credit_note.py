"""Credit notes: on unpaid, partly paid and paid invoices, and paid out by refunds."""

from .common import BillingCase


class TestCreditNote(BillingCase):
    def half(self, external_id, invoice, **extra):
        return self.credit_note(
            external_id,
            invoice,
            lines=[("50", "1", ["txr_19"])],
            expected=(5000, 950, 5950, {"txr_19": 950}),
            **extra,
        )

    def refund(self, external_id="re_1", amount=11900, **extra):
        return self.payment(external_id, amount, kind="refund", **extra)

    def test_a_credit_note_on_an_unpaid_invoice_closes_both(self):
        invoice, note = self.applied(
            self.invoice("in_1"), self.credit_note("cn_1", "in_1")
        )
        self.assertEqual(note.move_type, "out_refund")
        self.assertEqual(note.reversed_entry_id, invoice)
        self.assertEqual(
            (invoice.payment_state, note.payment_state), ("reversed", "paid")
        )

    def test_two_credit_notes_of_one_invoice_among_others_meet_their_own(self):
        first, second, *_notes = self.applied(
            self.invoice("in_1"),
            self.invoice("in_2"),
            self.half("cn_1", "in_1"),
            self.half("cn_2", "in_1"),
            self.half("cn_3", "in_2"),
        )
        self.assertEqual((first.amount_residual, second.amount_residual), (0.0, 59.5))

    def test_a_credit_note_on_a_partly_paid_invoice_takes_what_is_open(self):
        invoice, _payment = self.applied(
            self.invoice("in_1"), self.payment("py_1", 10000, {"in_1": 10000})
        )
        note = self.applied(self.half("cn_1", "in_1"))
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(note.amount_residual, 40.5)

    def test_a_credit_note_on_a_paid_invoice_is_settled_by_its_refund(self):
        invoice, _payment = self.applied(
            self.invoice("in_1"), self.payment("py_1", 11900, {"in_1": 11900})
        )
        climb = ["drafted", "posted", "settled:re_1"]
        change = self.credit_note("cn_1", "in_1", climb=climb)
        result = self.apply_one(change)
        self.assertEqual(result["status"], "waiting")
        self.assertEqual(
            result["waiting_for"], [{"kind": "refund", "external_id": "re_1"}]
        )
        self.assertEqual(set(result["climbed"]), {"drafted", "posted"})
        note = self.env["account.move"].browse(result["res_id"])
        self.assertEqual(
            (invoice.payment_state, note.payment_state), ("paid", "not_paid")
        )

        refund = self.applied(self.refund())
        self.assertEqual(refund.payment_type, "outbound")
        result = self.apply_one(change)
        self.assertEqual(
            (result["status"], set(result["climbed"])), ("updated", {"settled:re_1"})
        )
        self.assertEqual(note.payment_state, "paid")
        self.assertTrue(refund.is_reconciled)

    def test_a_note_to_be_refunded_leaves_its_open_invoice_to_the_payment(self):
        invoice = self.applied(self.invoice("in_1"))
        self.apply_one(
            self.credit_note(
                "cn_1", "in_1", climb=["drafted", "posted", "settled:re_1"]
            )
        )
        self.assertEqual(invoice.payment_state, "not_paid")
        self.applied(self.payment("py_1", 11900, {"in_1": 11900}))
        self.assertEqual(invoice.payment_state, "paid")

    def test_what_no_refund_pays_out_is_credited_to_the_open_invoice(self):
        invoice, _payment = self.applied(
            self.invoice("in_1"), self.payment("py_1", 7900, {"in_1": 7900})
        )
        self.applied(self.refund(amount=2000))
        note = self.applied(
            self.half("cn_1", "in_1", climb=["drafted", "posted", "settled:re_1"])
        )
        self.assertEqual((invoice.amount_residual, note.amount_residual), (0.5, 0.0))

    def test_a_note_keeps_what_a_refund_still_to_come_will_pay_out(self):
        invoice, _refund = self.applied(self.invoice("in_1"), self.refund(amount=2000))
        climb = ["drafted", "posted", "settled:re_1", "settled:re_2"]
        result = self.apply_one(self.half("cn_1", "in_1", climb=climb))
        self.assertEqual(result["status"], "waiting")
        self.assertIn("settled:re_1", result["climbed"])
        note = self.env["account.move"].browse(result["res_id"])
        self.assertEqual((invoice.amount_residual, note.amount_residual), (119.0, 39.5))

    def test_a_refund_that_fails_later_is_taken_back(self):
        self.applied(
            self.invoice("in_1"),
            self.payment("py_1", 11900, {"in_1": 11900}),
            self.refund(),
        )
        note = self.applied(
            self.credit_note(
                "cn_1", "in_1", climb=["drafted", "posted", "settled:re_1"]
            )
        )
        self.assertEqual(note.payment_state, "paid")
        failed = self.refund(climb=["posted", "failed"], failed_date="2026-10-20")
        result = self.apply_one(failed)
        self.assertEqual(
            (result["status"], set(result["climbed"])), ("updated", {"failed"})
        )
        self.assertEqual(note.payment_state, "not_paid")
        counter = self.env["account.payment"].search(
            [("name", "=", result["climbed"]["failed"])]
        )
        self.assertEqual((counter.payment_type, counter.amount), ("inbound", 119.0))
        self.assertEqual(counter.date, self.day("2026-10-20"))
        self.assertTrue(counter.is_reconciled)
        self.assertEqual(self.apply_one(failed)["status"], "unchanged")
        clearing = self.connection.clearing_account_id
        lines = self.env["account.move.line"].search([("account_id", "=", clearing.id)])
        self.assertEqual(
            sum(lines.mapped("balance")),
            119.0,
            "only the first payment is left with the vendor",
        )

    def test_a_refund_that_was_never_posted_cannot_fail(self):
        result = self.apply_one(self.refund(climb=["failed"], failed_date="2026-10-20"))
        self.assertEqual(result["status"], "skipped")

    def test_a_note_waits_for_an_invoice_that_is_not_posted(self):
        self.applied(self.invoice("in_1", climb=["drafted"]))
        result = self.apply_one(self.credit_note("cn_1", "in_1"))
        self.assertEqual(result["status"], "waiting")
        self.assertEqual(
            result["waiting_for"], [{"kind": "invoice", "external_id": "in_1"}]
        )
