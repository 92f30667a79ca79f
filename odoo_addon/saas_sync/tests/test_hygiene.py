from odoo.tests import tagged

from .common import SaasSyncCase


@tagged("post_install", "-at_install")
class TestHygiene(SaasSyncCase):
    """What must never happen on the side."""

    def test_nothing_the_sync_writes_sends_mail_or_subscribes_anybody(self):
        seller = self.operator
        seller.email = "seller@own.example"
        # What the users' own creation says in chatters is said now.
        self.env.flush_all()
        self.env.cr.precommit.run()
        before = self.env["mail.mail"].search_count([])
        messages = self.env["mail.message"].search_count([])
        [result] = self.apply(
            self.customer(values={"email": "buyer@acme.example", "user_id": seller.id})
        )
        self.apply(self.customer(digest="d2", values={"email": "new@acme.example"}))
        self.report([self.trouble()])
        self.report([self.trouble(attempts=2)])
        key = {"connection": "stripe-eu", "kind": "customer", "external_id": "cus_1"}
        self.report(resolved=[key])
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        partner = self.partner(result)
        self.assertFalse(partner.message_follower_ids)
        self.assertFalse(partner.message_ids)
        self.assertFalse(self.exception().message_follower_ids)
        created = self.env["mail.message"].search_count([]) - messages
        self.assertEqual(created, 0)

    def test_every_model_is_kept_to_the_users_companies(self):
        for model in (
            "connection",
            "link",
            "receipt",
            "exception",
            "conflict",
            "conflict_line",
            "proposal",
            "outbox",
        ):
            rule = self.env.ref(f"saas_sync.saas_sync_{model}_rule_company")
            self.assertIn("company_ids", rule.domain_force)

    def test_views_and_menus_load_for_each_role(self):
        for user in (self.operator, self.admin):
            for model in ("connection", "link", "receipt", "exception", "conflict"):
                env = self.env(user=user)
                with self.subTest(user=user.login, model=model):
                    action = self.env.ref(f"saas_sync.saas_sync_{model}_action")
                    views = [(False, mode) for mode in action.view_mode.split(",")]
                    loaded = env[action.res_model].get_views(
                        [*views, (False, "search")]
                    )
                    self.assertTrue(loaded["views"]["list"]["arch"])

    def test_overview_is_kept_to_the_users_companies(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.connection.company_id = other
        overview = self.env["saas.sync.connection"].with_user(self.operator).overview()
        self.assertEqual(overview["connections"], [])
