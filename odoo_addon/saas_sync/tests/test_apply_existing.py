from odoo.tests import tagged

from .common import VERSION, SaasSyncCase


@tagged("post_install", "-at_install")
class TestApplyExisting(SaasSyncCase):
    """Records that are linked: compare and set."""

    def setUp(self):
        super().setUp()
        self.first = self.apply_one(self.customer(values={"city": "Berlin"}))
        self.record = self.partner(self.first)

    def test_same_digest_is_unchanged_and_writes_nothing(self):
        self.record.city = "Bonn"
        result = self.apply_one(self.customer(values={"city": "Berlin"}))
        self.assertEqual(result["status"], "unchanged")
        self.assertEqual(self.record.city, "Bonn")

    def test_same_digest_remembers_the_newest_version(self):
        self.apply(self.customer(version=VERSION + 5))
        self.assertEqual(self.link().version, VERSION + 5)

    def test_older_news_is_ignored(self):
        result = self.apply_one(
            self.customer(digest="old", version=VERSION - 1, values={"city": "Old"})
        )
        self.assertEqual(result["status"], "unchanged")
        self.assertEqual((result["version"], result["digest"]), (VERSION, "d1"))
        self.assertEqual(self.record.city, "Berlin")

    def test_force_compares_every_field_in_spite_of_the_digest(self):
        self.record.city = "Bonn"
        result = self.apply_one(
            self.customer(values={"city": "Berlin"}, overwrite=["city"], force=True)
        )
        self.assertEqual((result["status"], self.record.city), ("updated", "Berlin"))

    def test_force_on_what_agrees_is_unchanged(self):
        result = self.apply_one(self.customer(values={"city": "Berlin"}, force=True))
        self.assertEqual(result["status"], "unchanged")

    def test_news_is_written_where_odoo_still_holds_the_base(self):
        result = self.apply_one(self.customer(digest="d2", values={"city": "Paris"}))
        self.assertEqual((result["status"], self.record.city), ("updated", "Paris"))
        self.assertEqual(self.link().base["city"], "Paris")
        self.assertEqual(self.link().digest, "d2")

    def test_diverged_field_stops_the_whole_record(self):
        self.record.city = "Bonn"
        change = self.customer(digest="d2", values={"city": "Paris", "zip": "1"})
        result = self.apply_one(change)
        self.assertEqual(result["status"], "diverged")
        self.assertEqual(
            result["current"], {"name": "Acme cus_1", "city": "Bonn", "zip": None}
        )
        self.assertFalse(self.record.zip)
        self.assertEqual(self.link().digest, "d1")

    def test_merged_change_is_written_on_the_current_base(self):
        self.record.city = "Bonn"
        change = self.customer(digest="d2", values={"city": "Paris"})
        current = self.apply_one(change)["current"]
        result = self.apply_one({**change, "base": current})
        self.assertEqual((result["status"], self.record.city), ("updated", "Paris"))

    def test_field_left_to_odoo_by_a_merge_keeps_its_base(self):
        self.record.city = "Bonn"
        values = {"zip": "1", "name": "Acme cus_1"}
        change = self.customer(digest="d2", values=values)
        result = self.apply_one(change)
        self.assertEqual(result["status"], "updated")
        self.assertEqual(result["base"]["city"], "Berlin")
        self.assertEqual(self.link().base["city"], "Berlin")

    def test_diverged_field_of_the_vendor_is_overwritten(self):
        self.record.city = "Bonn"
        change = self.customer(
            digest="d2", values={"city": "Paris"}, overwrite=["city"]
        )
        self.assertEqual(self.apply_one(change)["status"], "updated")
        self.assertEqual(self.record.city, "Paris")

    def test_create_only_field_is_never_written_again(self):
        change = self.customer(
            digest="d2", values={"city": "Paris"}, create_only=["city"]
        )
        self.assertEqual(self.apply_one(change)["status"], "unchanged")
        self.assertEqual(self.record.city, "Berlin")

    def test_lookup_that_odoo_changed_has_diverged(self):
        lookup = {"lookup": ["res.country", "code", "DE"]}
        self.apply(self.customer(digest="d2", values={"country_id": lookup}))
        france = self.env.ref("base.fr")
        self.record.country_id = france
        result = self.apply_one(
            self.customer(digest="d3", values={"country_id": lookup})
        )
        self.assertEqual(result["status"], "diverged")
        self.assertEqual(result["current"]["country_id"], france.id)

    def test_new_lookup_is_written_over_the_one_agreed_before(self):
        def lookup(code):
            return {"country_id": {"lookup": ["res.country", "code", code]}}

        self.apply(self.customer(digest="d2", values=lookup("DE")))
        result = self.apply_one(self.customer(digest="d3", values=lookup("FR")))
        self.assertEqual(result["status"], "updated")
        self.assertEqual(self.record.country_id.code, "FR")

    def test_field_mapped_later_fills_what_is_empty(self):
        change = self.customer(digest="d2", values={"city": "Berlin", "zip": "10115"})
        self.assertEqual(self.apply_one(change)["status"], "updated")
        self.assertEqual(self.record.zip, "10115")

    def test_archived_record_has_an_archived_link(self):
        change = self.customer(
            digest="d2", values={"active": False}, overwrite=["active"]
        )
        change["values"].pop("name")
        self.assertEqual(self.apply_one(change)["status"], "updated")
        self.assertFalse(self.record.active)
        self.assertEqual(self.link().state, "archived")

    def test_deleted_record_is_a_conflict_that_names_the_way_out(self):
        self.record.unlink()
        result = self.apply_one(self.customer(digest="d2", values={"city": "Paris"}))
        self.assertEqual(result["error"]["class"], "conflict")
        self.assertEqual(result["error"]["code"], "record_missing")
        self.assertTrue(result["error"]["hint"])

    def test_commercial_field_of_a_contact_goes_to_its_company(self):
        company = self.env["res.partner"].create({"name": "Co", "is_company": True})
        self.record.parent_id = company
        result = self.apply_one(
            self.customer(
                digest="d2",
                values={"city": "Berlin", "company_registry": "HRB 1"},
                overwrite=["company_registry"],
            )
        )
        self.assertEqual(result["status"], "updated")
        self.assertEqual(company.company_registry, "HRB 1")

    def test_silence_of_a_contact_leaves_its_company_alone(self):
        company = self.env["res.partner"].create(
            {"name": "Co", "is_company": True, "company_registry": "HRB 1"}
        )
        self.record.parent_id = company
        result = self.apply_one(
            self.customer(
                digest="d2",
                values={"city": "Berlin", "company_registry": None},
                overwrite=["company_registry"],
            )
        )
        self.assertEqual(result["status"], "unchanged")
        self.assertEqual(company.company_registry, "HRB 1")
