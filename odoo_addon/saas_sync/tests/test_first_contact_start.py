import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .contact import FirstContactCase


@tagged("post_install", "-at_install")
class TestFirstContactStart(FirstContactCase):
    """People decide, and only then does it begin."""

    def test_best_candidate_is_linked_with_one_press(self):
        suggestion = {"id": self.acme.id, "name": "Acme", "score": 60}
        self.find(self.finding(finding="ambiguous", suggestions=[suggestion]))
        self.row().action_link()
        self.assertEqual(self.row().plan, "link")
        self.assertEqual(self.row().record_name, self.acme.display_name)
        self.assertEqual(self.row().decided_by_id, self.admin)

    def test_record_deleted_or_merged_since_is_no_candidate_any_more(self):
        other = self.env["res.partner"].create({"name": "Acme again"})
        self.find(
            self.finding(
                finding="ambiguous",
                suggestions=[
                    {"id": other.id, "name": "Acme again", "score": 60},
                    {"id": self.acme.id, "name": "Acme", "score": 55},
                ],
            )
        )
        other.unlink()
        self.row().action_link()
        self.assertEqual(self.row().res_id, self.acme.id)

    def test_record_of_another_row_is_refused(self):
        self.find(self.finding(finding="match", res_id=self.acme.id))
        self.find(self.finding("cus_2", "ambiguous"))
        with self.assertRaisesRegex(UserError, "cus_1"):
            self.row("cus_2").chosen_partner_id = self.acme

    def test_of_twins_one_is_kept(self):
        self.find(self.finding(mail_key="a@b.test"))
        self.find(self.finding("cus_2", mail_key="a@b.test"))
        self.row().action_keep_this()
        self.assertEqual(self.row().plan, "create")
        self.assertEqual(self.row("cus_2").plan, "ignore")

    def test_all_above_a_score_are_accepted_unless_another_comes_close(self):
        def suggest(record, score):
            return {"id": record.id, "name": record.name, "score": score}

        beta, gamma = self.env["res.partner"].create(
            [{"name": "Beta"}, {"name": "Gamma"}]
        )
        self.find(
            self.finding(
                finding="ambiguous", score=70, suggestions=[suggest(self.acme, 70)]
            ),
            self.finding(
                "cus_2",
                "ambiguous",
                score=70,
                suggestions=[suggest(beta, 70), suggest(gamma, 65)],
            ),
            self.finding(
                "cus_3", "ambiguous", score=50, suggestions=[suggest(gamma, 50)]
            ),
        )
        wizard = (
            self.env["saas.sync.accept"]
            .with_user(self.admin)
            .create({"connection_id": self.connection.id, "score": 60})
        )
        self.assertEqual(wizard.count, 1)
        wizard.action_accept()
        plans = [self.row(name).plan for name in ("cus_1", "cus_2", "cus_3")]
        self.assertEqual(plans, ["link", "decide", "decide"])

    def test_only_administrators_see_and_decide(self):
        self.find(self.finding())
        with self.assertRaises(AccessError):
            self.row().with_user(self.accountant).read(["name"])
        with self.assertRaises(AccessError):
            self.row().with_user(self.accountant).action_ignore()
        with self.assertRaises(AccessError):
            self.row().write({"plan": "ignore"})
        with self.assertRaises(AccessError):
            self.env["saas.sync.api"].with_user(self.admin).findings({})

    # Start

    def start(self, leave=False):
        wizard = (
            self.env["saas.sync.start"]
            .with_user(self.admin)
            .create({"connection_id": self.connection.id, "leave": leave})
        )
        return wizard.action_start()

    def test_start_is_refused_while_something_is_undecided(self):
        self.find(self.finding(finding="ambiguous"))
        with self.assertRaisesRegex(UserError, "not complete"):
            self.start()
        self.contact("end")
        with self.assertRaisesRegex(UserError, "1 record"):
            self.start()
        self.start(leave=True)
        self.assertEqual(self.connection.contact_state, "starting")
        self.assertIn(("start_syncing", None, {}), self.commands())

    def test_decisions_become_links_and_the_rest_is_told_to_the_sidecar(self):
        suggestion = {"id": self.jane.id, "name": "Jane", "score": 50}
        self.find(
            self.finding(finding="match", res_id=self.acme.id),
            self.finding("cus_2"),
            self.finding("cus_3", "ambiguous", suggestions=[suggestion]),
            self.finding("cus_4", "ignored"),
            self.finding("cus_5"),
        )
        self.row("cus_5").action_ignore()
        self.contact("end")
        self.start(leave=True)
        answer = self.contact("take", after=0)
        self.assertIsNone(answer["next"])
        self.assertEqual(
            {row["external_id"]: row["verdict"] for row in answer["rows"]},
            {"cus_2": "create", "cus_3": "decide", "cus_5": "ignore"},
        )
        self.assertEqual(answer["rows"][1]["candidates"][0]["id"], self.jane.id)
        self.assertEqual(self.link().res_id, self.acme.id)
        self.assertFalse(self.link().base)
        self.assertEqual(self.contact("take", after=0), answer)
        self.assertEqual(self.contact("done")["state"], "started")
        result = self.apply_one(self.customer(values={"name": "Acme", "zip": "1"}))
        self.assertEqual(result["status"], "unchanged")
        self.assertEqual(self.acme.zip, "10115")

    def test_record_deleted_before_the_start_is_asked_for_again(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        self.find(self.finding(finding="match", res_id=gone.id))
        self.contact("end")
        self.start()
        gone.unlink()
        [row] = self.contact("take", after=0)["rows"]
        self.assertEqual(row["verdict"], "decide")
        self.assertFalse(self.link())

    def test_decision_after_the_start_is_carried_out_at_once(self):
        self.find(self.finding(finding="ambiguous"), self.finding("cus_2", "match"))
        self.contact("end")
        self.start(leave=True)
        self.contact("done")
        self.commands()
        self.row().chosen_partner_id = self.acme
        self.assertEqual(self.link().res_id, self.acme.id)
        self.assertIn(("sync_now", "cus_1", {"verdict": "link"}), self.commands())
        with self.assertRaisesRegex(UserError, "synchronised already"):
            self.row("cus_2").action_ignore()

    def test_look_again_is_refused_once_it_synchronises(self):
        connection = self.connection.with_user(self.admin)
        connection.action_look_again()
        self.assertIn(("first_contact", None, {}), self.commands())
        self.contact("done")
        with self.assertRaises(UserError):
            connection.action_look_again()

    def test_overview_shows_counts_while_it_lasts(self):
        self.api.findings(
            {"connection": "stripe-eu", "rows": [self.finding()], "looked": 7}
        )
        contact = self.connection.with_user(self.admin)._overview_row()["contact"]
        self.assertEqual((contact["state"], contact["looked"]), ("looking", 7))
        self.assertEqual(contact["counts"]["create"], 1)
        self.contact("done")
        self.assertIsNone(self.connection._overview_row()["contact"])

    def test_answers_are_json_for_xmlrpc(self):
        text = json.dumps({"connection": "nobody", "step": "state"})
        self.assertEqual(
            json.loads(self.api.first_contact(text)), {"state": "unknown"}
        )
