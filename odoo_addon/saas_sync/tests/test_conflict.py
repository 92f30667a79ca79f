from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .conflicts import ConflictCase


@tagged("post_install", "-at_install")
class TestConflict(ConflictCase):
    """Conflicts from the sidecar's report to a person's decision and their end."""

    def setUp(self):
        super().setUp()
        self.tell(self.differ())

    def said(self, record):
        return " ".join(record.message_ids.mapped("body"))

    # Telling

    def test_report_opens_one_conflict_per_record(self):
        self.tell(self.differ(), self.differ())
        conflict = self.conflict()
        self.assertEqual((len(conflict), conflict.state), (1, "open"))
        self.assertEqual((conflict.difference, conflict.field_count), ("Phone", 1))
        self.assertEqual(conflict.company_id, self.company)

    def test_both_sides_are_told_in_words_with_who_and_when(self):
        [line] = self.see()["lines"]
        self.assertEqual(line["label"], "Phone")
        self.assertEqual(line["base"]["text"], "1")
        self.assertEqual(line["odoo"]["text"], "+49 30 1111")
        self.assertEqual(line["odoo"]["by"], self.editor.name)
        self.assertEqual(line["other"]["by"], "Sam Sales")
        self.assertEqual(line["other"]["at"], "2026-11-22T07:59:00.000Z")
        self.assertIsNone(line["was"])

    def test_relations_are_told_by_name_and_options_by_label(self):
        self.acme.type = "invoice"
        self.tell(
            self.differ(
                self.country(),
                self.phone(field="type", base=None, odoo="invoice", other="delivery"),
            )
        )
        country, kind = (
            line for line in self.see()["lines"] if line["field"] != "phone"
        )
        texts = [
            line[side]["text"] for line in (country, kind) for side in ("odoo", "other")
        ]
        self.assertEqual(texts, ["Germany", "France", "Invoice", "Delivery"])
        self.assertEqual(country["base"]["text"], "")
        self.assertEqual(country["held"]["other"]["display_name"], "France")

    def test_odoos_value_of_now_is_shown_where_it_has_changed_since(self):
        self.acme.phone = "+49 30 3333"
        [line] = self.see()["lines"]
        self.assertEqual(line["odoo"]["text"], "+49 30 3333")
        self.assertEqual(line["was"], "+49 30 1111")

    def test_choice_holds_while_the_values_do(self):
        self.decide(phone="odoo")
        self.tell(self.differ())
        self.assertEqual(self.conflict().line_ids.choice, "odoo")
        self.assertEqual(self.conflict().state, "resolving")
        self.tell(self.differ(self.phone(other="+49 30 9")))
        self.assertFalse(self.conflict().line_ids.choice)

    def test_told_again_after_the_decision_arrived_it_is_open_again(self):
        self.decide(phone="odoo")
        [row] = self.wishes()
        self.api.outbox_done({"rows": [{"id": row["id"], "ok": True}]})
        self.tell(self.differ(self.phone(other="+49 30 9")))
        self.assertEqual(self.conflict().state, "open")

    def test_what_is_told_no_longer_is_settled_and_the_rest_stays_open(self):
        self.tell(self.differ(self.phone(), self.country()))
        self.assertEqual(self.conflict().difference, "Country, Phone")
        self.tell(self.differ(self.country()))
        self.assertEqual(self.conflict().difference, "Country")
        settled = self.conflict().line_ids.filtered("settled")
        self.assertEqual(settled.mapped("field"), ["phone"])

    def test_badge_of_the_record_tells_how_many_fields(self):
        self.tell(self.differ(self.phone(), self.country()))
        links = self.env["saas.sync.link"].with_user(self.reader)
        [badge] = links.badges("res.partner", self.acme.ids)
        self.assertEqual(badge["conflict_id"], self.conflict().id)
        self.assertEqual(badge["conflict_fields"], 2)
        self.tell(resolved=["cus_1"])
        [badge] = links.badges("res.partner", self.acme.ids)
        self.assertEqual((badge["conflict_id"], badge["conflict_fields"]), (None, 0))

    def test_what_failed_before_and_is_a_conflict_now_is_no_exception_any_more(self):
        self.report([self.trouble()])
        self.tell(self.differ())
        self.assertEqual(self.exception().state, "resolved")
        self.assertEqual(self.link().state, "synced")

    def test_sidecar_without_memory_learns_what_is_in_conflict(self):
        page = self.api.links({"connection": "stripe-eu", "after": 0, "limit": 10})
        [row] = page["exceptions"]
        self.assertEqual(
            (row["kind"], row["external_id"], row["cause"], row["code"]),
            ("customer", "cus_1", "conflict", "both_sides_changed"),
        )
        self.assertEqual(row["message"], "Both sides differ in: Phone")
        self.report([self.trouble()])
        page = self.api.links({"connection": "stripe-eu", "after": 0, "limit": 10})
        self.assertEqual(len(page["exceptions"]), 1)

    def test_overview_counts_what_waits_for_a_decision(self):
        connections = self.env["saas.sync.connection"]
        self.assertEqual(
            connections.with_user(self.operator).overview()["open_conflicts"], 1
        )
        self.assertEqual(
            connections.with_user(self.reader).overview()["open_conflicts"], 0
        )
        self.decide(phone="odoo")
        self.assertEqual(
            connections.with_user(self.operator).overview()["open_conflicts"], 0
        )

    # Deciding

    def test_decision_tells_the_two_values_and_who_decided(self):
        self.decide(phone="other", note="Sam asked them")
        [row] = self.wishes()
        self.assertEqual(
            (row["kind"], row["external_id"], row["args"]["note"]),
            ("customer", "cus_1", "Sam asked them"),
        )
        decision = row["args"]["decisions"]["phone"]
        self.assertGreater(decision.pop("at"), 1_700_000_000_000)
        self.assertEqual(
            decision,
            {
                "take": "other",
                "odoo": "+49 30 1111",
                "other": "+49 30 2222",
                "by": "sync_operator",
            },
        )
        self.assertEqual(self.conflict().state, "resolving")

    def test_decision_is_about_odoos_value_that_the_person_saw(self):
        self.acme.phone = "+49 30 3333"
        self.decide(phone="odoo")
        self.assertEqual(self.decisions()["phone"]["odoo"], "+49 30 3333")

    def test_relation_that_changed_since_is_told_like_the_sides(self):
        self.tell(self.differ(self.country()))
        self.acme.country_id = self.env.ref("base.us")
        self.decide(country_id="odoo")
        told = self.decisions()["country_id"]["odoo"]
        self.assertEqual(told, {"lookup": ["res.country", "code", "US"]})

    def test_what_changed_under_a_persons_eyes_is_not_decided(self):
        [line] = self.see()["lines"]
        self.acme.phone = "+49 30 3333"
        mine = self.conflicts.with_user(self.operator)
        choices = {"phone": {"take": "odoo", "token": line["token"]}}
        self.assertEqual(
            mine.resolve(self.conflict().id, choices), {"stale": ["Phone"]}
        )
        self.assertEqual((self.wishes(), self.conflict().state), ([], "open"))

    def test_fields_left_out_stay_open_and_are_added_before_the_row_is_pulled(self):
        self.tell(self.differ(self.phone(), self.country()))
        self.decide(phone="odoo")
        self.decide(user=self.accountant, country_id="other")
        decisions = self.decisions()
        self.assertEqual(
            {name: (each["take"], each["by"]) for name, each in decisions.items()},
            {
                "phone": ("odoo", "sync_operator"),
                "country_id": ("other", "sync_accountant"),
            },
        )

    def test_typed_relation_is_told_as_the_sides_are(self):
        self.tell(self.differ(self.country()))
        spain = self.env.ref("base.es").id
        self.decide(user=self.editor, country_id={"take": "value", "value": spain})
        decision = self.decisions()["country_id"]
        self.assertEqual(decision["value"], {"lookup": ["res.country", "code", "ES"]})
        self.assertEqual(decision["odoo"], {"lookup": ["res.country", "code", "DE"]})

    def test_typed_value_is_one_that_the_field_can_hold(self):
        self.acme.type = "invoice"
        kind = self.phone(field="type", base=None, odoo="invoice", other="delivery")
        self.tell(self.differ(kind, self.phone()))
        with self.assertRaisesRegex(UserError, "Address Type cannot hold this"):
            self.decide(user=self.editor, type={"take": "value", "value": "castle"})
        self.decide(user=self.editor, phone={"take": "value", "value": " +49 30 4 "})
        self.assertEqual(self.decisions()["phone"]["value"], "+49 30 4")

    def test_emptying_is_a_value_too(self):
        self.decide(user=self.editor, phone={"take": "value", "value": ""})
        decision = self.decisions()["phone"]
        self.assertIsNone(decision["value"])

    def test_refused_decision_opens_it_again_and_says_why(self):
        self.decide(phone="odoo")
        [row] = self.wishes()
        refusal = {"id": row["id"], "ok": False, "message": "No such lane"}
        self.api.outbox_done({"rows": [refusal]})
        seen = self.see()
        self.assertEqual((seen["state"], seen["problem"]), ("open", "No such lane"))
        self.assertEqual(seen["lines"][0]["choice"], "odoo")

    def test_settled_conflict_is_not_decided_again(self):
        self.tell(resolved=["cus_1"])
        with self.assertRaisesRegex(UserError, "settled already"):
            self.decide(phone="odoo")

    # The end

    def test_settled_by_a_decision_says_who_decided_which_fields_and_no_value(self):
        self.conflict().with_user(self.operator)._assign(self.operator, "2026-12-01")
        self.decide(phone="other")
        self.tell(resolved=["cus_1"])
        conflict = self.conflict()
        self.assertEqual((conflict.state, conflict.resolution), ("resolved", "decided"))
        self.assertEqual(conflict.resolved_by_id, self.operator)
        story = f"{self.operator.name} decided: Phone (Salesforce's)."
        for record in (conflict, self.acme):
            self.assertIn(story, self.said(record).replace("&#39;", "'"))
            self.assertNotIn("2222", self.said(record))
        self.assertFalse(conflict.activity_ids)
        self.assertIn(story, self.see()["ending"])

    def test_settled_by_itself_says_so(self):
        before = self.said(self.acme)
        self.tell(resolved=["cus_1"])
        conflict = self.conflict()
        self.assertEqual(conflict.resolution, "agreed")
        self.assertIn("Both sides agree again", self.said(conflict))
        self.assertEqual(self.said(self.acme), before)

    def test_next_conflict_of_the_record_is_a_new_one(self):
        self.tell(resolved=["cus_1"])
        self.tell(self.differ())
        self.assertEqual(set(self.conflict().mapped("state")), {"open", "resolved"})

    def test_settled_ones_are_forgotten_after_400_days(self):
        self.tell(resolved=["cus_1"])
        old = self.conflict()
        with freeze_time(fields.Datetime.add(fields.Datetime.now(), days=401)):
            self.conflicts._gc_settled()
        self.assertFalse(old.exists())

    # Many at once

    def many(self):
        other = self.env["res.partner"].create({"name": "B", "phone": "2"})
        third = self.env["res.partner"].create({"name": "C", "phone": "3"})
        self.tell(
            self.differ(self.phone(odoo="2"), external_id="cus_2", record=other),
            self.differ(
                self.phone(odoo="3"),
                self.country(odoo=None),
                external_id="cus_3",
                record=third,
            ),
        )
        return self.conflicts.search([])

    def test_equal_cases_are_decided_together_and_others_left(self):
        conflicts = self.many()
        wizard = (
            self.env["saas.sync.settle"]
            .with_user(self.operator)
            .with_context(active_ids=conflicts.ids)
            .create({"take": "other", "note": "Salesforce is newer"})
        )
        self.assertEqual(
            [(c.difference, c.count, c.chosen) for c in wizard.case_ids],
            [("Phone", 2, True), ("Country, Phone", 1, False)],
        )
        wizard.action_settle()
        told = {row["external_id"]: row["args"] for row in self.wishes()}
        self.assertEqual(set(told), {"cus_1", "cus_2"})
        self.assertEqual(told["cus_2"]["decisions"]["phone"]["take"], "other")
        self.assertEqual(told["cus_2"]["note"], "Salesforce is newer")
        self.assertEqual(self.conflict("cus_3").state, "open")

    # Rules

    def test_always_do_this_proposes_the_lines_of_a_rule(self):
        self.decide(phone={"take": "odoo", "always": True})
        proposal = self.env["saas.sync.proposal"].with_user(self.admin).search([])
        self.assertEqual(proposal.rule, "fields:\n  phone:\n    owner: odoo\n")
        self.assertEqual(proposal.place, "sync-rules/customer.yaml")
        self.assertEqual(proposal.user_id, self.operator)
        proposal.action_approve()
        self.assertEqual(
            (proposal.state, proposal.decided_by_id), ("approved", self.admin)
        )

    def test_same_wish_again_is_counted(self):
        for take in ("odoo", "other", "other"):
            self.decide(phone={"take": take, "always": True})
        proposal = self.env["saas.sync.proposal"].search([])
        self.assertEqual((proposal.times, proposal.take), (2, "other"))
        self.assertIn("owner: [salesforce]", proposal.rule)
