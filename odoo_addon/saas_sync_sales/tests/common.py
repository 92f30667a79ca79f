"""A company that sells, a CRM connection, one won deal, and changes as the sidecar
sends them.
"""

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.saas_sync_billing.tests.changes import ref
from odoo.addons.saas_sync_billing.tests.common import BillingCase

DAY = "2026-10-05"


class SalesCase(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mine = {"company_id": cls.company.id, "company_ids": cls.company.ids}
        cls.stripe = cls.connection
        cls.connection = cls.env["saas.sync.connection"].create(
            {
                "name": "Salesforce",
                "code": "salesforce-main",
                "system": "salesforce",
                "system_name": "Salesforce",
                "environment": "test",
                "company_id": cls.company.id,
            }
        )
        cls.connection.action_setup_accounting()
        cls.germany = cls.env.ref("base.de")
        cls.company.account_sale_tax_id = cls.vat
        cls.partner.country_id = cls.germany
        cls.product.write(
            {
                "list_price": 100.0,
                "taxes_id": [Command.set(cls.vat.ids)],
                "invoice_policy": "order",
            }
        )
        cls.addon = cls.env["product.template"].create(
            {
                "name": "Support",
                "type": "service",
                "list_price": 50.0,
                "taxes_id": [Command.set(cls.vat.ids)],
                "invoice_policy": "order",
            }
        )
        cls.sam = new_test_user(
            cls.env, "sam", groups="sales_team.group_sale_salesman", **mine
        )
        cls.boss = new_test_user(
            cls.env, "boss", groups="sales_team.group_sale_manager", **mine
        )
        cls.won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Acme, 10 seats",
                "type": "opportunity",
                "partner_id": cls.partner.id,
                "user_id": cls.sam.id,
                "company_id": cls.company.id,
            }
        )
        cls._link("deal", "006A", cls.lead)
        cls._link("customer", "001A", cls.partner)
        cls._link("product", "01tA", cls.product)
        cls._link("product", "01tB", cls.addon)

    def apply(self, *changes, connection="salesforce-main"):
        # The parent's way, for this connection.
        answer = self.api.apply(
            {"batch": "b", "connection": connection, "changes": list(changes)}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        return answer["results"]

    @classmethod
    def line(cls, line="ol_1", product="01tA", quantity="10", price="100", **extra):
        return {
            "id": line,
            "name": "Seat",
            "product": product and ref("product", product),
            "quantity": quantity,
            "price_unit": price,
            "discount": "0",
            **extra,
        }

    def order(
        self, deal="006A", lines=None, climb=("drafted", "confirmed"), **values
    ):
        """A won deal of ten seats at 100.00."""
        extra = {
            name: values.pop(name) for name in ("force", "version") if name in values
        }
        change = self.change(
            "order",
            "order",
            deal,
            {
                "opportunity": ref("deal", deal),
                "partner": ref("customer", "001A"),
                "currency": "EUR",
                "exponent": 2,
                "date_order": DAY,
                "commitment_date": None,
                "client_order_ref": None,
                "payment_term": None,
                "legal_entity": None,
                "lines": [self.line()] if lines is None else lines,
                "expected_untaxed": 100000 if lines is None else None,
                "price_tolerance": 0,
                "missing": [],
                "lost": False,
                **values,
            },
            list(climb),
            **extra,
        )
        return {**change, "model": "sale.order"}

    def lost(self, deal="006A", **values):
        return self.order(deal, climb=["cancelled"], lost=True, **values)

    def orders(self):
        return self.env["sale.order"].search([("company_id", "=", self.company.id)])

    def deal_link(self, external_id="006A"):
        return self.env["saas.sync.link"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("kind", "=", "order"),
                ("external_id", "=", external_id),
            ]
        )
