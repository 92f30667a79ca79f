from odoo.tests import tagged

from .common import VERSION, SaasSyncCase


@tagged("post_install", "-at_install")
class TestUnsaid(SaasSyncCase):
    """What the vendor owns and never filled, while Odoo knows it."""

    def setUp(self):
        super().setUp()
        self.twin = self.env["res.partner"].create(
            {"name": "Acme", "ref": "R", "phone": "+49 30 1", "city": "Bonn"}
        )

    def silent(self, digest="d1", phone=None, **change):
        return self.customer(
            digest=digest,
            version=VERSION + int(digest[1:]),
            values={"name": "Acme", "phone": phone, "city": ""},
            match=[[["ref", "=", "R"]]],
            overwrite=["name", "phone", "city"],
            **change,
        )

    def test_adopted_record_is_not_emptied_by_an_owner_that_says_nothing(self):
        result = self.apply_one(self.silent())
        self.assertEqual(
            (result["status"], result["res_id"]), ("unchanged", self.twin.id)
        )
        self.assertEqual((self.twin.phone, self.twin.city), ("+49 30 1", "Bonn"))
        self.assertEqual(result["base"], {"name": "Acme"})

    def test_record_that_a_person_linked_is_not_emptied_either(self):
        self.links.create(
            {
                "connection_id": self.connection.id,
                "company_id": self.company.id,
                "kind": "customer",
                "external_id": "cus_1",
                "model": "res.partner",
                "res_id": self.twin.id,
            }
        )
        self.apply_one(self.silent())
        self.assertEqual((self.twin.phone, self.twin.city), ("+49 30 1", "Bonn"))

    def test_silence_lasts_until_the_vendor_says_something(self):
        self.apply_one(self.silent())
        self.apply_one(self.silent("d2", force=True))
        self.assertEqual(self.twin.phone, "+49 30 1")
        self.apply_one(self.silent("d3", phone="+49 30 2"))
        self.assertEqual(self.twin.phone, "+49 30 2")
        self.apply_one(self.silent("d4"))
        self.assertFalse(self.twin.phone, "what was agreed may be emptied")

    def test_no_is_an_answer(self):
        self.apply_one(
            self.customer(
                values={"active": False},
                match=[[["ref", "=", "R"]]],
                overwrite=["active"],
            )
        )
        self.assertFalse(self.twin.active)
