"""Who sees amendments and screens of sales, and what the service user may not do."""

from odoo.exceptions import AccessError

from .common import SalesCase


class TestAccess(SalesCase):
    def setUp(self):
        super().setUp()
        self.sold = self.applied(self.order())
        self.applied(self.order(lines=[self.line(quantity="12")]))
        self.amendment = self.env["saas.sync.amendment"].search(
            [("order_id", "=", self.sold.id)]
        )

    def test_screens_load_for_each_role(self):
        for user in (self.sam, self.boss):
            with self.subTest(user=user.login):
                action = self.env.ref("saas_sync_sales.saas_sync_amendment_action")
                views = [(False, mode) for mode in ("list", "form", "search")]
                loaded = self.env[action.res_model].with_user(user).get_views(views)
                self.assertIn("line_ids", loaded["views"]["form"]["arch"])
        for model in ("crm.lead", "sale.order", "res.partner"):
            arch = self.env[model].with_user(self.sam).get_views([(False, "form")])
            self.assertIn("saas_sync_link_count", arch["views"]["form"]["arch"])

    def test_sales_managers_find_exceptions_and_salespeople_do_not(self):
        exceptions = self.env["saas.sync.exception"]
        self.assertTrue(exceptions.with_user(self.boss).has_access("read"))
        self.assertFalse(exceptions.with_user(self.sam).has_access("read"))

    def test_salespeople_see_amendments_of_their_own_orders(self):
        mine = self.amendment.with_user(self.sam)
        self.assertEqual(mine.search([]), mine)
        self.assertEqual(len(mine.line_ids), 1)
        self.sold.user_id = self.boss
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(mine.search([]))
        lines = self.env["saas.sync.amendment.line"].with_user(self.sam)
        self.assertFalse(lines.search([]))
        self.assertTrue(mine.with_user(self.boss).search([]))

    def test_amendments_are_kept_to_the_users_companies(self):
        for model in ("amendment", "amendment_line"):
            rule = self.env.ref(f"saas_sync_sales.saas_sync_{model}_rule_company")
            self.assertIn("company_ids", rule.domain_force)

    def test_nobody_writes_into_an_amendment(self):
        for user in (self.sam, self.boss):
            with self.assertRaises(AccessError):
                self.amendment.with_user(user).state = "accepted"
            with self.assertRaises(AccessError):
                self.amendment.line_ids.with_user(user).values = {"price_unit": 1}

    def test_the_service_user_deletes_no_order(self):
        with self.assertRaises(AccessError):
            self.sold.with_user(self.service).unlink()
