from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SaasSyncCase


@tagged("post_install", "-at_install")
class TestChoice(SaasSyncCase):
    """Mapping in place: choose the record, go on."""

    def setUp(self):
        super().setUp()
        self.twins = self.env["res.partner"].create(
            [{"name": "A", "ref": "same"}, {"name": "B", "ref": "same"}]
        )
        self.change = self.customer(match=[[["ref", "=", "same"]]], digest="d1")
        error = self.apply_one(self.change)["error"]
        self.report(
            [
                self.trouble(
                    cause=error["class"], code=error["code"], args=error["args"]
                ),
                self.trouble("cus_9", code="ambiguous_match", cause="conflict"),
            ]
        )
        self.choice = self.exception().with_user(self.accountant)

    def test_ambiguous_match_offers_its_candidates(self):
        self.assertTrue(self.choice.can_choose)
        self.assertEqual(self.choice.target_model, "res.partner")
        self.assertEqual([c["name"] for c in self.choice.candidates], ["A", "B"])

    def test_choice_links_the_record_and_retries(self):
        self.choice.chosen_id = self.twins[1].id
        self.choice.action_use_chosen()
        self.assertEqual(self.link().res_id, self.twins[1].id)
        self.assertEqual(self.choice.state, "retrying")
        rows = self.api.outbox({})["rows"]
        self.assertEqual(
            [(r["command"], r["external_id"]) for r in rows], [("retry", "cus_1")]
        )

    def test_retry_after_the_choice_adopts_and_keeps_odoos_values(self):
        self.choice.chosen_id = self.twins[1].id
        self.choice.action_use_chosen()
        result = self.apply_one({**self.change, "force": True})
        self.assertEqual(
            (result["status"], result["res_id"]), ("unchanged", self.twins[1].id)
        )
        self.assertEqual(self.twins[1].name, "B")
        self.assertEqual(self.link().state, "synced")
        self.assertEqual(self.link().digest, "d1")

    def test_choosing_nothing_is_said(self):
        with self.assertRaisesRegex(UserError, "Choose the Odoo record"):
            self.choice.action_use_chosen()

    def test_readers_cannot_choose(self):
        self.choice.chosen_id = self.twins[0].id
        with self.assertRaises(AccessError):
            self.choice.with_user(self.reader).action_use_chosen()

    def test_other_exceptions_offer_no_choice(self):
        self.report([self.trouble("cus_5")])
        self.assertFalse(self.exception("cus_5").can_choose)
        with self.assertRaises(UserError):
            self.exception("cus_5").with_user(self.accountant).action_use_chosen()

    def test_unmapped_tax_links_the_rate_and_retries_all_documents_with_it(self):
        if "account.tax" not in self.env:
            self.skipTest("accounting is not installed")
        tax = self.env["account.tax"].search([], limit=1) or self.env[
            "account.tax"
        ].create({"name": "VAT", "amount": 19})
        self.accountant.group_ids += self.env.ref("account.group_account_readonly")
        self.report(
            [
                self.trouble(
                    invoice,
                    "invoice",
                    cause="missing_mapping",
                    code="tax_unmapped",
                    args={"tax_rate": rate},
                )
                for invoice, rate in (("in_1", "x"), ("in_2", "x"), ("in_3", "y"))
            ]
        )
        choice = self.exception("in_1", "invoice").with_user(self.accountant)
        self.assertEqual(choice.target_model, "account.tax")
        choice.chosen_id = tax.id
        choice.action_use_chosen()
        link = self.link("x", "tax_rate")
        self.assertEqual((link.model, link.res_id), ("account.tax", tax.id))
        self.assertFalse(self.link("in_1", "invoice"))
        rows = self.api.outbox({})["rows"]
        self.assertEqual(sorted(row["external_id"] for row in rows), ["in_1", "in_2"])
        self.assertEqual(self.exception("in_3", "invoice").state, "open")
