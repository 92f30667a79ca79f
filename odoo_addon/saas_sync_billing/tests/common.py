"""A company with books in EUR, a connection that is set up, and changes as the sidecar
sends them.
"""

import itertools
import json

from odoo import Command, fields
from odoo.tests import TransactionCase, tagged

from .changes import Changes


@tagged("post_install", "-at_install")
class BillingCase(Changes, TransactionCase):
    """Fixture of all tests of billing. ``self.api`` is the door as the service user
    sees it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.serial = itertools.count(1)
        cls.company = cls.env["res.company"].create(
            {
                "name": "Books in euro",
                "country_id": cls.env.ref("base.de").id,
                "currency_id": cls.env.ref("base.EUR").id,
            }
        )
        cls.env.user.write(
            {
                "company_ids": [Command.link(cls.company.id)],
                "group_ids": [
                    Command.link(cls.env.ref("saas_sync.group_admin").id),
                    Command.link(cls.env.ref("account.group_account_manager").id),
                ],
            }
        )
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        # The chart of another country sets its own currency.
        cls.company.currency_id = cls.env.ref("base.EUR")
        cls.company.account_fiscal_country_id = cls.env.ref("base.de")
        cls.vat = cls._tax("VAT 19%", 19, "tax_excluded")
        cls.vat7 = cls._tax("VAT 7%", 7, "tax_excluded")
        cls.incl = cls._tax("TVA 20% incl.", 20, "tax_included")
        cls.connection = cls.env["saas.sync.connection"].create(
            {
                "name": "Stripe Europe",
                "code": "stripe-eu",
                "system": "stripe",
                "system_name": "Stripe",
                "environment": "test",
                "company_id": cls.company.id,
            }
        )
        cls.connection.action_setup_accounting()
        cls.service = (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": "Sidecar",
                    "login": "billing-test-service",
                    "company_id": cls.company.id,
                    "company_ids": [Command.set(cls.company.ids)],
                    "group_ids": [
                        Command.set([cls.env.ref("saas_sync.group_service").id]),
                    ],
                }
            )
        )
        cls.api = cls.env["saas.sync.api"].with_user(cls.service)
        cls.partner = cls.env["res.partner"].create(
            {"name": "Acme", "is_company": True}
        )
        cls.product = cls.env["product.template"].create(
            {"name": "Seat", "type": "service"}
        )
        cls._link("customer", "cus_1", cls.partner)
        cls._link("product", "prod_1", cls.product)
        cls._link("tax_rate", "txr_19", cls.vat)
        cls._link("tax_rate", "txr_7", cls.vat7)
        cls._link("tax_rate", "txr_incl", cls.incl)

    @classmethod
    def _tax(cls, name, percent, price_include):
        group = cls.env["account.tax.group"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "country_id": cls.env.ref("base.de").id,
            }
        )
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": percent,
                "amount_type": "percent",
                "type_tax_use": "sale",
                "price_include_override": price_include,
                "company_id": cls.company.id,
                "country_id": cls.env.ref("base.de").id,
                "tax_group_id": group.id,
            }
        )

    @classmethod
    def _link(cls, kind, external_id, record):
        return cls.env["saas.sync.link"].create(
            {
                "connection_id": cls.connection.id,
                "company_id": cls.company.id,
                "kind": kind,
                "external_id": external_id,
                "model": record._name,
                "res_id": record.id,
            }
        )

    # Doing and looking

    def apply(self, *changes):
        """What the door answers for a batch."""
        request = {
            "batch": "b",
            "connection": "stripe-eu",
            "changes": json.loads(json.dumps(changes)),
        }
        answer = self.api.apply(request)
        self.env.flush_all()
        self.env.invalidate_all()
        return answer["results"]

    def apply_one(self, change):
        return self.apply(change)[0]

    def applied(self, *changes):
        """Apply changes that must succeed; the records."""
        results = self.apply(*changes)
        for result in results:
            self.assertIn(result["status"], ("created", "updated", "unchanged"), result)
        records = [
            self.env[result["model"]].browse(result["res_id"]) for result in results
        ]
        return records[0] if len(records) == 1 else records

    def refused(self, change, code, failure_class="business_rule"):
        """Apply a change that must be refused with ``code``; the error."""
        result = self.apply_one(change)
        self.assertEqual(result["status"], "rejected", result)
        self.assertEqual(
            (result["error"]["class"], result["error"]["code"]),
            (failure_class, code),
            result,
        )
        self.assertTrue(result["error"]["hint"], "a refusal says the way out")
        return result["error"]

    def footprint(self):
        """Counts and newest write dates of everything that booking touches."""
        result = {}
        for model in (
            "account.move",
            "account.move.line",
            "account.payment",
            "account.partial.reconcile",
        ):
            domain = [("company_id", "=", self.company.id)]
            result[model] = self.env[model]._read_group(
                domain, [], ["__count", "write_date:max", "id:max"]
            )
        return result

    def assertBooked(self, move, untaxed, tax, total):
        self.assertEqual(move.state, "posted")
        self.assertEqual(
            (move.amount_untaxed, move.amount_tax, move.amount_total),
            (untaxed, tax, total),
        )

    def day(self, text):
        return fields.Date.to_date(text)
