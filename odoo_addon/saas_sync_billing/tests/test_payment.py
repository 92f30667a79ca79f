"""Payments: through the vendor and past it, whole and in parts."""

from odoo.tools import mute_logger

from .changes import ref
from .common import BillingCase


class TestPayment(BillingCase):
    def test_two_payments_pay_one_invoice(self):
        invoice, first = self.applied(
            self.invoice("in_1"), self.payment("py_1", 5000, {"in_1": 5000})
        )
        self.assertEqual(invoice.payment_state, "partial")
        second = self.applied(self.payment("py_2", 6900, {"in_1": 6900}))
        self.assertEqual(invoice.payment_state, "paid")
        self.assertTrue(first.is_reconciled and second.is_reconciled)

    def test_chatters_stay_silent_about_what_the_sync_writes(self):
        self.env.cr.precommit.run()
        records = self.applied(
            self.invoice("in_1"), self.payment("py_1", invoices={"in_1": 11900})
        )
        self.env.cr.precommit.run()
        for record in records:
            messages = self.env["mail.message"].search(
                [("model", "=", record._name), ("res_id", "=", record.id)]
            )
            self.assertFalse(messages.tracking_value_ids)

    def test_two_payments_of_one_invoice_come_in_one_batch(self):
        invoice, *payments = self.applied(
            self.invoice("in_1"),
            self.payment("py_1", 5000, {"in_1": 5000}),
            self.payment("py_2", 6900, {"in_1": 6900}),
        )
        self.assertEqual(invoice.payment_state, "paid")
        self.assertTrue(all(payment.is_reconciled for payment in payments))

    def test_one_payment_pays_two_invoices(self):
        first, second, payment = self.applied(
            self.invoice("in_1"),
            self.invoice("in_2"),
            self.payment("py_1", 23800, {"in_1": 11900, "in_2": 11900}),
        )
        self.assertEqual((first.payment_state, second.payment_state), ("paid", "paid"))
        self.assertTrue(payment.is_reconciled)

    def test_a_payment_past_the_vendor_has_its_own_journal(self):
        invoice, payment = self.applied(
            self.invoice("in_1"),
            self.payment("py_1", invoices={"in_1": 11900}, channel="external"),
        )
        self.assertEqual(payment.journal_id, self.connection.external_journal_id)
        self.assertNotEqual(
            payment.outstanding_account_id, self.connection.clearing_account_id
        )
        self.assertEqual(invoice.payment_state, "paid")

    def test_a_payment_waits_for_its_invoice_and_is_posted_meanwhile(self):
        change = self.payment("py_1", invoices={"in_1": 11900})
        result = self.apply_one(change)
        self.assertEqual(
            (result["status"], set(result["climbed"])), ("waiting", {"posted"})
        )
        self.assertEqual(
            result["waiting_for"], [{"kind": "invoice", "external_id": "in_1"}]
        )
        invoice = self.applied(self.invoice("in_1"))
        result = self.apply_one(change)
        self.assertEqual(
            (result["status"], result["climbed"]),
            ("updated", {"reconciled:in_1": invoice.name}),
        )
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(
            self.env["account.payment"].search_count([("memo", "=", "py_1")]), 1
        )

    def test_a_payment_without_a_customer_is_the_invoices_partners(self):
        _invoice, payment = self.applied(
            self.invoice("in_1"),
            self.payment("py_1", invoices={"in_1": 11900}, partner=None),
        )
        self.assertEqual(payment.partner_id, self.partner)

    def test_money_of_an_unknown_customer_is_booked_without_one(self):
        payment = self.applied(self.payment("py_1", partner=None))
        self.assertFalse(payment.partner_id)
        self.assertEqual(
            payment.outstanding_account_id, self.connection.clearing_account_id
        )

    def test_a_contacts_payment_is_booked_on_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.partner.id}
        )
        self._link("customer", "cus_ann", contact)
        customer = ref("customer", "cus_ann")
        invoice, payment = self.applied(
            self.invoice("in_1", partner=customer),
            self.payment("py_1", invoices={"in_1": 11900}, partner=customer),
        )
        self.assertEqual(
            (payment.partner_id, invoice.payment_state), (self.partner, "paid")
        )

    def test_a_pair_reconciled_by_a_person_counts_as_done(self):
        invoice, payment = self.applied(self.invoice("in_1"), self.payment("py_1"))
        lines = (invoice.line_ids + payment.move_id.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()
        result = self.apply_one(self.payment("py_1", invoices={"in_1": 11900}))
        self.assertEqual(result["climbed"], {"reconciled:in_1": invoice.name})

    def test_money_for_an_invoice_that_is_closed_is_shown_to_a_person(self):
        invoice, _note = self.applied(
            self.invoice("in_1"), self.credit_note("cn_1", "in_1")
        )
        error = self.refused(
            self.payment("py_1", invoices={"in_1": 11900}), "nothing_open"
        )
        self.assertIn(invoice.name, error["message"])
        self.assertEqual(
            self.env["account.payment"].search([("memo", "=", "py_1")]).state,
            "in_process",
        )

    def test_no_more_is_reconciled_than_was_allocated(self):
        self.applied(self.invoice("in_1"), self.invoice("in_2"))
        change = self.payment("py_1", 11900, {"in_1": 5000, "in_2": 6900})
        error = self.refused(change, "allocation_differs")
        self.assertIn("pays 50.00 EUR", error["message"])

    def test_a_posted_payment_is_never_changed(self):
        self.applied(self.payment("py_1", 5000))
        self.assertEqual(
            self.apply_one(self.payment("py_1", 5000, memo="other words"))["status"],
            "unchanged",
        )
        self.refused(self.payment("py_1", 6000), "posted_differs")

    def test_what_a_person_reset_or_deleted_is_said_and_left_alone(self):
        payment = self.applied(self.payment("py_1"))
        payment.action_draft()
        self.refused(self.payment("py_1", memo="x"), "posted_was_reset")
        payment.unlink()
        self.refused(self.payment("py_1", memo="y"), "record_deleted")

    def test_one_poisoned_payment_harms_none_of_its_neighbours(self):
        batch = [self.payment(f"py_{number}", 1000 + number) for number in range(7)]
        batch[4]["values"]["amount"] = -5
        with mute_logger("odoo.sql_db"):
            results = self.apply(*batch)
        self.assertEqual(
            [n for n, result in enumerate(results) if result["status"] == "rejected"],
            [4],
        )
