from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SaasSyncCase


@tagged("post_install", "-at_install")
class TestOutbox(SaasSyncCase):
    """Wishes of people on their way to the sidecar."""

    def setUp(self):
        super().setUp()
        self.outbox = self.env["saas.sync.outbox"]

    def rows(self):
        return self.api.outbox({"limit": 100})["rows"]

    def test_row_has_the_protocols_form(self):
        self.outbox._queue("sync_now", self.connection, "customer", "cus_1")
        [row] = self.rows()
        self.assertEqual(
            {name: row[name] for name in ("command", "connection", "kind", "args")},
            {
                "command": "sync_now",
                "connection": "stripe-eu",
                "kind": "customer",
                "args": {},
            },
        )
        self.assertEqual(row["user"], self.env.user.login)
        self.assertRegex(row["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def test_of_two_wishes_that_contradict_each_other_the_later_one_counts(self):
        for command in ("resume", "pause", "resume"):
            self.outbox._queue(command, self.connection)
        self.assertEqual([row["command"] for row in self.rows()], ["resume"])
        self.outbox._queue("keep_absent", self.connection, None, "customers")
        self.outbox._queue("keep_absent", self.connection, None, "products")
        self.outbox._queue("release_brake", self.connection, None, "customers")
        left = [(row["command"], row["external_id"]) for row in self.rows()[1:]]
        self.assertEqual(
            left, [("keep_absent", "products"), ("release_brake", "customers")]
        )

    def test_equal_pending_wishes_are_one_row(self):
        for _time in range(3):
            self.outbox._queue("sync_now", self.connection, "customer", "cus_1")
            self.outbox._queue("pause", self.connection)
        self.assertEqual(len(self.rows()), 2)

    def test_equal_wishes_of_one_call_are_one_row(self):
        row = (self.connection, "customer", "cus_1", {})
        self.outbox._queue_all("retry", [row, row])
        self.assertEqual(len(self.rows()), 1)

    def test_latest_arguments_win(self):
        for reason in ("first", "second"):
            self.outbox._queue(
                "ignore", self.connection, "customer", "cus_1", {"reason": reason}
            )
        self.assertEqual(self.rows()[0]["args"], {"reason": "second"})

    def test_wish_made_while_an_equal_one_is_carried_out_is_not_lost(self):
        self.outbox._queue("sync_now", self.connection, "customer", "cus_1")
        [taken] = self.rows()
        self.outbox._queue("sync_now", self.connection, "customer", "cus_1")
        self.api.outbox_done({"rows": [{"id": taken["id"], "ok": True}]})
        [left] = self.rows()
        self.assertNotEqual(left["id"], taken["id"])

    def test_row_comes_again_until_it_is_acknowledged(self):
        self.outbox._queue("pause", self.connection)
        self.assertEqual(self.rows(), self.rows())
        [row] = self.rows()
        answer = self.api.outbox_done(
            {"rows": [{"id": row["id"], "ok": False, "message": "cannot"}]}
        )
        self.assertEqual((answer, self.rows()), ({}, []))
        done = self.outbox.browse(row["id"])
        self.assertEqual((done.state, done.message), ("failed", "cannot"))

    def test_wish_is_gone_when_its_transaction_is(self):
        savepoint = self.env.cr.savepoint()
        self.outbox._queue("pause", self.connection)
        savepoint.close(rollback=True)
        self.assertEqual(self.rows(), [])

    def test_done_rows_are_forgotten_after_a_week(self):
        self.outbox._queue("pause", self.connection)
        self.outbox._queue("sweep", self.connection)
        old, fresh = self.rows()
        self.api.outbox_done(
            {"rows": [{"id": old["id"], "ok": True}, {"id": fresh["id"], "ok": True}]}
        )
        self.outbox.browse(old["id"]).done_at = fields.Datetime.now() - timedelta(
            days=8
        )
        self.exceptions._cron_cleanup()
        self.assertFalse(self.outbox.browse(old["id"]).exists())
        self.assertTrue(self.outbox.browse(fresh["id"]).exists())

    def test_administrators_pause_resume_and_load_again(self):
        connection = self.connection.with_user(self.admin)
        connection.action_pause()
        connection.action_backfill()
        self.assertEqual(
            [row["command"] for row in self.rows()], ["pause", "backfill"]
        )
        self.assertEqual(self.rows()[0]["user"], "sync_admin")

    def test_last_of_two_opposite_wishes_counts(self):
        connection = self.connection.with_user(self.admin)
        for wish in ("pause", "resume", "pause"):
            getattr(connection, f"action_{wish}")()
        self.assertEqual([row["command"] for row in self.rows()], ["pause"])
        # A wish that is being carried out is not taken back, but followed.
        connection.action_resume()
        self.assertEqual(
            [row["command"] for row in self.rows()], ["pause", "resume"]
        )

    def test_operators_do_not_steer_connections(self):
        with self.assertRaises(AccessError):
            self.connection.with_user(self.operator).action_pause()
        self.assertEqual(self.rows(), [])
