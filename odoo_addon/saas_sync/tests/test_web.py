from contextlib import suppress

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools.misc import file_path

from odoo.addons.web.tests.test_js import unit_test_error_checker

MISSING_IN_DEBIAN = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def hoot_suite_id(name):
    """HOOT addresses a suite by a 32-bit rolling hash (base 31) of its name."""
    value = 0
    for char in name:
        value = (value * 31 + ord(char)) & 0xFFFFFFFF
    return f"{value:08x}"


class WebCase(HttpCase):
    def setUp(self):
        super().setUp()
        self._drop_missing_asset()

    def _drop_missing_asset(self):
        """Debian's package lacks one of mail's files; the console error would fail
        every browser test, whatever it tests."""
        with suppress(FileNotFoundError):
            file_path(MISSING_IN_DEBIAN)
            return
        domain = [("path", "=", MISSING_IN_DEBIAN), ("directive", "=", "remove")]
        if not self.env["ir.asset"].search(domain, limit=1):
            self.env["ir.asset"].create(
                {
                    "name": "saas_sync: file missing in Debian's package",
                    "bundle": "web.assets_backend",
                    "directive": "remove",
                    "path": MISSING_IN_DEBIAN,
                    "sequence": 99,
                }
            )


@tagged("post_install", "-at_install")
class TestHoot(WebCase):
    def test_unit_tests_of_the_front_end_pass(self):
        suite = hoot_suite_id("@saas_sync")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )


@tagged("post_install", "-at_install")
class TestTour(WebCase):
    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create({"name": "Tour Customer"})
        self.env.ref("base.user_admin").group_ids |= self.env.ref(
            "saas_sync.group_admin"
        )
        self.connection = self.env["saas.sync.connection"].create(
            {
                "name": "Tour connection",
                "code": "tour",
                "system": "stripe",
                "system_name": "Stripe",
                "environment": "test",
                "state": "healthy",
                "reported_at": fields.Datetime.now(),
            }
        )
        common = {
            "connection_id": self.connection.id,
            "company_id": self.connection.company_id.id,
        }
        self.env["saas.sync.link"].create(
            {
                **common,
                "kind": "customer",
                "external_id": "cus_tour",
                "model": "res.partner",
                "res_id": self.partner.id,
                "state": "synced",
                "last_sync": fields.Datetime.now(),
            }
        )
        self.exception = self.env["saas.sync.exception"].create(
            {
                **common,
                "kind": "invoice",
                "external_id": "in_tour",
                "cause": "business_rule",
                "code": "period_locked",
                "label": "Invoice TOUR-1",
                "message": "The period is locked.",
                "first_at": fields.Datetime.now(),
                "last_at": fields.Datetime.now(),
            }
        )

    def test_a_person_gets_from_a_badge_to_a_retried_exception(self):
        self.start_tour(
            f"/odoo/contacts/{self.partner.id}", "saas_sync_tour", login="admin"
        )
        rows = self.env["saas.sync.outbox"].search(
            [("connection_id", "=", self.connection.id)]
        )
        self.assertEqual(set(rows.mapped("command")), {"sync_now", "retry"})
        self.assertEqual(self.exception.state, "retrying")
