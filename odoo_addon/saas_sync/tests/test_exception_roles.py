import json

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import HttpCase

from .common import SaasSyncCase

SECRETS = ("119", "Acme", "EUR", "ada@", "Lovelace")
FIELDS = (
    "amount",
    "amount_minor",
    "currency",
    "currency_id",
    "partner",
    "message",
    "payload",
    "args",
    "correctable",
    "correction",
    "candidates",
    "chosen_id",
    "chosen_partner_id",
)


@tagged("post_install", "-at_install")
class TestExceptionRoles(SaasSyncCase):
    """Operators work on exceptions and learn neither amounts nor persons from them."""

    def setUp(self):
        super().setUp()
        # Who may export may not thereby see more.
        self.operator.group_ids += self.env.ref("base.group_allow_export")
        self.apply(self.customer())
        self.report(
            [
                self.trouble(
                    message="Acme owes 119.00 EUR, says ada@lovelace.example",
                    args={"candidates": [{"id": 1, "name": "Ada Lovelace"}]},
                    concerns="accountant",
                    correctable=[
                        {
                            "field": "vat",
                            "model": "res.partner",
                            "type": "text",
                            "value": "L•••",
                        }
                    ],
                )
            ]
        )
        self.blind = self.exception().with_user(self.operator)

    def assertSilent(self, answer):
        text = json.dumps(answer, default=str)
        for secret in SECRETS:
            self.assertNotIn(secret, text)

    def test_operator_reads_what_is_wrong_in_general_words(self):
        self.assertEqual(self.blind.summary, "Odoo refuses a value")
        self.assertEqual(
            self.blind.headline,
            "Customer cus_1 is not up to date: Odoo refuses a value",
        )
        self.assertEqual(
            self.blind.display_name, "Customer cus_1: Odoo refuses a value"
        )

    def test_accountant_reads_the_whole_sentence(self):
        seen = self.exception().with_user(self.accountant)
        self.assertIn("Acme (cus_1), ", seen.headline)
        self.assertIn("119.00", seen.headline)
        self.assertIn("is not up to date: Acme owes", seen.headline)

    def test_operator_cannot_ask_for_amounts_or_persons(self):
        for name in FIELDS:
            with self.subTest(field=name), self.assertRaises(AccessError):
                self.blind.read([name])
            with self.subTest(export=name), self.assertRaises(AccessError):
                self.blind.export_data([name])

    def test_operator_reading_everything_gets_neither(self):
        [row] = self.blind.read()
        self.assertFalse(set(FIELDS) & set(row))
        self.assertSilent(row)
        self.assertFalse(set(FIELDS) & set(self.blind.fields_get()))
        self.assertSilent(self.blind.web_read({"headline": {}, "display_name": {}}))

    def test_operator_cannot_guess_by_searching_sorting_or_adding_up(self):
        mine = self.exceptions.with_user(self.operator)
        for domain in (
            [("partner", "=", "Acme")],
            [("amount", ">", 100)],
            [("message", "ilike", "119")],
        ):
            with self.subTest(domain=domain), self.assertRaises(AccessError):
                mine.search(domain)
        with self.assertRaises(AccessError):
            mine.search([], order="amount")
        for groupby, aggregates in (
            (["partner"], ["__count"]),
            (["topic"], ["amount:sum"]),
            (["currency_id"], ["__count"]),
        ):
            with self.subTest(groupby=groupby), self.assertRaises(AccessError):
                mine.formatted_read_group([], groupby, aggregates)
        self.assertSilent(mine.name_search("Customer"))
        self.assertFalse(mine.name_search("Acme"))

    def test_operator_gets_screens_without_these_fields(self):
        mine = self.exceptions.with_user(self.operator)
        views = mine.get_views(
            [(False, kind) for kind in ("list", "form", "kanban", "search", "activity")]
        )
        for kind, view in views["views"].items():
            for name in FIELDS:
                with self.subTest(view=kind, field=name):
                    self.assertNotIn(f'name="{name}"', view["arch"])
                    self.assertNotIn(f"'{name}'", view["arch"])

    def test_overview_tells_an_operator_numbers_of_exceptions_only(self):
        overview = self.env["saas.sync.connection"].with_user(self.operator).overview()
        [group] = overview["open_exceptions"]
        self.assertEqual((group["count"], group["amounts"]), (1, {}))
        self.assertEqual(group["label"], "Odoo refuses a value")
        self.assertSilent(overview["open_exceptions"])

    def test_links_and_badges_tell_readers_and_operators_nothing_more(self):
        for user in (self.operator, self.reader):
            links = self.link().with_user(user)
            with self.assertRaises(AccessError):
                links.read(["last_error"])
            with self.assertRaises(AccessError):
                links.read(["base"])
            badges = links.badges("res.partner", [links.res_id])
            self.assertEqual(badges[0]["last_error"], "Odoo refuses a value")
            self.assertSilent(badges)
        full = self.link().with_user(self.accountant)
        [badge] = full.badges("res.partner", [full.res_id])
        self.assertIn("119.00 EUR", badge["last_error"])

    def test_chatter_activities_and_bus_tell_neither(self):
        exception = self.exception().with_user(self.accountant)
        partner = self.link().res_id
        exception._assign(self.operator, "2026-12-01", "Please look")
        exception._correct({"vat": "DE129273398"}, "By telephone")
        self.env["res.partner"].browse(partner).name = "Acme"
        key = {"connection": "stripe-eu", "kind": "customer", "external_id": "cus_1"}
        self.report(resolved=[key])
        told = self.blind.message_ids.mapped("body") + self.blind.message_ids.mapped(
            "record_name"
        )
        self.assertSilent(told)
        self.assertNotIn("DE129273398", str(told))
        activities = self.env["mail.activity"].with_user(self.operator).search([])
        self.assertSilent(activities.mapped("res_name"))

    def test_operator_neither_chooses_nor_corrects(self):
        for action in (
            "action_use_chosen",
            "action_correct",
            "action_make_anew",
        ):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(self.blind, action)()
        with self.assertRaises(AccessError):
            self.blind.action_use_candidate(1)
        with self.assertRaises(AccessError):
            self.blind._correct({"vat": "x"}, "note")
        with self.assertRaises(AccessError):
            self.env["saas.sync.correct"].with_user(self.operator).create(
                {"exception_id": self.blind.id, "note": "x"}
            )

    def test_nobody_edits_what_was_reported(self):
        for values in (
            {"state": "resolved"},
            {"label": "x"},
            {"topic": "other"},
            {"concerns": "developer"},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.exception().with_user(self.admin).write(values)
        self.blind.write({"user_id": self.operator.id})
        self.assertEqual(self.blind.user_id, self.operator)

    def test_administrators_are_accountants_and_accountants_operators(self):
        self.assertTrue(self.admin.has_group("saas_sync.group_accountant"))
        self.assertTrue(self.accountant.has_group("saas_sync.group_operator"))
        self.assertFalse(self.operator.has_group("saas_sync.group_accountant"))


@tagged("post_install", "-at_install")
class TestExceptionRpc(HttpCase, SaasSyncCase):
    """The same over the wire, as a browser or a script would ask."""

    def test_operator_gets_no_amount_over_rpc(self):
        self.report([self.trouble(message="Acme owes 119.00 EUR")])
        self.operator.password = "sync_operator"
        self.operator.group_ids += self.env.ref("base.group_allow_export")
        self.authenticate("sync_operator", "sync_operator")

        def ask(method, *args, **kwargs):
            answer = self.url_open(
                f"/web/dataset/call_kw/saas.sync.exception/{method}",
                json={
                    "params": {
                        "model": "saas.sync.exception",
                        "method": method,
                        "args": args,
                        "kwargs": kwargs,
                    }
                },
            )
            return answer.json()

        ids = self.exception().ids
        for refused in (
            ask("read", ids, ["amount"]),
            ask("read", ids, ["message", "partner"]),
            ask("search_read", [["partner", "ilike", "a"]], ["label"]),
            ask("web_search_read", [], {"payload": {}}),
            ask("export_data", ids, ["amount", "partner"]),
            ask("formatted_read_group", [], ["partner"], ["amount:sum"]),
        ):
            self.assertIn("AccessError", refused["error"]["data"]["name"])
        allowed = ask("web_search_read", [], {"headline": {}, "summary": {}})
        self.assertEqual(allowed["result"]["length"], 1)
        self.assertNotIn("119", json.dumps(allowed["result"]))
        self.assertNotIn("Acme", json.dumps(allowed["result"]))
