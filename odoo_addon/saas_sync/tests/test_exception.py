from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SaasSyncCase


@tagged("post_install", "-at_install")
class TestException(SaasSyncCase):
    """What people do about exceptions."""

    def setUp(self):
        super().setUp()
        self.report([self.trouble("cus_1"), self.trouble("cus_2")])
        self.report([self.trouble("cus_3", code="other")])
        self.mine = self.exception("cus_1").with_user(self.operator)

    def queued(self):
        rows = self.api.outbox({})["rows"]
        return sorted((row["command"], row["external_id"]) for row in rows)

    def test_retry_is_queued_and_shown(self):
        self.mine.action_retry()
        self.assertEqual(self.mine.state, "retrying")
        self.assertEqual(self.queued(), [("retry", "cus_1")])

    def test_retry_all_alike_leaves_other_codes_alone(self):
        self.mine.action_retry_alike()
        self.assertEqual(self.queued(), [("retry", "cus_1"), ("retry", "cus_2")])
        self.assertEqual(self.exception("cus_3").state, "open")

    def test_ignoring_needs_a_reason_and_keeps_it(self):
        action = self.mine.action_ignore()
        wizard = (
            self.env["saas.sync.ignore"]
            .with_user(self.operator)
            .with_context(**action["context"])
            .create({"reason": "Test order"})
        )
        wizard.action_ignore()
        self.assertEqual(self.mine.state, "ignored")
        self.assertEqual(self.mine.ignore_reason, "Test order")
        [row] = self.api.outbox({})["rows"]
        self.assertEqual(
            (row["command"], row["args"]), ("ignore", {"reason": "Test order"})
        )

    def test_ended_exceptions_are_not_retried(self):
        self.mine._ignore("done")
        self.api.outbox_done(
            {"rows": [{"id": r["id"], "ok": True} for r in self.api.outbox({})["rows"]]}
        )
        self.mine.action_retry()
        self.assertEqual(self.mine.state, "ignored")
        self.assertEqual(self.queued(), [])

    def test_assign_to_me(self):
        self.mine.action_assign_to_me()
        self.assertEqual(self.mine.user_id, self.operator)

    def test_readers_neither_see_nor_decide(self):
        foreign = self.mine.with_user(self.reader)
        with self.assertRaises(AccessError):
            foreign.read(["amount"])
        for action in ("action_retry", "action_ignore", "action_assign_to_me"):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(foreign, action)()

    def test_operators_of_another_company_see_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.operator.write(
            {"company_ids": [(6, 0, other.ids)], "company_id": other.id}
        )
        mine = self.exceptions.with_user(self.operator)
        self.assertFalse(mine.search([]))
        with self.assertRaises(AccessError):
            self.mine.action_retry()

    def test_exceptions_that_ended_long_ago_are_forgotten(self):
        self.mine._ignore("done")
        self.exception("cus_2")._ignore("done")
        old = fields.Datetime.now() - timedelta(days=401)
        self.exception("cus_1").resolved_at = old
        self.exception("cus_3").first_at = old
        self.exceptions._cron_cleanup()
        left = self.exceptions.search([("connection_id", "=", self.connection.id)])
        self.assertEqual(sorted(left.mapped("external_id")), ["cus_2", "cus_3"])

    def test_chatter_tells_who_decided(self):
        self.env.flush_all()
        self.cr.precommit.run()
        self.mine.with_context(tracking_disable=False)._ignore("Test order")
        self.env.flush_all()
        self.cr.precommit.run()
        tracked = self.mine.message_ids.sudo().tracking_value_ids
        self.assertIn("ignore_reason", tracked.field_id.mapped("name"))
