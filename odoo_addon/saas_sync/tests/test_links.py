from odoo.tests import tagged

from .common import SaasSyncCase


@tagged("post_install", "-at_install")
class TestLinks(SaasSyncCase):
    """What a sidecar that lost its memory learns."""

    def first_page(self, **request):
        return self.api.links({"connection": "stripe-eu", "limit": 2, **request})

    def test_first_page_says_how_many_links_there_are(self):
        self.apply(*[self.customer(f"cus_{i}") for i in range(3)])
        page = self.first_page()
        self.assertEqual((len(page["links"]), page["total"]), (2, 3))
        self.assertNotIn("total", self.first_page(after=page["next"]))

    def test_first_page_tells_what_is_open_on_the_desk(self):
        self.report([self.trouble(), self.trouble(external_id="cus_2")])
        key = {"connection": "stripe-eu", "kind": "customer", "external_id": "cus_2"}
        self.report(resolved=[key])
        [told] = self.first_page()["exceptions"]
        self.assertEqual(
            (told["kind"], told["external_id"], told["cause"], told["message"]),
            ("customer", "cus_1", "business_rule", "Odoo refused it"),
        )

    def test_exceptions_of_other_connections_stay_there(self):
        self.connection.copy({"code": "stripe-us"})
        self.report([self.trouble(connection="stripe-us")])
        self.assertTrue(self.env["saas.sync.exception"].search_count([]))
        self.assertEqual(self.first_page()["exceptions"], [])
