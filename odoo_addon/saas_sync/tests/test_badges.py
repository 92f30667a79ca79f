from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import SaasSyncCase


@tagged("post_install", "-at_install")
class TestBadges(SaasSyncCase):
    """What users see on their records, and Sync now."""

    def setUp(self):
        super().setUp()
        self.results = self.apply(self.customer("cus_1"), self.customer("cus_2"))
        self.ids = [result["res_id"] for result in self.results]

    def badges(self, user=None, ids=None):
        links = self.links.with_user(user or self.reader)
        return links.badges("res.partner", ids or self.ids)

    def test_badge_tells_where_the_record_lives(self):
        badge, _other = self.badges()
        self.assertEqual(badge["res_id"], self.ids[0])
        self.assertEqual(badge["connection"], "stripe-eu")
        self.assertEqual(badge["system_name"], "Stripe")
        self.assertEqual((badge["kind"], badge["state"]), ("customer", "synced"))
        self.assertEqual(badge["url"], "https://dashboard.example/cus_1")
        self.assertRegex(badge["last_sync"], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")
        self.assertIsNone(badge["exception_id"])

    def test_open_exception_is_shown_and_opened_by_operators_only(self):
        self.report([self.trouble("cus_1")])
        badge = self.badges()[0]
        self.assertEqual(badge["state"], "exception")
        self.assertEqual(badge["last_error"], "Odoo refuses a value")
        self.assertIsNone(badge["exception_id"])
        exception = self.exception("cus_1")
        self.assertEqual(self.badges(self.operator)[0]["exception_id"], exception.id)

    def test_records_that_the_user_may_not_read_have_no_badge(self):
        self.env["ir.rule"].create(
            {
                "name": "not the second",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {self.ids[1]})]",
            }
        )
        self.assertEqual([b["res_id"] for b in self.badges()], self.ids[:1])

    def test_links_of_companies_switched_off_have_no_badge(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        user = new_test_user(
            self.env, "elsewhere", groups="base.group_user", company_id=other.id
        )
        self.assertEqual(self.badges(user), [])

    def test_portal_users_have_no_badges(self):
        portal = new_test_user(self.env, "portal_x", groups="base.group_portal")
        portal.partner_id.ref = "own"
        self.apply(self.customer("cus_own", match=[[["ref", "=", "own"]]]))
        self.assertEqual(self.link("cus_own").res_id, portal.partner_id.id)
        self.assertEqual(self.badges(portal, portal.partner_id.ids), [])
        self.assertEqual(self.links.with_user(portal).linked_models(), [])

    def test_deleted_records_and_unknown_models_have_no_badge(self):
        self.env["res.partner"].browse(self.ids).unlink()
        self.assertEqual(self.badges(), [])
        self.assertEqual(self.links.badges("no.such.model", [1]), [])

    def test_models_with_links_are_named(self):
        self.apply(self.link_change(match=[[["code", "=", "DE"]]]))
        models = self.links.with_user(self.reader).linked_models()
        self.assertEqual(models, ["res.country", "res.partner"])

    def test_sync_now_is_queued_by_who_may_write_the_record(self):
        user = new_test_user(
            self.env, "sales", groups="base.group_user,base.group_partner_manager"
        )
        link = self.link("cus_1")
        self.links.with_user(user).sync_now(link.ids)
        self.assertEqual(link.state, "pending")
        [row] = self.api.outbox({})["rows"]
        self.assertEqual((row["command"], row["user"]), ("sync_now", "sales"))

    def test_sync_now_is_refused_to_who_may_only_read_it(self):
        with self.assertRaises(AccessError):
            self.links.with_user(self.reader).sync_now(self.link("cus_1").ids)
        self.links.with_user(self.operator).sync_now(self.link("cus_1").ids)
        self.assertEqual(self.link("cus_1").state, "pending")

    def test_pending_badge_turns_synced_when_nothing_had_changed(self):
        self.links.with_user(self.operator).sync_now(self.link("cus_1").ids)
        self.apply(self.customer("cus_1", force=True))
        self.assertEqual(self.link("cus_1").state, "synced")

    @contextmanager
    def bus(self):
        """What is sent to groups meanwhile: a list of (kind, payload)."""
        sent = []

        def record(_group, kind, payload, **_options):
            sent.append((kind, payload))

        with patch.object(self.env.registry["res.groups"], "_bus_send", record):
            yield sent

    def test_whoever_asked_is_told_that_nothing_had_changed(self):
        link = self.link("cus_1")
        for force in (True, False):
            self.links.with_user(self.operator).sync_now(link.ids)
            with self.bus() as sent:
                self.apply(self.customer("cus_1", force=force))
            self.assertEqual(
                sent,
                [("saas_sync.changed", {"models": {"res.partner": [link.res_id]}})],
            )

    def test_form_counts_and_opens_the_links_of_its_record(self):
        link = self.link("cus_1")
        partner = self.env["res.partner"].browse(link.res_id).with_user(self.reader)
        self.assertEqual(partner.saas_sync_link_count, 1)
        action = partner.action_saas_sync_links()
        self.assertEqual(self.links.search(action["domain"]), link)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.assertEqual(stranger.saas_sync_link_count, 0)

    def test_link_names_its_record_to_those_who_may_see_it(self):
        link = self.link("cus_1")
        record = self.env["res.partner"].browse(link.res_id)
        self.assertEqual(link.record_name, record.display_name)
        record.unlink()
        link.invalidate_recordset()
        self.assertEqual(link.record_name, "Deleted in Odoo")

    def test_open_screens_are_told_once_per_call(self):
        with self.bus() as sent:
            results = self.apply(self.customer("cus_3"), self.customer("cus_4"))
            self.apply(self.customer("cus_3"), self.customer("cus_4"))
            self.report([self.trouble("cus_9")])
        ids = [result["res_id"] for result in results]
        self.assertEqual(
            sent,
            [
                ("saas_sync.changed", {"models": {"res.partner": ids}}),
                ("saas_sync.overview", {"open": 1}),
            ],
        )

    def test_links_open_their_record_and_their_source(self):
        link = self.link("cus_1").with_user(self.reader)
        self.assertEqual(link.action_open_record()["res_id"], self.ids[0])
        self.assertEqual(
            link.action_open_external()["url"], "https://dashboard.example/cus_1"
        )

    def test_links_and_receipts_are_not_written_by_people(self):
        self.api._for(self.connection)._save_receipts(
            self.connection,
            [
                {
                    "change": self.customer(),
                    "rung": "posted",
                    "model": "res.partner",
                    "res_id": self.ids[0],
                    "made": "X/1",
                }
            ],
        )
        receipt = self.env["saas.sync.receipt"].search([("made", "=", "X/1")])
        for record in (receipt, self.link("cus_1")):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.admin).write({"external_id": "forged"})
        held = self.api._has_receipts(self.connection, [("customer", "cus_1")])
        self.assertEqual(held, {("customer", "cus_1"): {"posted": "X/1"}})
