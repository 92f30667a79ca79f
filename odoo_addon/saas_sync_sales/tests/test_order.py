"""A won deal becomes one order, as quotation or confirmed, and follows its deal."""

from odoo.addons.saas_sync_billing.tests.changes import ref

from .common import SalesCase


class TestOrder(SalesCase):
    def test_a_won_deal_becomes_a_confirmed_order_with_all_it_says(self):
        order = self.applied(
            self.order(client_order_ref="PO-7", commitment_date="2026-11-01")
        )
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.opportunity_id, self.lead)
        self.assertEqual(order.partner_id, self.partner)
        self.assertEqual(order.company_id, self.company)
        self.assertEqual(order.user_id, self.sam)
        self.assertEqual(order.client_order_ref, "PO-7")
        self.assertEqual(order.origin, "order 006A")
        self.assertEqual(str(order.commitment_date), "2026-11-01 00:00:00")
        self.assertEqual(str(order.date_order), "2026-10-05 00:00:00")
        self.assertEqual(
            (order.amount_untaxed, order.amount_tax, order.amount_total),
            (1000.0, 190.0, 1190.0),
        )
        self.assertEqual(order.order_line.tax_ids, self.vat)

    def test_by_rule_it_stays_a_quotation_until_it_is_to_be_confirmed(self):
        order = self.applied(self.order(climb=["drafted"]))
        self.assertEqual(order.state, "draft")
        again = self.applied(self.order())
        self.assertEqual(again, order)
        self.assertEqual(order.state, "sale")

    def test_every_rung_has_one_receipt_that_names_the_order(self):
        order = self.applied(self.order())
        receipts = self.env["saas.sync.receipt"].search(
            [("kind", "=", "order"), ("external_id", "=", "006A")]
        )
        self.assertEqual(sorted(receipts.mapped("rung")), ["confirmed", "drafted"])
        self.assertEqual(set(receipts.mapped("made")), {order.name})

    def test_a_deal_won_twice_makes_one_order(self):
        first = self.order()
        order = self.applied(first)
        for change in (first, self.order(force=True)):
            result = self.apply_one(change)
            self.assertEqual(result["status"], "unchanged", result)
        self.assertEqual(self.orders(), order)

    def test_nobody_is_written_to(self):
        template = self.env["sale.order.template"].create(
            {
                "name": "With e-mail",
                "mail_template_id": self.env.ref("sale.mail_template_sale_confirmation")
                .id,
            }
        )
        self.company.sale_order_template_id = template
        before = self.env["mail.mail"].search_count([])
        order = self.applied(self.order())
        self.assertFalse(order.sale_order_template_id)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertFalse(order.message_partner_ids)
        self.assertFalse(order.message_ids.notified_partner_ids)

    def test_discounts_keep_their_cents_whatever_their_decimals(self):
        lines = [
            self.line(discount="12.5"),
            self.line("ol_2", "01tB", "3", "49.99", discount="33.333"),
        ]
        # 1000 less 12.5 % is 875.00; 149.97 less 33.333 % is 99.98.
        order = self.applied(
            self.order(lines=lines, expected_untaxed=97498, price_tolerance=None)
        )
        self.assertEqual(order.order_line.mapped("discount"), [12.5, 0.0])
        self.assertEqual(order.amount_untaxed, 974.98)

    def test_a_line_without_words_has_those_of_its_product(self):
        order = self.applied(self.order(lines=[{**self.line(), "name": ""}]))
        self.assertIn(self.product.name, order.order_line.name)

    def test_a_foreign_currency_is_the_orders_own(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": usd.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 2.0,
            }
        )
        order = self.applied(
            self.order(
                currency="USD",
                lines=[self.line(price="200")],
                expected_untaxed=200000,
            )
        )
        self.assertEqual(order.currency_id, usd)
        self.assertEqual(order.amount_untaxed, 2000.0)

    def test_without_deal_or_customer_it_waits(self):
        result = self.apply_one(
            self.order("006B", partner=ref("customer", "001B"))
        )
        self.assertEqual(result["status"], "waiting")
        self.assertEqual(
            [(row["kind"], row["external_id"]) for row in result["waiting_for"]],
            [("deal", "006B"), ("customer", "001B")],
        )
        self.assertFalse(self.orders())

    # Changes while it is a quotation

    def test_a_quotation_follows_its_deal(self):
        order = self.applied(self.order(climb=["drafted"]))
        lines = [self.line(quantity="5"), self.line("ol_2", "01tB", "1", "50")]
        result = self.apply_one(self.order(lines=lines, climb=["drafted"]))
        self.assertEqual(result["status"], "updated", result)
        self.assertEqual(self.orders(), order)
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [5.0, 1.0])
        self.assertEqual(order.amount_untaxed, 550.0)
        self.assertEqual(
            self.deal_link().details["lines"],
            dict(zip(("ol_1", "ol_2"), order.order_line.ids, strict=True)),
        )

    def test_what_a_person_mended_on_a_quotation_stays_until_the_deal_changes(self):
        order = self.applied(self.order(climb=["drafted"]))
        order.order_line.product_uom_qty = 11
        self.apply_one(self.order(climb=["drafted"], force=True))
        self.assertEqual(order.order_line.product_uom_qty, 11)

    # Lost

    def test_a_deal_lost_after_all_cancels_its_quotation(self):
        order = self.applied(self.order(climb=["drafted"]))
        result = self.apply_one(self.lost())
        self.assertEqual(result["climbed"], {"cancelled": order.name})
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self.apply_one(self.lost(force=True))["status"], "unchanged")

    def test_won_again_brings_the_quotation_back(self):
        order = self.applied(self.order(climb=["drafted"]))
        self.applied(self.lost())
        self.applied(self.order(lines=[self.line(quantity="7")]))
        self.assertEqual(self.orders(), order)
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 700.0))
        self.applied(self.lost(version=10_000))

    def test_won_and_lost_over_and_over_ends_as_the_last_word(self):
        self.applied(self.order(climb=["drafted"]))
        for _round in range(3):
            self.applied(self.lost())
            self.assertEqual(self.orders().state, "cancel")
            self.applied(self.order(climb=["drafted"]))
            self.assertEqual(self.orders().state, "draft")

    def test_a_deal_that_was_never_ordered_is_lost_without_a_trace(self):
        self.assertEqual(self.apply_one(self.lost())["status"], "skipped")
        self.assertFalse(self.orders())

    def test_what_a_person_cancelled_is_not_taken_up_again(self):
        order = self.applied(self.order(climb=["drafted"]))
        order.action_cancel()
        error = self.refused(self.order(), "record_cancelled")
        self.assertIn(order.name, error["message"])
        self.assertEqual(order.state, "cancel")

    def test_a_deleted_order_is_told_and_not_made_anew(self):
        self.applied(self.order(climb=["drafted"])).unlink()
        self.refused(self.order(), "record_deleted")
        self.assertFalse(self.orders())

    # Many at once

    def test_a_bad_deal_does_not_harm_its_neighbours(self):
        for name in ("006B", "006C"):
            self._link("deal", name, self.lead.copy())
        bad = self.order("006B", expected_untaxed=1)
        results = self.apply(self.order(), bad, self.order("006C"))
        self.assertEqual(
            [result["status"] for result in results], ["created", "rejected", "created"]
        )
        self.assertEqual(len(self.orders()), 2)
        self.assertEqual(self.deal_link("006B").state or "none", "none")
