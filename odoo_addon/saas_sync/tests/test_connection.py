from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SaasSyncCase

BUDGET = {"left": 80, "of": 100, "per_ms": 1000, "resets_at": None}
STREAM = {
    "name": "customers",
    "fresh_at": "2026-11-22T08:00:00.000Z",
    "progress": "1200 listed",
    "next_at": "2026-11-22T09:00:00.000Z",
}


@tagged("post_install", "-at_install")
class TestConnection(SaasSyncCase):
    """Pace, freshness and held-back deletions, as reported and as decided."""

    def tell(self, **row):
        """Report about the one connection; ``row`` is laid over a plain report."""
        self.report(
            connections=[
                {
                    "id": "stripe-eu",
                    "system": "stripe",
                    "system_name": "Stripe",
                    "state": "healthy",
                    **row,
                }
            ]
        )

    @staticmethod
    def brake(stream="customers", kind="customer", **row):
        return {
            "stream": stream,
            "kind": kind,
            "absent": 120,
            "of": 300,
            "examples": ["Azure Interior", "Deco Addict"],
            "since": "2026-11-22T06:00:00.000Z",
            **row,
        }

    def row(self, user=None):
        connections = self.env["saas.sync.connection"].with_user(user or self.admin)
        [row] = connections.overview()["connections"]
        return row

    def commands(self):
        rows = self.api.outbox({"limit": 100})["rows"]
        return [(row["command"], row["args"]) for row in rows]

    def test_pace_and_freshness_are_shown_as_reported(self):
        self.tell(
            eta_ms=360_000,
            next_try_at="2026-11-22T08:00:40.500Z",
            budget=BUDGET,
            streams=[STREAM],
            brakes=[self.brake()],
        )
        row = self.row()
        self.assertEqual(row["eta_ms"], 360_000)
        self.assertEqual(row["next_try_at"], "2026-11-22 08:00:40")
        self.assertEqual(row["budget"], BUDGET)
        self.assertEqual(row["streams"], [STREAM])
        self.assertEqual(row["brakes"], [{**self.brake(), "decided": None}])

    def test_report_without_them_is_taken_and_clears_them(self):
        self.tell(eta_ms=1000, budget=BUDGET, streams=[STREAM], brakes=[self.brake()])
        self.tell()
        row = self.row()
        self.assertEqual((row["eta_ms"], row["next_try_at"]), (None, None))
        self.assertEqual((row["budget"], row["streams"]), (None, []))
        self.assertEqual(row["brakes"], [])

    def test_nonsense_is_left_out_and_harms_nothing_else(self):
        self.tell(
            eta_ms="soon",
            next_try_at="tomorrow",
            last_event_at={},
            lag_ms=True,
            backlog=-1,
            counters={"received": 2**40, "failed": None},
            budget="plenty",
            streams=["customers", {"fresh_at": None}, STREAM, {"name": {}}],
            brakes={"stream": "customers"},
        )
        row = self.row()
        self.assertEqual((row["state"], row["eta_ms"]), ("healthy", None))
        self.assertEqual((row["backlog"], row["lag_ms"]), (0, 0))
        self.assertEqual(row["next_try_at"], None)
        self.assertEqual(row["budget"], None)
        self.assertEqual(row["streams"], [STREAM])
        self.assertEqual(row["brakes"], [])

    def test_everything_null_is_taken(self):
        names = "eta_ms next_try_at budget streams brakes counters backlog lag_ms"
        self.tell(**dict.fromkeys(names.split()))
        self.assertEqual(self.row()["streams"], [])

    def test_examples_are_for_those_who_decide(self):
        self.tell(brakes=[self.brake()])
        for user in (self.reader, self.operator):
            [brake] = self.row(user)["brakes"]
            self.assertEqual((brake["absent"], brake["examples"]), (120, []))
            with self.assertRaises(AccessError):
                self.connection.with_user(user).read(["brakes"])

    def test_decision_is_queued_once_and_noted_with_who_took_it(self):
        self.tell(brakes=[self.brake(), self.brake("prices", "price", absent=40)])
        connection = self.connection.with_user(self.admin)
        connection.action_release_brake("customers")
        connection.action_keep_absent("prices")
        with self.assertRaises(UserError):
            connection.action_keep_absent("customers")
        self.assertEqual(
            self.commands(),
            [
                ("release_brake", {"stream": "customers"}),
                ("keep_absent", {"stream": "prices"}),
            ],
        )
        self.assertEqual(
            [brake["decided"] for brake in self.row()["brakes"]],
            ["release_brake", "keep_absent"],
        )
        keep, release = self.connection.message_ids[:2]
        self.assertIn(
            "Customer: 120 of 300 are missing from the list of Stripe.", release.body
        )
        self.assertIn("archive what is gone", release.body)
        self.assertIn("Price: 40 of 300", keep.body)
        self.assertEqual(keep.author_id, self.admin.partner_id)
        self.assertFalse(self.connection.message_partner_ids)

    def test_both_streams_can_be_released_at_once(self):
        self.tell(brakes=[self.brake(), self.brake("prices", "price")])
        for stream in ("customers", "prices"):
            self.connection.with_user(self.admin).action_release_brake(stream)
        streams = [args["stream"] for _command, args in self.commands()]
        self.assertEqual(streams, ["customers", "prices"])

    def acknowledge(self, **answer):
        [row] = self.api.outbox({"limit": 1})["rows"]
        self.api.outbox_done({"rows": [{"id": row["id"], "ok": True, **answer}]})

    def test_decision_stands_until_a_report_tells_its_effect(self):
        self.tell(brakes=[self.brake()])
        connection = self.connection.with_user(self.admin)
        connection.action_release_brake("customers")
        self.acknowledge()
        self.assertEqual(self.row()["brakes"][0]["decided"], "release_brake")
        self.connection.reported_at += timedelta(seconds=30)
        self.assertEqual(self.row()["brakes"][0]["decided"], None)
        self.tell()
        self.assertEqual(self.row()["brakes"], [])

    def test_decision_that_the_sidecar_refused_can_be_taken_again(self):
        self.tell(brakes=[self.brake()])
        connection = self.connection.with_user(self.admin)
        connection.action_release_brake("customers")
        self.acknowledge(ok=False, message="Busy")
        self.assertEqual(self.row()["brakes"][0]["decided"], None)
        connection.action_release_brake("customers")
        self.assertEqual(len(self.commands()), 1)

    def test_decision_about_what_is_not_held_back_is_refused(self):
        self.tell(brakes=[self.brake()])
        with self.assertRaises(UserError):
            self.connection.with_user(self.admin).action_release_brake("invoices")
        self.assertEqual(self.commands(), [])

    def test_only_administrators_sweep_and_decide(self):
        self.tell(brakes=[self.brake()])
        before = self.connection.message_ids
        for user in (self.reader, self.operator):
            connection = self.connection.with_user(user)
            with self.assertRaises(AccessError):
                connection.action_sweep()
            with self.assertRaises(AccessError):
                connection.action_release_brake("customers")
            with self.assertRaises(AccessError):
                connection.action_keep_absent("customers")
        self.assertEqual(self.commands(), [])
        self.assertEqual(self.connection.message_ids, before)

    def test_administrator_of_another_company_does_not_steer(self):
        self.connection.company_id = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(AccessError):
            self.connection.with_user(self.admin).action_pause()
        self.assertEqual(self.commands(), [])

    def test_sweep_wished_twice_is_one_command(self):
        connection = self.connection.with_user(self.admin)
        connection.action_sweep()
        connection.action_sweep()
        self.assertEqual(self.commands(), [("sweep", {})])

    def test_reports_write_nothing_into_the_chatter(self):
        before = self.connection.message_ids
        self.tell(brakes=[self.brake()], state="broken", message="No answer")
        self.assertEqual(self.connection.message_ids, before)
