from odoo.tests import tagged

from .common import VERSION, SaasSyncCase


@tagged("post_install", "-at_install")
class TestApplyUpsert(SaasSyncCase):
    """Records that Odoo does not have yet, or has without a link."""

    def test_creates_record_and_link_together(self):
        result = self.apply_one(self.customer(values={"city": "Berlin"}))
        self.assertEqual(result["status"], "created")
        self.assertEqual(self.partner(result).city, "Berlin")
        link = self.link()
        self.assertEqual((link.model, link.res_id), ("res.partner", result["res_id"]))
        self.assertEqual((link.version, link.digest), (VERSION, "d1"))
        self.assertEqual(link.state, "synced")
        self.assertTrue(link.last_sync)
        self.assertEqual(link.base, {"name": "Acme cus_1", "city": "Berlin"})
        self.assertEqual(result["base"], link.base)

    def test_versions_beyond_four_bytes_are_exact(self):
        self.apply(self.customer(version=2**53 - 1))
        self.assertEqual(self.link().version, 2**53 - 1)
        [row] = self.api.links({"connection": "stripe-eu"})["links"]
        self.assertEqual(row["version"], 2**53 - 1)

    def test_does_not_create_when_told_not_to(self):
        result = self.apply_one(self.customer(create=False))
        self.assertEqual(result["status"], "skipped")
        self.assertFalse(self.link())

    def test_create_only_fields_are_no_part_of_the_base(self):
        result = self.apply_one(
            self.customer(values={"comment": "hi"}, create_only=["comment"])
        )
        self.assertIn("hi", self.partner(result).comment)
        self.assertNotIn("comment", result["base"])

    def test_lookup_finds_a_row_of_a_reference_table(self):
        lookup = {"lookup": ["res.country", "code", "DE"]}
        result = self.apply_one(self.customer(values={"country_id": lookup}))
        self.assertEqual(self.partner(result).country_id, self.germany)
        self.assertEqual(result["base"]["country_id"], lookup)

    def test_lookup_keeps_to_its_extra_domain(self):
        state = {
            "lookup": [
                "res.country.state",
                "code",
                "CA",
                [["country_id.code", "=", "US"]],
            ]
        }
        result = self.apply_one(self.customer(values={"state_id": state}))
        self.assertEqual(self.partner(result).state_id.country_id.code, "US")

    def test_lookup_without_a_hit_is_written_as_empty(self):
        lookup = {"lookup": ["res.country", "code", "XX"]}
        result = self.apply_one(self.customer(values={"country_id": lookup}))
        self.assertEqual(result["status"], "created")
        self.assertFalse(self.partner(result).country_id)

    def test_lookup_fills_a_selection_with_the_code_found(self):
        lookup = {"lookup": ["res.lang", "code", self.env.lang or "en_US"]}
        result = self.apply_one(self.customer(values={"lang": lookup}))
        self.assertEqual(self.partner(result).lang, lookup["lookup"][2])

    def test_record_without_its_parent_waits(self):
        ref = {"kind": "customer", "external_id": "cus_0"}
        result = self.apply_one(self.customer(values={"parent_id": {"ref": ref}}))
        self.assertEqual(result["status"], "waiting")
        self.assertEqual(result["waiting_for"], [ref])

    def test_child_before_its_parent_in_one_batch_finds_it(self):
        ref = {"ref": {"kind": "customer", "external_id": "cus_2"}}
        child, parent = self.apply(
            self.customer("cus_1", values={"parent_id": ref}),
            self.customer("cus_2", values={"is_company": True}),
        )
        self.assertEqual(child["key"]["external_id"], "cus_1")
        self.assertEqual(self.partner(child).parent_id, self.partner(parent))
        self.assertEqual(child["base"]["parent_id"], ref)

    def test_two_companies_above_each_other_are_refused(self):
        def ref(external_id):
            return {"ref": {"kind": "customer", "external_id": external_id}}

        results = self.apply(
            self.customer("cus_1", values={"parent_id": ref("cus_2")}),
            self.customer("cus_2", values={"parent_id": ref("cus_1")}),
        )
        codes = [result["error"]["code"] for result in results]
        self.assertEqual(codes, ["parent_loop", "parent_loop"])

    def test_unmapped_tax_rate_is_rejected_not_awaited(self):
        ref = {"ref": {"kind": "tax_rate", "external_id": "txr_1"}}
        result = self.apply_one(self.customer(values={"country_id": ref}))
        self.assertEqual(result["status"], "rejected")
        self.assertEqual(result["error"]["class"], "missing_mapping")
        self.assertEqual(result["error"]["code"], "tax_unmapped")
        self.assertEqual(result["error"]["args"], {"tax_rate": "txr_1"})

    def test_field_that_does_not_exist_is_named(self):
        result = self.apply_one(self.customer(values={"nmae": "x"}))
        self.assertEqual(result["error"]["code"], "field_unknown")
        self.assertEqual(result["error"]["field"], "nmae")
        self.assertEqual(result["error"]["class"], "invalid_data")

    def test_model_that_does_not_exist_is_named(self):
        result = self.apply_one(self.customer(model="no.such.model"))
        self.assertEqual(result["error"]["code"], "model_unknown")

    def test_twin_is_adopted_and_its_own_values_stay(self):
        twin = self.env["res.partner"].create(
            {"name": "Acme", "email": "a_b@acme.example", "phone": "1"}
        )
        result = self.apply_one(
            self.customer(
                values={"name": "ACME Inc", "email": "a_b@acme.example", "phone": "2"},
                match=[[["email", "=ilike", "A\\_B@acme.example"]]],
                overwrite=["phone"],
            )
        )
        self.assertEqual((result["status"], result["res_id"]), ("updated", twin.id))
        self.assertEqual((twin.name, twin.phone), ("Acme", "2"))
        # Kept as the vendor's word: the next news is merged, not written over.
        self.assertEqual(result["base"]["name"], "ACME Inc")
        self.assertEqual(self.link().res_id, twin.id)

    def test_first_domain_that_hits_decides(self):
        by_vat = self.env["res.partner"].create({"name": "V", "ref": "R1"})
        self.env["res.partner"].create({"name": "E", "email": "e@acme.example"})
        result = self.apply_one(
            self.customer(
                match=[[["ref", "=", "R1"]], [["email", "=", "e@acme.example"]]]
            )
        )
        self.assertEqual(result["res_id"], by_vat.id)

    def test_several_twins_are_for_a_person_to_choose_from(self):
        twins = self.env["res.partner"].create(
            [{"name": "A", "ref": "same"}, {"name": "B", "ref": "same"}]
        )
        result = self.apply_one(self.customer(match=[[["ref", "=", "same"]]]))
        self.assertEqual(result["status"], "rejected")
        self.assertEqual(result["error"]["class"], "conflict")
        self.assertEqual(result["error"]["code"], "ambiguous_match")
        candidates = result["error"]["args"]["candidates"]
        self.assertEqual([c["id"] for c in candidates], twins.ids)
        self.assertFalse(self.link())

    def test_twin_that_is_linked_already_is_no_candidate(self):
        self.apply(self.customer("cus_1", values={"ref": "same"}))
        result = self.apply_one(self.customer("cus_2", match=[[["ref", "=", "same"]]]))
        self.assertEqual(result["status"], "created")

    def test_one_twin_is_adopted_by_one_record_of_a_batch_only(self):
        twin = self.env["res.partner"].create({"name": "A", "ref": "same"})
        match = [[["ref", "=", "same"]]]
        first, second = self.apply(
            self.customer("cus_1", match=match), self.customer("cus_2", match=match)
        )
        self.assertEqual(first["res_id"], twin.id)
        self.assertEqual(second["status"], "created")

    def test_match_with_other_operators_works_too(self):
        twin = self.env["res.partner"].create({"name": "Quite unusual", "ref": "q"})
        result = self.apply_one(
            self.customer(match=[[["name", "ilike", "unusual"], ["ref", "!=", False]]])
        )
        self.assertEqual(result["res_id"], twin.id)

    def test_twins_are_found_case_blind_and_by_index(self):
        twin = self.env["res.partner"].create({"name": "A", "vat": "XX-9\u00c4"})
        result = self.apply_one(
            self.customer(
                match=[
                    [["vat", "=ilike", "xx-9\u00e4"]],
                    [["email", "=ilike", "nobody@acme.example"]],
                ]
            )
        )
        self.assertEqual(result["res_id"], twin.id)
        self.env.cr.execute(
            "SELECT indexname FROM pg_indexes"
            " WHERE indexname LIKE 'res_partner_saas_sync%'"
        )
        names = {name for (name,) in self.env.cr.fetchall()}
        prefix = "res_partner_saas_sync_"
        self.assertLessEqual({f"{prefix}email_idx", f"{prefix}vat_idx"}, names)
