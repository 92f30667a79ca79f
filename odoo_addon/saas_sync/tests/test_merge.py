from odoo.tests import tagged

from .common import VERSION, SaasSyncCase


@tagged("post_install", "-at_install")
class TestMerge(SaasSyncCase):
    """Two become one, at the vendor or in Odoo."""

    def setUp(self):
        super().setUp()
        results = self.apply(
            self.customer("cus_1", values={"email": "a@acme.example", "phone": "1"}),
            self.customer("cus_2", values={"email": "b@acme.example", "phone": None}),
        )
        self.loser, self.winner = map(self.partner, results)
        self.child = self.env["res.partner"].create(
            {"name": "Jo", "parent_id": self.loser.id}
        )
        self.user = self.env.ref("base.user_admin")

    def merge_change(self, loser, into, **change):
        return {
            "key": {"kind": "customer", "external_id": loser},
            "op": "merge",
            "model": "res.partner",
            "version": VERSION + 10,
            "digest": f"merged into {into}",
            "label": f"Customer {loser}",
            "rule": "customer@1",
            "reason": "customer.merged",
            "into": {"kind": "customer", "external_id": into},
            **change,
        }

    def merge(self, loser="cus_1", into="cus_2", **change):
        return self.apply_one(self.merge_change(loser, into, **change))

    def rows(self):
        return [
            (row["command"], row["external_id"])
            for row in self.api.outbox({"limit": 1000})["rows"]
        ]

    def merge_by_hand(self, *partners, into):
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.user)
        wizard._merge([p.id for p in partners] + [into.id], into)

    def test_loser_becomes_the_survivor_with_all_it_has(self):
        message = self.loser.message_post(body="Called them")
        result = self.merge()
        self.assertEqual(
            (result["status"], result["res_id"]), ("updated", self.winner.id)
        )
        self.assertFalse(self.loser.exists())
        self.assertEqual(self.child.parent_id, self.winner)
        self.assertEqual(message.res_id, self.winner.id)
        link = self.link("cus_1")
        self.assertEqual((link.res_id, link.state), (self.winner.id, "merged"))
        self.assertEqual(link.digest, "merged into cus_2")
        self.assertEqual(self.link("cus_2").state, "synced")
        self.assertEqual(self.rows(), [("push", "cus_2")])

    def test_what_was_agreed_of_the_survivor_stays(self):
        self.loser.comment = "known only here"
        self.merge()
        self.assertEqual(self.winner.email, "b@acme.example")
        self.assertFalse(self.winner.phone)
        self.assertIn("known only here", self.winner.comment)

    def test_references_to_the_loser_find_the_survivor(self):
        self.merge()
        ref = {"ref": {"kind": "customer", "external_id": "cus_1"}}
        result = self.apply_one(self.customer("cus_3", values={"parent_id": ref}))
        self.assertEqual(self.partner(result).parent_id, self.winner)

    def test_loser_is_never_written_again(self):
        self.merge()
        late = self.customer("cus_1", version=VERSION + 20, digest="late", force=True)
        result = self.apply_one(late)
        self.assertEqual(result["status"], "unchanged")
        self.assertEqual(self.winner.name, "Acme cus_2")
        link = self.link("cus_1")
        self.assertEqual((link.state, link.version), ("merged", VERSION + 20))
        self.assertEqual(self.apply_one(late)["status"], "unchanged")
        self.assertEqual(self.link("cus_1").state, "merged")

    def test_repeated_merge_finds_that_it_is_done(self):
        self.merge()
        self.assertEqual(self.merge()["status"], "unchanged")
        self.assertEqual(self.merge(force=True)["status"], "updated")
        self.assertTrue(self.winner.exists())

    def test_loser_without_a_record_is_nobodys_business(self):
        self.assertEqual(self.merge("cus_8")["status"], "skipped")

    def test_survivor_with_a_new_id_takes_over_the_losers_record(self):
        first = self.merge(into="cus_9")
        self.assertEqual((first["status"], first["res_id"]), ("updated", self.loser.id))
        heir = self.link("cus_9")
        self.assertEqual((heir.res_id, heir.state), (self.loser.id, "synced"))
        self.assertEqual((heir.digest, heir.base["phone"]), ("", "1"))
        second = self.merge("cus_2", into="cus_9")
        self.assertEqual(second["res_id"], self.loser.id)
        self.assertFalse(self.winner.exists())
        self.assertEqual(self.link("cus_2").state, "merged")
        news = self.customer("cus_9", values={"phone": "2"}, digest="d9")
        self.assertEqual(self.apply_one(news)["status"], "updated")
        self.assertEqual(self.loser.phone, "2")

    def test_news_of_a_survivor_with_a_new_id_may_come_in_the_same_batch(self):
        merges = [self.merge_change(loser, "cus_9") for loser in ("cus_1", "cus_2")]
        news = self.customer("cus_9", values={"phone": "9"}, version=VERSION + 20)
        with self.assertNoLogs("odoo.service.model"):
            results = self.apply(news, *merges)
        self.assertEqual([r["status"] for r in results], ["updated"] * 3)
        self.assertEqual({r["res_id"] for r in results}, {self.loser.id})
        self.assertEqual(self.loser.phone, "9")
        self.assertFalse(self.winner.exists())

    def test_merged_again_the_loser_follows(self):
        [third] = self.apply(self.customer("cus_3"))
        self.merge()
        self.merge("cus_2", "cus_3")
        self.assertEqual(self.link("cus_1").res_id, third["res_id"])
        self.assertEqual(self.link("cus_1").state, "merged")
        self.assertEqual(self.link("cus_2").state, "merged")

    def test_contact_of_a_user_is_not_merged_away(self):
        self.user.partner_id = self.loser
        result = self.merge()
        self.assertEqual(result["status"], "rejected")
        self.assertEqual(result["error"]["code"], "merge_refused")
        self.assertEqual(result["error"]["class"], "business_rule")
        self.assertIn("the contact of the user", result["error"]["message"])
        self.assertTrue(self.loser.exists())

    def test_contact_of_a_company_is_not_merged_away(self):
        self.link("cus_1").res_id = self.company.partner_id.id
        result = self.merge()
        self.assertIn("the contact of the company", result["error"]["message"])
        self.assertTrue(self.company.partner_id.exists())

    def test_parent_and_child_become_one(self):
        self.winner.parent_id = self.child
        self.assertEqual(self.merge()["status"], "updated")
        self.assertFalse(self.winner.parent_id)
        self.assertEqual(self.child.parent_id, self.winner)

    def test_nobody_gets_an_email_and_no_address_is_told(self):
        self.winner.message_subscribe(self.user.partner_id.ids)
        mails = self.env["mail.mail"].search_count([])
        self.merge()
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        note = self.winner.message_ids[0]
        self.assertIn("Merged by the sync", note.body)
        self.assertNotIn("@", note.body)
        self.assertFalse(note.notified_partner_ids)

    # By hand, in Odoo

    def test_links_follow_a_merge_made_in_odoo(self):
        free = self.env["res.partner"].create({"name": "Acme"})
        self.report(exceptions=[self.trouble("cus_1")])
        self.merge_by_hand(self.loser, into=free)
        link = self.link("cus_1")
        self.assertEqual((link.res_id, link.state), (free.id, "exception"))
        self.assertEqual(self.exception("cus_1").res_id, free.id)
        self.assertIn(("push", "cus_1"), self.rows())

    def test_second_link_on_one_record_is_a_duplicate_until_the_vendor_merges(self):
        self.merge_by_hand(self.loser, into=self.winner)
        old, young = self.link("cus_1"), self.link("cus_2")
        self.assertEqual((old.state, young.state), ("synced", "duplicate"))
        self.assertEqual((old.res_id, young.res_id), (self.winner.id, self.winner.id))
        self.assertIn("Merge them there", young.last_error)
        self.assertEqual(set(self.rows()), {("push", "cus_1"), ("push", "cus_2")})
        news = self.customer("cus_2", version=VERSION + 1, digest="d2", force=True)
        self.assertEqual(self.apply_one(news)["status"], "unchanged")
        self.assertEqual(self.link("cus_2").state, "duplicate")
        self.assertEqual(self.merge()["status"], "updated")
        self.assertEqual(
            [self.link(name).state for name in ("cus_1", "cus_2")], ["merged", "synced"]
        )
        self.assertTrue(self.winner.exists())

    def test_merged_links_show_no_badge(self):
        self.merge()
        badges = self.links.badges("res.partner", [self.winner.id])
        self.assertEqual([badge["external_id"] for badge in badges], ["cus_2"])

    def test_sums_still_count_merged_links(self):
        self.merge()
        self.env.flush_all()
        buckets = self.api.compare({"connection": "stripe-eu", "level": "month"})
        self.assertEqual(sum(b["count"] for b in buckets["buckets"]), 2)
        records = self.api.compare({"connection": "stripe-eu", "level": "records"})
        self.assertNotIn("cus_1", [row["external_id"] for row in records["rows"]])
