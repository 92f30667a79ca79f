"""Set-up: one button makes what is missing, once."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import BillingCase

GROUPS = "saas_sync.group_admin,account.group_account_manager"


class TestSetup(BillingCase):
    def second(self, **values):
        return self.env["saas.sync.connection"].create(
            {
                "name": "Stripe Second",
                "code": "stripe-2",
                "system": "stripe",
                "company_id": self.company.id,
                **values,
            }
        )

    def user(self, groups, login="billing-admin"):
        return new_test_user(
            self.env,
            login,
            groups,
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def test_an_administrator_of_both_sets_up_by_rpc(self):
        connection = self.second()
        self.assertFalse(connection.accounting_ready)
        connection.with_user(self.user(GROUPS)).action_setup_accounting()
        self.assertTrue(connection.accounting_ready)
        self.assertEqual(connection.sale_journal_id.name, "Stripe (stripe-2) invoices")
        self.assertEqual(
            connection.payment_journal_id.name, "Stripe (stripe-2) payments"
        )
        self.assertTrue(connection.sale_journal_id.refund_sequence)
        self.assertFalse(connection.sale_journal_id.restrict_mode_hash_table)
        self.assertEqual(connection.clearing_account_id.account_type, "asset_current")
        self.assertTrue(connection.clearing_account_id.reconcile)
        journal = connection.payment_journal_id
        lines = (
            journal.inbound_payment_method_line_ids
            + journal.outbound_payment_method_line_ids
        )
        self.assertEqual(lines.payment_account_id, connection.clearing_account_id)

    def test_one_kind_of_administrator_is_not_enough(self):
        connection = self.second()
        for number, group in enumerate(GROUPS.split(",")):
            with self.assertRaises(AccessError):
                connection.with_user(
                    self.user(group, f"half-{number}")
                ).action_setup_accounting()

    def test_setting_up_again_makes_nothing(self):
        count = {
            model: self.env[model].search_count([])
            for model in ("account.journal", "account.account")
        }
        before = self.connection.read(["sale_journal_id", "clearing_account_id"])
        answer = self.connection.action_setup_accounting()
        self.assertIn("already", answer["params"]["message"])
        self.assertEqual(
            self.connection.read(["sale_journal_id", "clearing_account_id"]), before
        )
        self.assertEqual(
            count, {model: self.env[model].search_count([]) for model in count}
        )

    def test_only_what_is_missing_is_made(self):
        own = self.env["account.journal"].create(
            {"name": "Mine", "type": "sale", "code": "MINE"}
        )
        connection = self.second(sale_journal_id=own.id)
        connection.action_setup_accounting()
        self.assertEqual(connection.sale_journal_id, own)
        self.assertTrue(connection.accounting_ready)

    def test_two_connections_share_nothing(self):
        connection = self.second()
        connection.action_setup_accounting()
        journals = (
            connection.sale_journal_id
            + connection.payment_journal_id
            + connection.external_journal_id
        )
        first = self.connection
        self.assertFalse(
            journals
            & (
                first.sale_journal_id
                + first.payment_journal_id
                + first.external_journal_id
            )
        )
        self.assertNotEqual(connection.clearing_account_id, first.clearing_account_id)

    def test_documents_of_a_connection_without_accounting_are_refused_with_the_way_out(
        self,
    ):
        self.connection.payment_journal_id = False
        error = self.refused(
            self.invoice("in_1"), "connection_not_set_up", "missing_mapping"
        )
        self.assertIn("Set up accounting", error["hint"])
        self.refused(self.payment("py_1"), "connection_not_set_up", "missing_mapping")

    def test_the_set_up_is_a_step_of_the_overview_and_a_problem_for_the_sidecar(self):
        connection = self.second()
        steps = {
            step["title"]: step["done"]
            for step in self.env["saas.sync.connection"].overview()["setup"]
        }
        self.assertEqual(steps["Set up accounting for Stripe Europe"], True)
        self.assertEqual(steps["Set up accounting for Stripe Second"], False)
        problems = [
            p["message"]
            for p in self.api.hello({})["problems"]
            if p["code"] == "connection_not_set_up"
        ]
        self.assertIn("The accounting of Stripe Second is not set up.", problems)
        connection.action_setup_accounting()
        self.assertFalse(
            [
                p
                for p in self.api.hello({})["problems"]
                if "Stripe Second" in p["message"]
            ]
        )

    def test_the_connection_leads_to_its_invoices_and_payments(self):
        move, payment = self.applied(
            self.invoice("in_1"), self.payment("py_1", invoices={"in_1": 11900})
        )
        self.assertEqual(
            (self.connection.invoice_count, self.connection.payment_count), (1, 1)
        )
        found = {}
        for action in (
            self.connection.action_view_invoices(),
            self.connection.action_view_payments(),
        ):
            found[action["res_model"]] = self.env[action["res_model"]].search(
                action["domain"]
            )
        self.assertEqual(found, {"account.move": move, "account.payment": payment})

    def test_a_system_without_documents_needs_no_accounting(self):
        crm = self.second()
        self.assertFalse(crm.accounting_ready, "nothing is known of it yet")
        crm.streams = [{"name": "events"}, {"name": "customers"}]
        self.assertTrue(crm.accounting_ready)
        crm.streams = [{"name": "customers"}, {"name": "invoices"}]
        self.assertFalse(crm.accounting_ready)
