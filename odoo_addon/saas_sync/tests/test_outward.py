from odoo.tests import tagged

from .common import VERSION, SaasSyncCase

COUNTRY = {"lookup": ["res.country", "code"]}


@tagged("post_install", "-at_install")
class TestOutward(SaasSyncCase):
    """Fields whose value in Odoo may go to the vendor, and fields of others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.crm = cls.connection.create(
            {
                "name": "Salesforce",
                "code": "sf",
                "system": "salesforce",
                "system_name": "Salesforce",
                "company_id": cls.company.id,
            }
        )

    def edit(self, result, **values):
        self.partner(result).with_user(self.env.ref("base.user_admin")).write(values)
        self.env.flush_all()

    def news(self, digest, **change):
        return self.customer(digest=digest, version=VERSION + 1, **change)

    def test_edit_in_odoo_is_answered_with_all_fields_and_who_made_it(self):
        first = self.apply_one(self.customer(values={"city": "Bonn"}))
        self.edit(first, city="Berlin")
        result = self.apply_one(
            self.news("d2", values={"city": "Bonn"}, outward={"city": {}}, force=True)
        )
        self.assertEqual(result["status"], "diverged")
        self.assertEqual(result["current"], {"name": "Acme cus_1", "city": "Berlin"})
        self.assertEqual(result["res_id"], first["res_id"])
        self.assertEqual(result["linked"], [])
        self.assertEqual(result["edited"]["by"], "admin")
        self.assertAlmostEqual(
            result["edited"]["at"] / 1000,
            self.partner(first).write_date.timestamp(),
            delta=86_400,
        )

    def test_sync_is_not_told_of_its_own_writing(self):
        first = self.apply_one(self.customer(values={"city": "Bonn"}))
        self.assertEqual(self.partner(first).write_uid, self.service)
        result = self.apply_one(
            self.news("d2", values={"city": "Ulm"}, base={"city": "Kiel"}, force=True)
        )
        self.assertEqual(result["status"], "diverged")
        self.assertNotIn("edited", result)

    def test_news_of_the_vendor_is_written_to_an_outward_field(self):
        self.apply_one(self.customer(values={"city": "Bonn"}))
        result = self.apply_one(
            self.news("d2", values={"city": "Ulm"}, outward={"city": {}})
        )
        self.assertEqual(result["status"], "updated")
        self.assertNotIn("current", result)
        self.assertEqual(self.link().changed.keys(), {"city"})

    def test_field_that_yields_is_never_written_while_its_owner_is_linked(self):
        first = self.apply_one(self.customer(values={"city": "Bonn"}))
        change = self.news(
            "d2",
            values={"city": "Ulm"},
            yields_to={"city": ["salesforce"]},
            overwrite=["city"],
        )
        crm = self.customer("001", values={"city": "Bonn"}, name=None)
        crm["match"] = [[["id", "=", first["res_id"]]]]
        [linked] = self.apply(crm, connection="sf")
        self.assertEqual(linked["res_id"], first["res_id"])
        result = self.apply_one(change)
        self.assertEqual(result["status"], "diverged")
        self.assertEqual(result["linked"], ["salesforce"])
        self.assertEqual(self.partner(first).city, "Bonn")
        self.links.search([("connection_id", "=", self.crm.id)]).unlink()
        self.assertEqual(self.apply_one(change)["status"], "updated")

    def test_who_else_is_linked_is_not_said_where_it_was_not_looked_up(self):
        first = self.apply_one(self.customer(values={"city": "Bonn"}))
        self.edit(first, city="Berlin")
        result = self.apply_one(self.news("d2", values={"city": "Ulm"}))
        self.assertEqual(result["status"], "diverged")
        self.assertNotIn("linked", result)

    def test_told_only_field_is_told_until_it_is_agreed(self):
        first = self.apply_one(
            self.customer(outward={"comment": {}, "no_such_field": {}})
        )
        self.assertEqual((first["status"], "current" in first), ("created", False))
        self.edit(first, comment="<p>good</p>")
        told = self.news("d1", outward={"comment": {}}, force=True)
        result = self.apply_one(told)
        self.assertEqual(result["status"], "unchanged")
        self.assertEqual(result["current"], {"comment": "<p>good</p>"})
        self.assertNotIn("comment", result["base"])
        agreed = {**told, "base": {**result["base"], **result["current"]}}
        result = self.apply_one(agreed)
        self.assertNotIn("current", result)
        self.assertEqual(self.link().base["comment"], "<p>good</p>")
        self.assertNotIn("current", self.apply_one(told))

    def test_record_just_made_tells_what_odoo_says_of_it(self):
        result = self.apply_one(self.customer(outward={"type": {}}))
        self.assertEqual(result["current"], {"type": "contact"})

    def test_what_odoo_owns_is_told_although_it_was_written_but_once(self):
        change = {"create_only": ["city"], "outward": {"city": {}}}
        first = self.apply_one(self.customer(values={"city": "Bonn"}, **change))
        self.assertEqual(first["base"]["city"], "Bonn")
        self.edit(first, city="Berlin")
        result = self.apply_one(
            self.news("d2", values={"city": "Ulm"}, **change, force=True)
        )
        self.assertEqual(result["status"], "diverged")
        self.assertEqual(result["current"]["city"], "Berlin")

    def test_relations_are_told_by_name_or_as_linked_records(self):
        [parent] = self.apply(self.customer("cus_2", values={"is_company": True}))
        first = self.apply_one(self.customer())
        state = self.env["res.country.state"].search(
            [("code", "=", "CA"), ("country_id.code", "=", "US")]
        )
        self.edit(
            first,
            parent_id=parent["res_id"],
            country_id=state.country_id.id,
            state_id=state.id,
        )
        outward = {
            "parent_id": {},
            "country_id": COUNTRY,
            "state_id": {"lookup": ["res.country.state", "code"]},
        }
        [result] = self.apply(self.news("d2", outward=outward))
        self.assertEqual(
            result["current"],
            {
                "parent_id": {"ref": {"kind": "customer", "external_id": "cus_2"}},
                "country_id": {"lookup": ["res.country", "code", "US"]},
                "state_id": {
                    "lookup": [
                        "res.country.state",
                        "code",
                        "CA",
                        [["id", "=", state.id]],
                    ]
                },
            },
        )

    def test_adopted_twin_that_differs_is_merged_before_it_is_linked(self):
        twin = self.env["res.partner"].create({"name": "Acme", "ref": "R", "city": "A"})
        change = self.customer(
            values={"name": "Acme", "city": "B"},
            match=[[["ref", "=", "R"]]],
            outward={"city": {}},
        )
        result = self.apply_one(change)
        self.assertEqual((result["status"], result["res_id"]), ("diverged", twin.id))
        self.assertFalse(self.link())
        result = self.apply_one({**change, "base": result["current"]})
        self.assertEqual((result["status"], twin.city), ("updated", "B"))
        self.assertEqual(self.link().res_id, twin.id)

    def test_company_above_itself_is_refused_in_words(self):
        def ref(external_id):
            ref = {"kind": "customer", "external_id": external_id}
            return {"parent_id": {"ref": ref}}

        own = self.apply_one(self.customer("cus_9", values=ref("cus_9")))
        self.assertEqual(
            (own["error"]["class"], own["error"]["code"]),
            ("invalid_data", "parent_loop"),
        )
        self.apply(
            self.customer("cus_1"),
            self.customer("cus_2", values=ref("cus_1")),
            self.customer("cus_3", values=ref("cus_2")),
        )
        above, good = self.apply(
            self.news("d2", values=ref("cus_3")), self.customer("cus_4")
        )
        self.assertEqual(above["error"]["code"], "parent_loop")
        self.assertEqual(good["status"], "created")
        # Who was above may come below, if it moves in the same moment.
        results = self.apply(
            self.customer("cus_2", digest="d2", values={"parent_id": None}),
            self.news("d3", values=ref("cus_2")),
        )
        self.assertEqual([r["status"] for r in results], ["updated", "updated"])

    def test_records_are_read_in_the_notation_of_changes(self):
        first = self.apply_one(self.customer())
        self.edit(first, country_id=self.germany.id)
        answer = self.api.values(
            {
                "connection": "stripe-eu",
                "model": "res.partner",
                "ids": [first["res_id"], 2**30],
                "fields": {"name": {}, "country_id": COUNTRY, "nonsense": {}},
            }
        )
        [record] = answer["records"]
        self.assertEqual(record["id"], first["res_id"])
        self.assertEqual(record["key"], self.partner(first).saas_sync_key)
        self.assertEqual(
            record["values"],
            {
                "name": "Acme cus_1",
                "country_id": {"lookup": [*COUNTRY["lookup"], "DE"]},
            },
        )

    def test_key_finds_its_record_again(self):
        partner = self.env["res.partner"].create({"name": "Born here"})
        key = partner.saas_sync_key
        self.assertRegex(key, rf"^[0-9a-f]{{8}}-{partner.id}$")
        [result] = self.apply(self.customer(match=[[["saas_sync_key", "=", key]]]))
        self.assertEqual(result["res_id"], partner.id)
        other = f"00000000-{partner.id}"
        self.assertFalse(partner.search([("saas_sync_key", "=", other)]))
