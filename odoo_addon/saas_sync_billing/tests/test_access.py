"""Rights: the service user can do what the flow needs and no more; amounts are not for
everyone.
"""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import BillingCase


class TestAccess(BillingCase):
    def test_the_service_user_is_no_accountant_and_no_administrator(self):
        for group in (
            "account.group_account_manager",
            "account.group_account_user",
            "base.group_system",
        ):
            self.assertFalse(self.service.has_group(group), group)

    def test_the_service_user_deletes_no_document(self):
        move, payment = self.applied(
            self.invoice("in_1", climb=["drafted"]), self.payment("py_1")
        )
        with self.assertRaises(AccessError):
            move.with_user(self.service).unlink()
        with self.assertRaises(AccessError):
            payment.with_user(self.service).unlink()
        move.unlink()
        self.assertFalse(move.exists(), "others may still delete a draft")

    def test_the_service_user_changes_no_set_up(self):
        for record in (
            self.vat,
            self.connection.sale_journal_id,
            self.connection.clearing_account_id,
            self.company,
        ):
            with self.assertRaises(AccessError):
                record.with_user(self.service).write({"name": "Changed"})

    def test_the_service_user_makes_products(self):
        product = (
            self.env["product.template"]
            .with_user(self.service)
            .create({"name": "Plan", "list_price": 10.0})
        )
        product.name = "Plan B"
        with self.assertRaises(AccessError):
            product.unlink()

    def test_accountants_decide_about_exceptions_and_others_do_not_see_their_amounts(
        self,
    ):
        accountant = new_test_user(
            self.env, "billing-accountant", groups="account.group_account_user"
        )
        self.assertTrue(accountant.has_group("saas_sync.group_accountant"))
        self.assertFalse(accountant.has_group("saas_sync.group_admin"))
        clerk = new_test_user(self.env, "billing-clerk", groups="base.group_user")
        self.assertTrue(
            self.env["saas.sync.exception"].with_user(accountant).has_access("read")
        )
        self.assertFalse(
            self.env["saas.sync.exception"].with_user(clerk).has_access("read")
        )

    def test_the_connections_form_opens_for_every_reader(self):
        clerk = new_test_user(
            self.env,
            "billing-clerk",
            "base.group_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        form = self.connection.with_user(clerk).get_views([(False, "form")])["views"][
            "form"
        ]["arch"]
        self.assertNotIn("clearing_account_id", form)
        self.assertTrue(self.connection.with_user(clerk).overview()["connections"])
