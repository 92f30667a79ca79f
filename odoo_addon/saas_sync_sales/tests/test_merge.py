"""Customers, deals and products of a CRM become one."""

from .common import SalesCase


class TestMerge(SalesCase):
    def merge(self, kind, loser, into, model):
        [result] = self.apply(
            {
                "key": {"kind": kind, "external_id": loser},
                "op": "merge",
                "model": model,
                "version": next(self.serial),
                "digest": "merged",
                "label": f"{kind} {loser}",
                "rule": f"{kind}@1",
                "reason": f"{kind}.merged",
                "into": {"kind": kind, "external_id": into},
            }
        )
        self.assertEqual(result["status"], "updated", result)
        return result

    def other_lead(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Acme again",
                "type": "opportunity",
                "partner_id": self.partner.id,
                "company_id": self.company.id,
            }
        )
        self._link("deal", "006B", lead)
        return lead

    def test_orders_follow_their_customer(self):
        order = self.applied(self.order())
        survivor = self.env["res.partner"].create({"name": "Acme SE"})
        self._link("customer", "001B", survivor)
        self.merge("customer", "001A", "001B", "res.partner")
        self.assertEqual(order.partner_id, survivor)
        self.assertEqual(order.partner_invoice_id, survivor)
        self.assertEqual(order.order_line.order_partner_id, survivor)
        self.assertEqual(self.lead.partner_id, survivor)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.amount_total, 1190.0)

    def test_a_merged_deal_keeps_its_history_at_the_survivor(self):
        survivor = self.other_lead()
        message = self.lead.message_post(body="They want ten")
        file = self.env["ir.attachment"].create(
            {"name": "terms", "res_model": "crm.lead", "res_id": self.lead.id}
        )
        activity = self.lead.activity_schedule("mail.mail_activity_data_call")
        self.merge("deal", "006A", "006B", "crm.lead")
        self.assertFalse(self.lead.active)
        self.assertTrue(survivor.active)
        self.assertEqual(survivor.name, "Acme again")
        for record in (message, file, activity):
            self.assertEqual(record.res_id, survivor.id, record)
        link = self.env["saas.sync.link"].search(
            [("kind", "=", "deal"), ("external_id", "=", "006A")]
        )
        self.assertEqual((link.res_id, link.state), (survivor.id, "merged"))

    def test_the_order_of_a_merged_deal_is_not_made_again(self):
        order = self.applied(self.order())
        survivor = self.other_lead()
        self.merge("deal", "006A", "006B", "crm.lead")
        self.assertEqual(order.opportunity_id, survivor)
        self.assertFalse(self.deal_link("006A"))
        again = self.apply_one(self.order("006B"))
        self.assertEqual(again["res_id"], order.id, again)
        self.assertEqual(self.orders(), order)

    def test_two_orders_of_merged_deals_both_stay(self):
        first = self.applied(self.order())
        survivor = self.other_lead()
        second = self.applied(self.order("006B"))
        self.merge("deal", "006A", "006B", "crm.lead")
        self.assertEqual(survivor.order_ids, first | second)
        self.assertEqual(self.deal_link("006B").res_id, second.id)
        self.assertEqual(self.deal_link("006A").res_id, first.id)

    def test_a_merged_product_is_archived_and_its_prices_lead_to_the_survivor(self):
        order = self.applied(self.order())
        self._link("price", "price_1", self.product)
        self._link("price", "price_2", self.addon)
        self.merge("product", "01tA", "01tB", "product.template")
        self.assertFalse(self.product.active)
        prices = self.env["saas.sync.link"].search([("kind", "=", "price")])
        self.assertEqual(set(prices.mapped("res_id")), {self.addon.id})
        self.assertEqual(set(prices.mapped("state")), {"synced"})
        self.assertEqual(order.order_line.product_id.product_tmpl_id, self.product)
