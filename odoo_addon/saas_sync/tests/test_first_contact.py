from odoo.tests import tagged

from .contact import FirstContactCase


@tagged("post_install", "-at_install")
class TestFirstContact(FirstContactCase):
    """What a new connection would do is shown before it does anything."""

    def candidates(self, kind="customer", model="res.partner", **traits):
        answer = self.api.candidates(
            {
                "connection": "stripe-eu",
                "records": [
                    {
                        "kind": kind,
                        "external_id": "cus_1",
                        "model": model,
                        "traits": traits,
                    }
                ],
            }
        )
        return {row["id"]: row["how"] for row in answer["rows"][0]["candidates"]}

    # Candidates

    def test_vat_number_finds_whatever_its_spelling(self):
        found = self.candidates(vat="be 0477.472.701")
        self.assertEqual(found, {self.acme.id: ["vat"]})

    def test_name_finds_without_accents_and_legal_form(self):
        for name in ("ACME Widgets", "Acme-Widgets Ltd.", "acmé widgets gmbh"):
            self.assertIn("name", self.candidates(name=name).get(self.acme.id, []))

    def test_slip_in_the_name_is_found_at_the_same_place(self):
        found = self.candidates(name="Acmee Wigdets", zip="10115")
        self.assertEqual(found.get(self.acme.id), ["place"])
        self.assertFalse(self.candidates(name="Acmee Wigdets", zip="20095"))

    def test_mail_of_somebody_there_means_the_company(self):
        found = self.candidates(email="Jane.Roe@acme-widgets.test")
        self.assertEqual(found, {self.acme.id: ["email"]})

    def test_domain_of_web_site_finds_the_company(self):
        found = self.candidates(domain="acme-widgets.test")
        self.assertEqual(found, {self.acme.id: ["domain"]})

    def test_person_is_found_by_mail_and_name_and_never_a_company(self):
        found = self.candidates(
            "contact", name="Jane ROE", email="billing@acme-widgets.test"
        )
        self.assertEqual(found, {self.jane.id: ["name"]})

    def test_other_companies_records_and_linked_ones_are_no_candidates(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.acme.company_id = other
        self.assertFalse(self.candidates(vat="BE0477472701"))
        self.acme.company_id = False
        self.links.create(
            {
                "connection_id": self.connection.id,
                "company_id": self.company.id,
                "kind": "customer",
                "external_id": "cus_other",
                "model": "res.partner",
                "res_id": self.acme.id,
            }
        )
        self.assertFalse(self.candidates(vat="BE0477472701"))

    def test_unknown_model_and_empty_traits_find_nothing(self):
        self.assertFalse(self.candidates(model="no.such.model", name="Acme Widgets"))
        self.assertFalse(self.candidates())

    def test_indexes_serve_each_search(self):
        """A page must not read the whole table, however large it is."""
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'res_partner'"
        )
        definitions = " ".join(row[0] for row in self.env.cr.fetchall())
        for part in ("upper", "translate", "split_part", "website", "zip"):
            self.assertIn(part, definitions)

    # Findings

    def test_nothing_is_written_to_business_records(self):
        before = self.env["res.partner"].search_count([])
        self.find(self.finding(), self.finding("cus_2", "match", res_id=self.acme.id))
        self.contact("end")
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertFalse(self.link())
        self.assertEqual(self.connection.contact_state, "review")

    def test_repeated_page_changes_nothing(self):
        rows = [self.finding(), self.finding("cus_2", "ambiguous")]
        self.find(*rows)
        self.find(*rows)
        self.assertEqual(self.row().plan, "create")
        self.assertEqual(self.row("cus_2").plan, "decide")
        self.assertEqual(self.connection._contact_counts()["create"], 1)

    def test_records_that_share_a_key_are_told_as_twins(self):
        self.find(self.finding(vat_key="BE0477472701"))
        self.find(
            self.finding("cus_2", vat_key="BE0477472701"), self.finding("cus_3")
        )
        self.assertEqual(self.row().finding, "duplicate")
        self.assertEqual(self.row("cus_2").twin_by, "vat")
        self.assertEqual(self.row().twin_ids, self.row("cus_2"))
        self.assertEqual(self.row("cus_3").finding, "create")

    def test_two_that_claim_one_record_are_twins_too(self):
        for name in ("cus_1", "cus_2", "cus_3"):
            self.find(self.finding(name, "match", res_id=self.acme.id))
        self.assertEqual(
            [self.row(name).twin_by for name in ("cus_1", "cus_2", "cus_3")],
            ["record"] * 3,
        )

    def test_another_look_leaves_decisions_and_forgets_what_is_gone(self):
        self.find(self.finding(), self.finding("cus_2"), self.finding("cus_3"))
        self.row().action_ignore()
        self.contact("begin", run="2")
        self.find(self.finding(finding="match", res_id=self.acme.id))
        self.find(self.finding("cus_2", "ambiguous"))
        self.contact("end")
        self.assertEqual(self.row().plan, "ignore")
        self.assertEqual(self.row("cus_2").plan, "decide")
        self.assertFalse(self.row("cus_3"))
