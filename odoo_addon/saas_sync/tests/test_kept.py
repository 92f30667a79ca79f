from odoo.tests import tagged

from .common import VERSION, SaasSyncCase


@tagged("post_install", "-at_install")
class TestKept(SaasSyncCase):
    """Fields that differ and stay so: what the vendor goes on saying is no news."""

    def kept(self, values):
        return self.customer(
            digest="d2",
            version=VERSION + 1,
            values=values,
            base={"city": "Berlin"},
            kept={"city": "Bonn"},
            force=True,
        )

    def setUp(self):
        super().setUp()
        self.first = self.apply_one(self.customer(values={"city": "Kiel"}))
        self.partner(self.first).city = "Berlin"

    def test_vendors_value_is_the_base_of_what_stays_in_odoo(self):
        result = self.apply_one(self.kept({}))
        self.assertEqual(result["base"]["city"], "Bonn")
        self.assertEqual(self.partner(self.first).city, "Berlin")

    def test_decided_value_is_written_over_the_same_base(self):
        result = self.apply_one(self.kept({"city": "Ulm"}))
        self.assertEqual(result["base"]["city"], "Bonn")
        self.assertEqual(self.partner(self.first).city, "Ulm")

    def test_vendor_that_says_the_same_again_is_not_written(self):
        self.apply_one(self.kept({}))
        again = self.apply_one(
            self.customer(
                digest="d3", version=VERSION + 2, values={"city": "Bonn"}, force=True
            )
        )
        self.assertEqual(again["status"], "diverged")
        self.assertEqual(self.partner(self.first).city, "Berlin")
