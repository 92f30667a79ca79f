from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SaasSyncCase

VAT = {"field": "vat", "model": "res.partner", "type": "text", "value": "D•••"}
DUE = {"field": "comment", "model": "res.partner", "type": "date", "value": None}
KEY = {"connection": "stripe-eu", "kind": "customer", "external_id": "cus_1"}


@tagged("post_install", "-at_install")
class TestExceptionDesk(SaasSyncCase):
    """Fixes in place, assigning, and how exceptions end."""

    def setUp(self):
        super().setUp()
        self.report([self.trouble(correctable=[VAT, DUE], concerns="accountant")])
        self.mine = self.exception().with_user(self.accountant)

    def queued(self):
        return self.api.outbox({})["rows"]

    def chatter(self, record):
        return " ".join(str(body) for body in record.sudo().message_ids.mapped("body"))

    # Reading

    def test_exceptions_are_grouped_by_cause_in_words(self):
        self.report([self.trouble("cus_2", code="duplicate_key", cause="invalid_data")])
        groups = self.exceptions.with_user(self.accountant).formatted_read_group(
            [], ["topic"], ["__count"]
        )
        self.assertEqual(
            {group["topic"]: group["__count"] for group in groups},
            {"refused": 1, "source": 1},
        )

    def test_a_payment_is_grouped_with_the_invoice_it_pays(self):
        self.report(
            [
                self.trouble("pi_1", "payment", label="Payment pi_1", document="in_1"),
                self.trouble("in_1", "invoice", label="Invoice A-1", document="in_1"),
            ]
        )
        both = self.exceptions.search([("document", "=", "Invoice A-1")])
        self.assertEqual(sorted(both.mapped("kind")), ["invoice", "payment"])

    def test_whom_it_concerns_is_known_even_from_an_older_sidecar(self):
        self.report([self.trouble("cus_2", cause="bug", code="unexpected")])
        self.assertEqual(self.exception("cus_2").concerns, "developer")
        self.assertEqual(self.mine.concerns, "accountant")

    def test_the_button_says_how_many_are_alike(self):
        self.report([self.trouble("cus_2"), self.trouble("cus_3", code="other")])
        self.assertEqual(self.mine.alike_count, 2)

    def test_what_it_waits_for_is_one_press_away(self):
        self.report(
            [
                self.trouble(
                    "in_1",
                    "invoice",
                    code="waits_for_record",
                    args={"waiting_for": ["stripe-eu/customer:cus_1"]},
                )
            ]
        )
        waiting = self.exception("in_1", "invoice").with_user(self.operator)
        self.assertEqual(waiting.awaited_id.id, self.mine.id)
        self.assertFalse(self.mine.awaited_id)

    def test_many_groups_start_folded_and_few_open(self):
        def expanded():
            views = self.exceptions.with_user(self.operator).get_views(
                [(False, "list")]
            )
            return 'expand="1"' in views["views"]["list"]["arch"]

        self.assertTrue(expanded())
        self.report([self.trouble(f"cus_{number}") for number in range(45)])
        self.assertFalse(expanded())

    # Correcting

    def wizard(self, wanted, note="By telephone", line=0, **values):
        form = Form(
            self.env["saas.sync.correct"]
            .with_user(self.accountant)
            .with_context(**self.mine.action_correct()["context"])
        )
        with form.line_ids.edit(line) as row:
            row.wanted = wanted
            for name, value in values.items():
                row[name] = value
        form.note = note
        return form.save()

    def test_correction_is_sent_with_its_note_and_the_exception_is_retried(self):
        self.wizard(" DE129273398 ").action_correct()
        [row] = self.queued()
        self.assertEqual(
            (row["command"], row["user"], row["args"]),
            (
                "correct",
                "sync_accountant",
                {"values": {"vat": "DE129273398"}, "note": "By telephone"},
            ),
        )
        self.assertEqual(self.mine.state, "retrying")

    def test_chatter_says_who_corrected_which_field_and_not_the_value(self):
        self.wizard("DE129273398").action_correct()
        told = self.chatter(self.mine)
        self.assertIn(f"{self.accountant.name} corrected Tax ID", told)
        self.assertNotIn("DE129273398", told)

    def test_note_is_kept_on_the_odoo_record_once_it_is_booked(self):
        self.wizard("DE129273398").action_correct()
        partner = self.partner(self.apply_one(self.customer()))
        self.report(resolved=[KEY])
        told = self.chatter(partner)
        self.assertIn("corrected Tax ID of what Stripe sent: By telephone", told)
        self.assertIn("after", self.mine.ending)
        self.assertIn("corrected a value", self.mine.ending)

    def test_a_sidecar_that_lost_its_memory_learns_corrections_again(self):
        self.report([self.trouble(correctable=[VAT], source_digest="s1")])
        self.wizard("DE129273398").action_correct()
        self.apply_one(self.customer())
        self.report(resolved=[KEY])
        [row] = self.api.links({"connection": "stripe-eu"})["links"]
        kept = row["correction"]
        self.assertEqual(
            (kept["source_digest"], kept["values"], kept["note"], kept["author"]),
            ("s1", {"vat": "DE129273398"}, "By telephone", "sync_accountant"),
        )
        self.assertGreater(kept["at"], 1_700_000_000_000)
        self.apply_one(self.customer("cus_2"))
        other = self.api.links({"connection": "stripe-eu"})["links"][-1]
        self.assertNotIn("correction", other)

    def test_a_value_may_be_emptied(self):
        self.wizard(False, empty=True).action_correct()
        self.assertEqual(self.queued()[0]["args"]["values"], {"vat": None})

    def test_a_date_that_is_none_is_refused_in_words(self):
        with self.assertRaisesRegex(UserError, "must look like 2026-12-31"):
            self.wizard("tomorrow", line=1).action_correct()

    def test_only_offered_fields_are_corrected_and_something_must_be(self):
        with self.assertRaises(UserError):
            self.mine._correct({"credit_limit": 5}, "x")
        with self.assertRaisesRegex(UserError, "right value first"):
            self.wizard(False).action_correct()

    def test_correction_that_the_sidecar_cannot_make_opens_the_exception_again(self):
        self.wizard("DE129273398").action_correct()
        [row] = self.queued()
        self.api.outbox_done(
            {"rows": [{"id": row["id"], "ok": False, "message": "vat must be a text."}]}
        )
        self.assertEqual(self.mine.state, "open")
        self.assertIn("Not done: vat must be a text.", self.chatter(self.mine))

    # Records that are gone

    def test_a_deleted_record_is_chosen_anew_or_made_anew(self):
        partner = self.partner(self.apply_one(self.customer()))
        partner.unlink()
        error = self.apply_one(self.customer(digest="d2"))["error"]
        self.report([self.trouble(cause=error["class"], code=error["code"])])
        self.assertTrue(self.mine.can_choose)
        self.assertTrue(self.mine.can_make_anew)
        self.mine.action_make_anew()
        self.assertFalse(self.link())
        self.assertEqual(self.queued()[0]["command"], "retry")
        self.assertEqual(
            self.apply_one(self.customer(digest="d2"))["status"], "created"
        )

    def test_contacts_of_the_same_name_are_suggested(self):
        twin = self.env["res.partner"].create(
            {"name": "Acme", "vat": "X1", "email": "a@example.com", "city": "Ulm"}
        )
        self.report([self.trouble(cause="conflict", code="record_missing")])
        [candidate] = self.mine.candidates
        self.assertEqual(candidate["id"], twin.id)
        self.assertEqual(candidate["details"], "X1 · a@example.com · Ulm")
        self.mine.action_use_candidate(twin.id)
        self.assertEqual(self.link().res_id, twin.id)
        self.assertEqual(self.mine.fixed_how, "choice")

    # Assigning

    def test_many_are_assigned_at_once_with_a_day_and_a_note(self):
        self.report([self.trouble("cus_2")])
        both = self.exceptions.search([]).with_user(self.operator)
        action = both.action_assign()
        wizard = Form(
            self.env["saas.sync.assign"]
            .with_user(self.operator)
            .with_context(**action["context"])
        )
        wizard.user_id = self.accountant
        wizard.date_deadline = "2026-11-30"
        wizard.note = "Ask the customer"
        wizard.save().action_assign()
        self.assertEqual(both.user_id, self.accountant)
        activities = both.sudo().activity_ids
        self.assertEqual(len(activities), 2)
        self.assertEqual(activities.user_id, self.accountant)
        self.assertEqual(
            set(activities.mapped("date_deadline")), {fields.Date.to_date("2026-11-30")}
        )
        self.assertIn("Ask the customer", str(activities[0].note))

    def test_overdue_ones_are_found(self):
        self.mine._assign(self.accountant, "2020-01-01")
        self.report([self.trouble("cus_2")])
        late = self.exceptions.with_user(self.accountant).search(
            [("activity_date_deadline", "<", "today")]
        )
        self.assertEqual(late, self.mine)

    def test_assigning_again_relieves_the_one_who_had_it(self):
        self.mine._assign(self.operator, "2026-12-01")
        self.mine._assign(self.accountant, "2026-12-02")
        self.assertEqual(self.mine.sudo().activity_ids.user_id, self.accountant)

    # Ending

    def test_later_news_end_it_by_itself_and_close_what_was_to_do(self):
        self.mine._assign(self.operator, "2026-12-01")
        self.report(resolved=[KEY])
        self.assertEqual(self.mine.resolution, "superseded")
        self.assertIn("Resolved by itself: a later version", self.mine.ending)
        self.assertFalse(self.mine.sudo().activity_ids)

    def test_after_a_fix_it_says_whose(self):
        self.mine.action_retry()
        self.report(resolved=[KEY])
        self.assertEqual(self.mine.resolution, "fixed")
        self.assertIn(f"when {self.accountant.name} had it tried", self.mine.ending)

    def test_a_fix_that_did_not_help_is_not_praised_later(self):
        self.mine.action_retry()
        self.report([self.trouble(attempts=2)])
        self.assertEqual(self.mine.state, "open")
        self.report(resolved=[KEY])
        self.assertEqual(self.mine.resolution, "superseded")

    def test_ignoring_closes_what_was_to_do(self):
        self.mine._assign(self.operator, "2026-12-01")
        self.mine._ignore("Test order")
        self.assertFalse(self.mine.sudo().activity_ids)
        self.assertEqual(self.mine.resolution, "ignored")
