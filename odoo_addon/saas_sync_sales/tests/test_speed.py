"""Fifty orders a call: what is asked is asked for all of them at once."""

from odoo import Command

from ..models.saas_sync_api_order import QUIET
from .common import SalesCase

BATCH = 50
# Against Odoo's own `create` and `action_confirm` of as many orders in one go.
AT_MOST = 1.5


class TestSpeed(SalesCase):
    def test_fifty_orders_take_hardly_more_queries_than_odoo_itself_needs(self):
        plain = self.queries(self.make_plainly)
        leads = self.leads()
        changes = [
            self.order(
                name, lines=[self.line(), self.line("ol_2", "01tB", "1", "50")]
            )
            for name in leads
        ]
        self.env.invalidate_all()
        synced = self.queries(lambda: self.check(self.apply(*changes)))
        self.assertLess(synced, AT_MOST * plain)

    def queries(self, work):
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def check(self, results):
        self.assertEqual({result["status"] for result in results}, {"created"})

    def make_plainly(self):
        products = (self.product | self.addon).product_variant_ids
        orders = (
            self.env["sale.order"]
            .with_user(self.service)
            .with_context(tracking_disable=True, **QUIET)
            .create(
                [
                    {
                        "partner_id": self.partner.id,
                        "company_id": self.company.id,
                        "opportunity_id": self.lead.id,
                        "order_line": [
                            Command.create({"product_id": product.id})
                            for product in products
                        ],
                    }
                    for _number in range(BATCH)
                ]
            )
        )
        orders.action_confirm()

    def leads(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": f"Deal {number}", "type": "opportunity"}
                for number in range(BATCH)
            ]
        )
        names = [f"006{number:03}" for number in range(BATCH)]
        for name, lead in zip(names, leads, strict=True):
            self._link("deal", name, lead)
        return names
