from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import SaasSyncCase


@tagged("post_install", "-at_install")
class TestReport(SaasSyncCase):
    """What the sidecar tells, and what becomes of it."""

    def health(self, **row):
        return {
            "id": "stripe-eu",
            "name": "Stripe Europe",
            "system": "stripe",
            "system_name": "Stripe",
            "environment": "test",
            "company": "base.main_company",
            "state": "degraded",
            "message": "Slow",
            "hint": "Wait",
            "backlog": 3,
            "parked": 1,
            "waiting": 2,
            "last_event_at": "2026-11-22T08:00:00.250Z",
            "lag_ms": 5_000_000_000,
            "counters": {"received": 10, "applied": 9, "unchanged": 1, "failed": 0},
            "streams": [{"name": "events", "fresh_at": None, "progress": None}],
            **row,
        }

    def test_connection_shows_what_was_reported(self):
        self.report(connections=[self.health()])
        connection = self.connection
        self.assertEqual((connection.state, connection.message), ("degraded", "Slow"))
        self.assertEqual((connection.backlog, connection.received), (3, 10))
        self.assertEqual(
            fields.Datetime.to_string(connection.last_event_at), "2026-11-22 08:00:00"
        )
        self.assertEqual(connection.streams[0]["name"], "events")
        self.assertFalse(connection.is_silent)

    def test_connection_unknown_so_far_is_created_in_its_company(self):
        by_name = self.env["res.company"].create({"name": "Elsewhere"})
        self.report(
            connections=[
                self.health(id="stripe-us"),
                self.health(id="stripe-other", company="Elsewhere"),
            ]
        )
        found = self.env["saas.sync.connection"].search([], order="code")
        self.assertEqual(
            found.mapped("code"), ["stripe-eu", "stripe-other", "stripe-us"]
        )
        self.assertEqual(found[1].company_id, by_name)
        self.assertEqual(found[2].company_id, self.env.ref("base.main_company"))

    def test_company_that_odoo_lacks_is_a_problem_of_that_connection_only(self):
        answer = self.report(
            connections=[self.health(id="lost", company="Nowhere"), self.health()]
        )
        [problem] = answer["problems"]
        self.assertEqual(problem["connection"], "lost")
        self.assertEqual(problem["code"], "company_unknown")
        self.assertEqual(self.connection.state, "degraded")

    def test_report_without_problems_answers_nothing(self):
        self.assertEqual(self.report(connections=[self.health()]), {})

    def test_silence_of_two_minutes_is_said(self):
        self.report(connections=[self.health()])
        self.connection.reported_at = fields.Datetime.now() - timedelta(minutes=3)
        self.assertTrue(self.connection.is_silent)
        self.assertIn("has not reported since", self.connection.notice)

    def test_exception_is_opened_with_everything_a_person_needs(self):
        self.apply(self.customer())
        self.report([self.trouble()])
        exception = self.exception()
        self.assertEqual(exception.state, "open")
        self.assertEqual(exception.cause, "business_rule")
        self.assertEqual((exception.amount, exception.currency), (119.0, "EUR"))
        self.assertEqual(exception.amount_minor, 11900)
        self.assertEqual(exception.res_id, self.link().res_id)
        self.assertEqual(exception.payload["email"], "a•••")
        self.assertEqual(self.link().state, "exception")
        self.assertEqual(self.link().last_error, "Odoo refused it")

    def test_amounts_follow_the_currencys_minor_unit(self):
        self.report([self.trouble("a", amount=500, currency="JPY")])
        self.report([self.trouble("b", amount=1234, currency="KWD")])
        self.assertEqual(self.exception("a").amount, 500)
        self.assertEqual(self.exception("b").amount_minor, 1234)

    def test_repeated_report_refreshes_the_one_exception(self):
        self.report([self.trouble()])
        self.exception().write({"state": "retrying", "user_id": self.operator.id})
        self.report([self.trouble(attempts=4, message="Still refused")])
        exception = self.exception()
        self.assertEqual(len(exception), 1)
        self.assertEqual((exception.state, exception.attempts), ("open", 4))
        self.assertEqual(exception.message, "Still refused")
        self.assertEqual(exception.user_id, self.operator)

    def test_key_reported_twice_in_one_call_opens_one_exception(self):
        self.report([self.trouble(), self.trouble(attempts=2)])
        self.assertEqual(self.exception().attempts, 2)

    def test_resolved_exception_ends_and_a_new_one_may_open(self):
        self.apply(self.customer())
        self.report([self.trouble()])
        key = {"connection": "stripe-eu", "kind": "customer", "external_id": "cus_1"}
        self.report(resolved=[key])
        self.assertEqual(self.exception().state, "resolved")
        self.assertTrue(self.exception().resolved_at)
        self.assertEqual(self.link().state, "synced")
        self.report([self.trouble()])
        self.assertEqual(sorted(self.exception().mapped("state")), ["open", "resolved"])

    def test_exception_of_an_unknown_connection_does_not_stop_the_others(self):
        self.report([self.trouble(connection="nobody"), self.trouble("cus_2")])
        self.assertTrue(self.exception("cus_2"))

    def test_cause_that_odoo_does_not_know_is_a_defect(self):
        self.report([self.trouble(cause="gremlins")])
        self.assertEqual(self.exception().cause, "bug")

    def test_everything_null_is_taken(self):
        empty = dict.fromkeys(
            (
                "hint args rule delivery reason first_at last_at amount currency "
                "partner url payload"
            ).split()
        )
        self.report([self.trouble(**empty)])
        self.assertEqual(self.exception().state, "open")

    def test_overview_sums_up(self):
        self.apply(self.customer(), self.customer("cus_2"))
        self.report(
            [self.trouble(), self.trouble("cus_2"), self.trouble("cus_3", code="x")],
            connections=[self.health()],
        )
        overview = (
            self.env["saas.sync.connection"].with_user(self.accountant).overview()
        )
        self.assertEqual(overview["backlog"], 3)
        self.assertEqual(overview["connections"][0]["code"], "stripe-eu")
        self.assertEqual(overview["connections"][0]["open_exceptions"], 3)
        group = overview["open_exceptions"][0]
        self.assertEqual((group["count"], group["label"]), (2, "Odoo refuses a value"))
        self.assertEqual(group["amounts"], {"EUR": 238.0})
        self.assertEqual(
            overview["links"],
            [{"connection": "stripe-eu", "kind": "customer", "count": 2}],
        )
        self.assertEqual(overview["sidecar"]["version"], "0.1.0")
        self.assertFalse(overview["sidecar"]["silent"])
        for step in overview["setup"]:
            self.assertTrue(self.env.ref(step["action"]))

    def test_overview_of_a_reader_has_no_amounts(self):
        self.report([self.trouble()])
        overview = self.env["saas.sync.connection"].with_user(self.reader).overview()
        self.assertEqual(overview["open_exceptions"], [])
