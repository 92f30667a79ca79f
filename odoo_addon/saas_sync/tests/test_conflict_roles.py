import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .conflicts import ConflictCase


@tagged("post_install", "-at_install")
class TestConflictRoles(ConflictCase):
    """A value of a conflict is seen by whoever may read that field of that record."""

    def setUp(self):
        super().setUp()
        self.tell(self.differ())

    def hide(self):
        """Nobody may read this partner any more."""
        self.env["ir.rule"].create(
            {
                "name": "Secret partners",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {self.acme.id})]",
            }
        )

    def test_values_are_in_no_field_that_can_be_read(self):
        for user in (self.operator, self.accountant, self.admin):
            lines = self.conflict().line_ids.with_user(user)
            for name in ("sides", "typed"):
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(AccessError):
                        lines.read([name])
                    with self.assertRaises(AccessError):
                        lines.search([(name, "!=", False)])
            everything = json.dumps(
                [lines.read(), self.conflict().with_user(user).read()], default=str
            )
            self.assertNotIn("+49 30", everything)

    def test_reader_of_the_record_sees_both_sides_and_decides_nothing(self):
        seen = self.see(self.reader)
        self.assertEqual(seen["lines"][0]["other"]["text"], "+49 30 2222")
        self.assertFalse(seen["can_decide"])
        with self.assertRaises(AccessError):
            self.decide(user=self.reader, phone="odoo")
        self.assertEqual(self.wishes(), [])

    def test_readers_have_no_list_of_conflicts(self):
        with self.assertRaises(AccessError):
            self.conflicts.with_user(self.reader).search([])

    def test_whoever_may_edit_the_record_decides(self):
        self.decide(user=self.editor, phone={"take": "value", "value": "5"})
        self.assertEqual(self.decisions()["phone"]["by"], "sync_editor")

    def test_operator_chooses_a_side_but_types_only_what_he_may_write(self):
        seen = self.see(self.operator)
        self.assertTrue(seen["can_decide"])
        self.assertFalse(seen["lines"][0]["can_type"])
        with self.assertRaises(AccessError):
            self.decide(phone={"take": "value", "value": "5"})
        self.decide(phone="odoo")
        self.assertEqual(len(self.wishes()), 1)

    def test_record_that_one_may_not_read_shows_no_value_of_it(self):
        self.hide()
        with self.assertRaises(AccessError):
            self.see(self.reader)
        seen = self.see(self.operator)
        self.assertEqual((seen["lines"], seen["hidden"]), ([], 1))
        self.assertFalse(seen["can_decide"])
        self.assertNotIn("+49 30", json.dumps(seen))

    def test_field_that_one_may_not_read_is_neither_shown_nor_decided(self):
        self.patch(
            self.env["res.partner"]._fields["phone"], "groups", "base.group_system"
        )
        seen = self.see(self.operator)
        self.assertEqual((seen["lines"], seen["hidden"]), ([], 1))
        mine = self.conflicts.with_user(self.operator)
        mine.browse(self.conflict().id)._decide_alike("odoo")
        self.assertEqual(self.wishes(), [])

    def test_conflicts_of_other_companies_are_not_there(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.connection.company_id = other
        self.conflict().company_id = other
        with self.assertRaises(AccessError):
            self.see(self.editor)

    def test_nobody_edits_what_was_reported(self):
        with self.assertRaises(AccessError):
            self.conflict().with_user(self.operator).write({"state": "resolved"})
        with self.assertRaises(AccessError):
            self.conflict().line_ids.with_user(self.admin).write({"choice": "odoo"})

    def test_only_administrators_see_and_end_proposals(self):
        self.decide(phone={"take": "odoo", "always": True})
        proposals = self.env["saas.sync.proposal"]
        with self.assertRaises(AccessError):
            proposals.with_user(self.operator).search([])
        with self.assertRaises(AccessError):
            proposals.search([]).with_user(self.accountant).action_approve()

    def test_deleted_record_leaves_its_values_to_accountants(self):
        self.acme.unlink()
        self.assertEqual(self.see(self.operator)["lines"], [])
        seen = self.see(self.accountant)
        self.assertEqual(seen["lines"][0]["other"]["text"], "+49 30 2222")
        self.assertFalse(seen["can_decide"])
