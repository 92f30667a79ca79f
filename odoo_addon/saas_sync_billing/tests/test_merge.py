"""Contacts with real books become one: documents, debts and reconciliations follow."""

from .common import BillingCase

DEBT = "asset_receivable"


class TestMerge(BillingCase):
    def setUp(self):
        super().setUp()
        self.loser = self.env["res.partner"].create(
            {"name": "Acme Old", "is_company": True}
        )
        self._link("customer", "cus_2", self.loser)
        self.jo = self.env["res.partner"].create(
            {"name": "Jo", "parent_id": self.loser.id}
        )
        of_loser = {"partner": {"ref": {"kind": "customer", "external_id": "cus_2"}}}
        self.mine, self.theirs, self.paid, self.money = self.applied(
            self.invoice("in_1"),
            self.invoice("in_2", **of_loser),
            self.invoice("in_3", **of_loser),
            self.payment("py_3", invoices={"in_3": 11900}, **of_loser),
        )
        self.draft = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.jo.id}
        )

    def merge(self):
        return self.apply_one(
            {
                "key": {"kind": "customer", "external_id": "cus_2"},
                "op": "merge",
                "model": "res.partner",
                "version": next(self.serial),
                "digest": "merged",
                "label": "Customer",
                "rule": "customer@1",
                "reason": "customer.merged",
                "into": {"kind": "customer", "external_id": "cus_1"},
            }
        )

    def merge_by_hand(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.loser.id, self.partner.id], self.partner)
        self.env.invalidate_all()

    def debts(self, moves):
        return moves.line_ids.filtered(lambda line: line.account_type == DEBT)

    def assertBooks(self, company):
        """Everything is ``company``'s, and what was paid is paid."""
        moves = self.mine | self.theirs | self.paid | self.money.move_id
        self.assertFalse(self.loser.exists())
        self.assertEqual(moves.partner_id, self.partner)
        self.assertEqual(self.money.partner_id, self.partner)
        self.assertEqual(moves.commercial_partner_id, company)
        self.assertEqual(moves.line_ids.partner_id, company)
        self.assertEqual(
            set((self.mine | self.theirs).mapped("invoice_partner_display_name")),
            {self.partner.display_name},
        )
        self.assertEqual(self.theirs.payment_state, "not_paid")
        self.assertEqual(self.paid.payment_state, "paid")
        self.assertTrue(self.money.is_reconciled)
        settled = self.debts(self.paid | self.money.move_id)
        self.assertEqual(settled.mapped("reconciled"), [True, True])
        self.assertEqual(len(settled.full_reconcile_id), 1)
        self.assertEqual(
            sum(self.debts(self.mine | self.theirs).mapped("amount_residual")), 238.0
        )

    def assertContacts(self, company):
        self.assertEqual(self.jo.parent_id, self.partner)
        self.assertEqual(self.jo.commercial_partner_id, company)
        self.assertEqual(self.jo.complete_name, f"{self.partner.name}, Jo")
        self.assertEqual(self.draft.partner_id, self.jo)
        self.assertEqual(self.draft.commercial_partner_id, company)
        self.assertIn(self.partner.name, self.draft.invoice_partner_display_name)

    def assertNoOrphan(self):
        for model in ("saas.sync.link", "saas.sync.receipt"):
            for row in self.env[model].search(
                [("connection_id", "=", self.connection.id), ("res_id", "!=", False)]
            ):
                self.assertTrue(self.env[row.model].browse(row.res_id).exists(), row)

    def test_books_follow_a_merge_at_the_vendor(self):
        self.assertEqual(self.merge()["status"], "updated")
        self.assertBooks(self.partner)
        self.assertContacts(self.partner)
        self.assertNoOrphan()

    def test_books_follow_a_merge_in_odoo(self):
        self.merge_by_hand()
        self.assertBooks(self.partner)
        self.assertContacts(self.partner)
        self.assertNoOrphan()

    def test_debts_are_those_of_the_company_above_the_survivor(self):
        group = self.env["res.partner"].create({"name": "Group", "is_company": True})
        # A company that becomes one with a person makes it a company.
        self.loser.is_company = False
        self.mine.button_draft()
        self.partner.write({"is_company": False, "parent_id": group.id})
        self.mine.line_ids.partner_id = group
        self.mine.action_post()
        self.mine.invalidate_recordset()
        self.env.add_to_compute(self.mine._fields["commercial_partner_id"], self.mine)
        self.merge()
        self.assertBooks(group)
        self.assertEqual(self.jo.commercial_partner_id, group)
        self.assertEqual(self.draft.commercial_partner_id, group)

    def test_later_news_go_on_with_the_survivor(self):
        self.merge()
        of_loser = {"partner": {"ref": {"kind": "customer", "external_id": "cus_2"}}}
        late, money = self.applied(
            self.invoice("in_4", **of_loser),
            self.payment("py_2", invoices={"in_2": 11900}, **of_loser),
        )
        self.assertEqual(late.partner_id, self.partner)
        self.assertEqual(money.partner_id, self.partner)
        self.assertEqual(self.theirs.payment_state, "paid")

    def test_sealed_entries_are_left_to_people(self):
        self.theirs.flush_recordset()
        self.env.cr.execute(
            "UPDATE account_move SET inalterable_hash = 'x' WHERE id = %s",
            [self.theirs.id],
        )
        self.env.invalidate_all()
        result = self.merge()
        self.assertEqual(result["status"], "rejected")
        self.assertEqual(result["error"]["code"], "merge_refused")
        self.assertIn("sealed by a hash", result["error"]["message"])
        self.assertIn("archive the other one", result["error"]["hint"])
        self.assertTrue(self.loser.exists())
        self.assertEqual(self.theirs.partner_id, self.loser)
