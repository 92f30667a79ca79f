from odoo.tests import tagged

from .common import VERSION, SaasSyncCase


@tagged("post_install", "-at_install")
class TestApplyLink(SaasSyncCase):
    """Records that are found and never made."""

    def test_one_hit_is_linked_with_its_details(self):
        change = self.link_change(match=[[["code", "=", "DE"]]])
        result = self.apply_one(change)
        self.assertEqual(
            (result["status"], result["res_id"]), ("created", self.germany.id)
        )
        link = self.link("txr_1", "tax_rate")
        self.assertEqual(link.details, {"percentage": "19"})
        self.assertEqual(link.model, "res.country")

    def test_many_rates_may_be_one_tax(self):
        match = [[["code", "=", "DE"]]]
        self.apply(self.link_change("txr_1", match=match))
        result = self.apply_one(self.link_change("txr_2", match=match))
        self.assertEqual(result["res_id"], self.germany.id)

    def test_no_hit_asks_a_person(self):
        result = self.apply_one(self.link_change(match=[[["code", "=", "XX"]]]))
        self.assertEqual(result["error"]["class"], "missing_mapping")
        self.assertEqual(result["error"]["code"], "no_match")

    def test_several_hits_ask_a_person_with_candidates(self):
        match = [[["code", "in", ["DE", "FR"]]]]
        result = self.apply_one(self.link_change(match=match))
        self.assertEqual(result["error"]["class"], "missing_mapping")
        self.assertEqual(result["error"]["code"], "ambiguous_match")
        self.assertEqual(len(result["error"]["args"]["candidates"]), 2)

    def test_linked_record_stays_and_its_details_are_refreshed(self):
        self.apply(self.link_change(match=[[["code", "=", "DE"]]]))
        result = self.apply_one(
            self.link_change(
                match=[[["code", "=", "FR"]]],
                digest="d2",
                version=VERSION + 1,
                details={"percentage": "20"},
            )
        )
        self.assertEqual(
            (result["status"], result["res_id"]), ("unchanged", self.germany.id)
        )
        self.assertEqual(self.link("txr_1", "tax_rate").details, {"percentage": "20"})

    def test_another_record_is_found_when_the_linked_one_was_deleted(self):
        country = self.env["res.country"].create({"name": "Atlantis", "code": "XQ"})
        self.apply(self.link_change(match=[[["code", "=", "XQ"]]]))
        country.unlink()
        lost = self.apply_one(
            self.link_change(match=[[["code", "=", "XQ"]]], force=True)
        )
        self.assertEqual(lost["error"]["code"], "no_match")
        found = self.apply_one(
            self.link_change(match=[[["code", "=", "DE"]]], force=True)
        )
        self.assertEqual(
            (found["status"], found["res_id"]), ("updated", self.germany.id)
        )

    def test_price_is_linked_to_the_record_of_its_product(self):
        product, price = self.apply(
            {
                **self.customer("prod_1"),
                "key": {"kind": "product", "external_id": "prod_1"},
            },
            self.link_change(
                "price_1",
                "price",
                model="res.partner",
                to={"ref": {"kind": "product", "external_id": "prod_1"}},
            ),
        )
        self.assertEqual(price["status"], "created")
        self.assertEqual(price["res_id"], product["res_id"])

    def test_price_waits_for_its_product(self):
        ref = {"kind": "product", "external_id": "prod_1"}
        change = self.link_change(
            "price_1", "price", model="res.partner", to={"ref": ref}
        )
        result = self.apply_one(change)
        self.assertEqual((result["status"], result["waiting_for"]), ("waiting", [ref]))
