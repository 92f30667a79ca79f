from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SaasSyncCase


@tagged("post_install", "-at_install")
class TestSettings(SaasSyncCase):
    """The sidecar's user and its keys."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service.unlink()
        cls.settings = cls.env["res.config.settings"].with_user(cls.admin)

    def make_user(self):
        self.settings.action_saas_sync_service_user()
        return self.settings._saas_sync_service_user()

    def make_key(self, duration="90"):
        wizard = (
            self.env["saas.sync.key"]
            .with_user(self.admin)
            .create({"duration": duration})
        )
        return wizard._create_key()

    def keys(self):
        return self.settings._saas_sync_keys(self.settings._saas_sync_service_user())

    def test_service_user_has_least_rights_all_companies_and_no_mail(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        sent = self.env["mail.mail"].search_count([])
        user = self.make_user()
        self.assertEqual(user.login, "saas_sync_sidecar")
        self.assertIn(other, user.company_ids)
        self.assertTrue(user.has_group("saas_sync.group_service"))
        self.assertFalse(user.has_group("saas_sync.group_operator"))
        self.assertFalse(user.has_group("base.group_system"))
        self.assertFalse(user.email)
        self.assertEqual(self.env["mail.mail"].search_count([]), sent)

    def test_pressing_again_gives_the_same_user_new_companies(self):
        user = self.make_user()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertEqual(self.make_user(), user)
        self.assertIn(other, user.company_ids)

    def test_key_works_for_rpc_and_expires_when_chosen(self):
        user = self.make_user()
        key = self.make_key("30")
        apikeys = self.env["res.users.apikeys"]
        self.assertEqual(apikeys._check_credentials(scope="rpc", key=key), user.id)
        days = (self.keys().expiration_date - fields.Datetime.now()).days
        self.assertIn(days, (29, 30))

    def test_key_is_shown_once_and_kept_nowhere(self):
        self.make_user()
        key = self.make_key()
        wizard = self.env["saas.sync.key"].with_user(self.admin).create({})
        action = wizard._show(key)
        self.assertEqual(action["context"]["default_key"], key)
        shown = self.env["saas.sync.key"].with_context(**action["context"])
        self.assertEqual(shown.default_get(["key"])["key"], key)
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM saas_sync_key")
        self.assertNotIn(key, str(self.env.cr.fetchall()))

    def test_rotation_keeps_the_old_key_until_it_is_revoked(self):
        self.make_user()
        old, new = self.make_key(), self.make_key()
        apikeys = self.env["res.users.apikeys"]
        self.assertTrue(apikeys._check_credentials(scope="rpc", key=old))
        self.settings.action_saas_sync_revoke_old()
        self.assertFalse(apikeys._check_credentials(scope="rpc", key=old))
        self.assertTrue(apikeys._check_credentials(scope="rpc", key=new))

    def test_key_that_expires_soon_is_warned_about(self):
        self.make_user()
        self.make_key("30")
        self.assertFalse(self.settings._saas_sync_expiry_warning(self.keys()))
        self.env.cr.execute(
            "UPDATE res_users_apikeys SET expiration_date = %s WHERE id = %s",
            (fields.Datetime.now() + timedelta(days=13), self.keys().id),
        )
        self.env.invalidate_all()
        self.assertIn(
            "expires on", self.settings._saas_sync_expiry_warning(self.keys())
        )

    def test_only_administrators_make_users_and_keys(self):
        settings = self.env["res.config.settings"].with_user(self.operator)
        with self.assertRaises(AccessError):
            settings.action_saas_sync_service_user()
        self.make_user()
        with self.assertRaises(AccessError):
            settings.action_saas_sync_new_key()
        with self.assertRaises(AccessError):
            settings.action_saas_sync_revoke_old()
        with self.assertRaises(AccessError):
            self.env["saas.sync.key"].with_user(self.operator).create({})

    def test_key_needs_a_user_first(self):
        with self.assertRaises(UserError):
            self.settings.action_saas_sync_new_key()

    def test_settings_page_shows_user_keys_and_connections(self):
        user = self.make_user()
        self.make_key()
        page = self.env["res.config.settings"].create({})
        self.assertEqual(page.saas_sync_service_user_id, user)
        self.assertEqual(len(page.saas_sync_key_ids), 1)
        self.assertIn(self.connection, page.saas_sync_connection_ids)

    def test_copied_database_locks_the_sidecar_out(self):
        self.make_user()
        self.make_key()
        self.env.flush_all()
        script = Path(__file__).parent.parent / "data" / "neutralize.sql"
        self.env.cr.execute(script.read_text())
        self.env.invalidate_all()
        self.assertFalse(self.keys())
        self.assertEqual(self.connection.state, "paused")
