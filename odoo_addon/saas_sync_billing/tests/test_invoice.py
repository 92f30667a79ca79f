"""Invoices: drafted, made equal to the cent, posted, and never written again."""

from .changes import ref
from .common import BillingCase


class TestInvoice(BillingCase):
    def test_an_invoice_and_its_payment_are_booked_in_one_batch(self):
        invoice, payment = self.applied(
            self.invoice("in_1"), self.payment("py_1", invoices={"in_1": 11900})
        )
        self.assertBooked(invoice, 100.0, 19.0, 119.0)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertTrue(payment.is_reconciled)
        self.assertEqual(invoice.journal_id, self.connection.sale_journal_id)
        self.assertEqual(payment.journal_id, self.connection.payment_journal_id)
        self.assertEqual(
            payment.outstanding_account_id, self.connection.clearing_account_id
        )

    def test_everything_is_said_explicitly(self):
        self.partner.property_payment_term_id = self.env["account.payment.term"].create(
            {"name": "30 days"}
        )
        self.product.taxes_id = self.vat7
        move = self.applied(
            self.invoice(
                "in_1",
                lines=[("100", "1", [])],
                expected=(10000, 0, 10000, {}),
                invoice_date_due="2026-11-30",
                narration="Thank you & goodbye",
            )
        )
        self.assertFalse(
            move.invoice_line_ids.tax_ids, "a product's default tax does not sneak in"
        )
        self.assertFalse(move.invoice_payment_term_id)
        self.assertEqual(move.invoice_date_due, self.day("2026-11-30"))
        self.assertEqual((move.ref, move.payment_reference), ("in_1", "NO-in_1"))
        self.assertIn("Thank you &amp; goodbye", move.narration)
        self.assertEqual(
            move.invoice_line_ids.product_id, self.product.product_variant_id
        )

    def test_rungs_leave_receipts_and_the_answer_names_the_number(self):
        result = self.apply_one(self.invoice("in_1"))
        move = self.env["account.move"].browse(result["res_id"])
        self.assertEqual(result["status"], "created")
        self.assertEqual(
            result["climbed"], {"drafted": str(move.id), "posted": move.name}
        )
        receipts = self.env["saas.sync.receipt"].search([("external_id", "=", "in_1")])
        self.assertEqual(set(receipts.mapped("rung")), {"drafted", "posted"})

    def test_receipts_name_the_batch_and_the_delivery_as_the_sidecars_log_does(self):
        self.api.apply(
            {
                "batch": "b-7",
                "connection": "stripe-eu",
                "changes": [{**self.invoice("in_1"), "delivery": "evt_7"}],
            }
        )
        receipts = self.env["saas.sync.receipt"].search([("external_id", "=", "in_1")])
        self.assertEqual(
            {(receipt.batch, receipt.delivery) for receipt in receipts},
            {("b-7", "evt_7")},
        )

    def test_a_repeated_batch_changes_nothing(self):
        batch = [
            self.invoice("in_1"),
            self.credit_note("cn_1", "in_1"),
            self.payment("py_1", invoices={}),
            self.payment("re_1", kind="refund"),
        ]
        self.applied(*batch)
        before = self.footprint()
        results = self.apply(*batch)
        self.assertEqual({result["status"] for result in results}, {"unchanged"})
        forced = self.apply(*[{**change, "force": True} for change in batch])
        self.assertEqual({result["status"] for result in forced}, {"unchanged"})
        self.assertEqual(self.footprint(), before)

    def test_a_draft_follows_its_source_until_it_is_posted(self):
        draft = self.applied(self.invoice("in_1", climb=["drafted"]))
        self.assertEqual(draft.state, "draft")
        changed = self.invoice(
            "in_1",
            lines=[("50", "3", ["txr_7"]), ("10", "1", [])],
            expected=(16000, 1050, 17050, {"txr_7": 1050}),
            climb=["drafted"],
            invoice_date="2026-10-07",
        )
        self.assertEqual(self.applied(changed), draft)
        self.assertEqual((draft.amount_untaxed, draft.amount_tax), (160.0, 10.5))
        self.assertEqual(draft.invoice_date, self.day("2026-10-07"))
        self.assertEqual(len(draft.invoice_line_ids), 2)
        posted = self.applied(
            self.change(
                "move", "invoice", "in_1", changed["values"], ["drafted", "posted"]
            )
        )
        self.assertEqual(posted, draft)
        self.assertBooked(draft, 160.0, 10.5, 170.5)

    def test_a_draft_follows_words_and_dates_even_if_its_amounts_stay(self):
        draft = self.applied(self.invoice("in_1", climb=["drafted"]))
        self.applied(
            self.invoice(
                "in_1", invoice_date="2026-10-09", lines=[("50", "2", ["txr_19"])]
            )
        )
        self.assertBooked(draft, 100.0, 19.0, 119.0)
        self.assertEqual(draft.invoice_date, self.day("2026-10-09"))
        self.assertEqual(draft.invoice_line_ids.quantity, 2)

    def test_a_draft_that_waited_is_rewritten_before_it_is_posted(self):
        draft = self.applied(self.invoice("in_1", climb=["drafted"]))
        values = {"partner": {"ref": {"kind": "customer", "external_id": "cus_2"}}}
        result = self.apply_one(self.invoice("in_1", **values))
        self.assertEqual((result["status"], draft.state), ("waiting", "draft"))
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        self._link("customer", "cus_2", other)
        posted = self.applied(self.invoice("in_1", **values))
        self.assertEqual((posted, posted.partner_id), (draft, other))
        self.assertEqual(posted.state, "posted")

    def test_what_a_person_adds_to_a_draft_stays_when_it_is_posted(self):
        draft = self.applied(self.invoice("in_1", climb=["drafted"]))
        draft.invoice_line_ids.name = "Seat, as agreed with Ann"
        self.applied(self.invoice("in_1"))
        self.assertBooked(draft, 100.0, 19.0, 119.0)
        self.assertEqual(draft.invoice_line_ids.name, "Seat, as agreed with Ann")

    def test_a_draft_posted_by_a_person_counts_as_posted_if_it_agrees(self):
        agreeing, differing = self.applied(
            self.invoice("in_1", climb=["drafted"]),
            self.invoice("in_2", climb=["drafted"]),
        )
        differing.invoice_line_ids.price_unit = 90
        (agreeing + differing).action_post()
        result = self.apply_one(self.invoice("in_1"))
        self.assertEqual(result["climbed"], {"posted": agreeing.name})
        self.refused(self.invoice("in_2"), "posted_differs")

    def test_a_draft_cancelled_by_a_person_is_left_cancelled(self):
        draft = self.applied(self.invoice("in_1", climb=["drafted"]))
        draft.button_cancel()
        self.refused(self.invoice("in_1"), "record_cancelled")
        self.assertEqual(draft.state, "cancel")

    def test_a_negative_invoice_is_booked_as_a_credit_note_of_its_own(self):
        move = self.applied(self.invoice("in_1", move_type="out_refund"))
        self.assertBooked(move, 100.0, 19.0, 119.0)
        self.assertEqual(move.move_type, "out_refund")
        self.assertFalse(move.reversed_entry_id)

    def test_a_posted_invoice_is_never_changed(self):
        move = self.applied(self.invoice("in_1"))
        before = self.footprint()
        dearer = self.invoice(
            "in_1",
            lines=[("110", "1", ["txr_19"])],
            expected=(11000, 2090, 13090, {"txr_19": 2090}),
        )
        error = self.refused(dearer, "posted_differs")
        self.assertIn("130.90 EUR instead of 119.00 EUR", error["message"])
        self.assertIn(move.name, error["message"])
        self.refused(dearer, "posted_differs")
        self.refused(self.invoice("in_1", invoice_date="2026-10-08"), "posted_differs")
        self.assertEqual(self.apply_one(self.invoice("in_1"))["status"], "unchanged")
        self.assertEqual(self.footprint(), before)

    def test_a_posted_invoice_takes_a_new_due_date_and_ignores_new_words(self):
        move = self.applied(self.invoice("in_1"))
        self.assertEqual(
            self.apply_one(self.invoice("in_1", narration="New memo"))["status"],
            "unchanged",
        )
        result = self.apply_one(self.invoice("in_1", invoice_date_due="2026-12-24"))
        self.assertEqual(result["status"], "updated")
        self.assertEqual(move.invoice_date_due, self.day("2026-12-24"))
        self.assertEqual(move.state, "posted")

    def test_an_unlinked_tax_is_asked_for_and_remembered(self):
        change = self.invoice(
            "in_1",
            lines=[("100", "1", ["txr_new"])],
            expected=(10000, 700, 10700, {"txr_new": 700}),
        )
        error = self.refused(change, "tax_unmapped", "missing_mapping")
        self.assertEqual(error["args"]["tax_rate"], "txr_new")
        exception = self.env["saas.sync.exception"].create(
            {
                "connection_id": self.connection.id,
                "company_id": self.company.id,
                "kind": "invoice",
                "external_id": "in_1",
                "cause": error["class"],
                "code": error["code"],
                "label": "in_1",
                "message": error["message"],
                "args": error["args"],
            }
        )
        exception.tax_id = self.vat7
        exception.action_use_chosen()
        self.assertEqual(exception.state, "retrying")
        self.assertBooked(self.applied(change), 100.0, 7.0, 107.0)

    def test_an_unlinked_tax_is_called_by_its_name_whichever_is_reported_first(self):
        change = self.invoice(
            "in_1",
            lines=[("100", "1", ["txr_new"])],
            expected=(10000, 700, 10700, {"txr_new": 700}),
        )
        error = self.refused(change, "tax_unmapped", "missing_mapping")
        common = {
            "connection_id": self.connection.id,
            "company_id": self.company.id,
            "cause": "missing_mapping",
        }
        invoice = {
            **common,
            "kind": "invoice",
            "external_id": "in_1",
            "code": error["code"],
            "label": "Invoice ABC-0007",
            "partner": "Acme",
            "amount": 107.0,
            "currency_id": self.env.ref("base.EUR").id,
            "message": error["message"],
            "args": error["args"],
        }
        rate = {
            **common,
            "kind": "tax_rate",
            "external_id": "txr_new",
            "code": "no_match",
            "label": "Tax rate VAT 7 %",
            "message": "No record fits.",
        }
        for rows in ([invoice, rate], [rate, invoice]):
            exceptions = self.env["saas.sync.exception"].create(rows[0])
            exceptions += exceptions.create(rows[1])
            exception = exceptions.filtered(lambda e: e.kind == "invoice")
            self.assertEqual(
                exception.message,
                f"Tax rate VAT 7 % has no Odoo tax in {self.company.name}.",
            )
            self.assertIn("Invoice ABC-0007 for Acme, ", exception.headline)
            exceptions.unlink()

    def test_references_that_are_not_there_yet_are_waited_for(self):
        change = self.invoice("in_1", partner=ref("customer", "cus_new"))
        result = self.apply_one(change)
        self.assertEqual(result["status"], "waiting")
        self.assertEqual(
            result["waiting_for"], [{"kind": "customer", "external_id": "cus_new"}]
        )
        self._link("customer", "cus_new", self.partner)
        self.assertBooked(self.applied(change), 100.0, 19.0, 119.0)

    def test_one_poisoned_invoice_harms_none_of_its_neighbours(self):
        batch = [self.invoice(f"in_{number}") for number in range(20)]
        broken = self.env["account.account"].search(
            [
                ("account_type", "=", "off_balance"),
                ("company_ids", "in", self.company.ids),
            ],
            limit=1,
        ) or self.env["account.account"].create(
            {"name": "Off", "code": "990001", "account_type": "off_balance"}
        )
        poison = self.env["product.template"].create(
            {"name": "Poison", "property_account_income_id": broken.id}
        )
        self._link("product", "prod_poison", poison)
        batch[13]["values"]["lines"][0]["product"] = ref("product", "prod_poison")
        results = self.apply(*batch)
        self.assertEqual(
            [n for n, result in enumerate(results) if result["status"] == "rejected"],
            [13],
        )
        moves = self.env["account.move"].browse(
            r["res_id"] for n, r in enumerate(results) if n != 13
        )
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.assertEqual(len(set(moves.mapped("name"))), 19)

    def test_nothing_is_mailed_to_anyone(self):
        self.partner.email = "buyer@example.com"
        mails = self.env["mail.mail"].search_count([])
        move, payment = self.applied(
            self.invoice("in_1"), self.payment("py_1", invoices={"in_1": 11900})
        )
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertFalse((move + payment.move_id).message_partner_ids)

    def test_a_zero_invoice_is_paid_at_once(self):
        change = self.invoice(
            "in_1", lines=[("0", "1", ["txr_19"])], expected=(0, 0, 0, {})
        )
        self.assertEqual(self.applied(change).payment_state, "paid")

    def test_what_a_person_reset_or_deleted_is_said_and_left_alone(self):
        move = self.applied(self.invoice("in_1"))
        move.button_draft()
        self.refused(self.invoice("in_1", narration="x"), "posted_was_reset")
        self.assertEqual(move.state, "draft")
        draft = self.applied(self.invoice("in_2", climb=["drafted"]))
        draft.unlink()
        self.refused(self.invoice("in_2"), "record_deleted")
