from odoo.tests import tagged

from .common import VERSION, SaasSyncCase


@tagged("post_install", "-at_install")
class TestFamily(SaasSyncCase):
    """Companies below each other, each with an address of its own."""

    def firm(self, external_id, city, parent=None, version=0, **change):
        values = {"is_company": True, "street": f"Street {external_id}", "city": city}
        if parent:
            values["parent_id"] = {
                "ref": {"kind": "customer", "external_id": parent}
            }
        return self.customer(
            external_id,
            digest=f"d{version}",
            version=VERSION + version,
            values=values,
            overwrite=["street", "city", "parent_id"],
            **change,
        )

    def addresses(self, *results):
        partners = [self.partner(result) for result in results]
        return [(partner.street, partner.city) for partner in partners]

    def test_address_of_a_child_does_not_become_its_mothers(self):
        results = self.apply(
            self.firm("cus_1", "Kiel"), self.firm("cus_2", "Oslo", "cus_1")
        )
        own = [("Street cus_1", "Kiel"), ("Street cus_2", "Oslo")]
        self.assertEqual(self.addresses(*results), own)
        self.assertEqual(self.partner(results[1]).parent_id, self.partner(results[0]))

    def test_mother_without_address_does_not_take_her_childs(self):
        mother = self.customer("cus_1", values={"is_company": True})
        results = self.apply(mother, self.firm("cus_2", "Oslo", "cus_1"))
        self.assertEqual(
            self.addresses(*results), [(False, False), ("Street cus_2", "Oslo")]
        )

    def test_mother_that_moves_leaves_her_child_where_it_is(self):
        results = self.apply(
            self.firm("cus_1", "Kiel"), self.firm("cus_2", "Oslo", "cus_1")
        )
        person = self.env["res.partner"].create(
            {"name": "Jo", "parent_id": self.partner(results[0]).id}
        )
        self.apply(self.firm("cus_1", "Ulm", version=1))
        own = [("Street cus_1", "Ulm"), ("Street cus_2", "Oslo")]
        self.assertEqual(self.addresses(*results), own)
        self.assertEqual(person.city, "Ulm")

    def test_company_that_gets_a_mother_stays_where_it_is(self):
        results = self.apply(self.firm("cus_1", "Kiel"), self.firm("cus_2", "Oslo"))
        self.apply(self.firm("cus_2", "Oslo", "cus_1", version=1))
        own = [("Street cus_1", "Kiel"), ("Street cus_2", "Oslo")]
        self.assertEqual(self.addresses(*results), own)
