"""Deals as opportunities through the general upsert: won and lost as Odoo has it."""

from .common import SalesCase


class TestLead(SalesCase):
    def deal(self, external_id="006N", values=None, **change):
        return {
            "op": "upsert",
            "key": {"kind": "deal", "external_id": external_id},
            "model": "crm.lead",
            "version": next(self.serial),
            "digest": f"d{next(self.serial)}",
            "label": "Deal",
            "rule": "deal@1",
            "reason": "test",
            "values": {
                "name": "New deal",
                "partner_id": {"ref": {"kind": "customer", "external_id": "001A"}},
                "expected_revenue": "1234.5",
                **(values or {}),
            },
            "base": None,
            "match": [],
            "create": True,
            "create_only": [],
            "overwrite": ["stage_id", "active", "expected_revenue"],
            **change,
        }

    def stage(self, name):
        return {"lookup": ["crm.stage", "name", name]}

    def test_a_deal_is_an_opportunity_of_nobody_until_somebody_is_named(self):
        lead = self.applied(self.deal())
        self.assertEqual((lead.type, lead.expected_revenue), ("opportunity", 1234.5))
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.partner_id, self.partner)

    def test_its_stage_is_found_by_name(self):
        lead = self.applied(self.deal(values={"stage_id": self.stage("Proposition")}))
        self.assertEqual(lead.stage_id.name, "Proposition")

    def test_a_won_stage_wins_it(self):
        lead = self.applied(self.deal(values={"stage_id": self.stage(self.won.name)}))
        self.assertEqual(lead.won_status, "won")
        self.assertEqual(lead.saas_sync_order_state, "pending")
        open_deal = self.applied(self.deal("006M"))
        self.applied(self.deal("006M", {"stage_id": self.stage(self.won.name)}))
        self.assertEqual(open_deal.won_status, "won")

    def test_a_lost_deal_is_lost_as_by_odoos_button(self):
        lead = self.applied(self.deal())
        self.applied(self.deal(values={"active": False}))
        self.assertEqual(lead.won_status, "lost")
        self.assertEqual(lead.probability, 0)

    def test_won_and_lost_after_all_leaves_the_won_stage(self):
        lead = self.applied(self.deal(values={"stage_id": self.stage(self.won.name)}))
        self.applied(self.deal(values={"active": False}))
        self.assertEqual(lead.won_status, "lost")
        self.assertFalse(lead.stage_id.is_won)
        self.applied(
            self.deal(
                values={"active": True, "stage_id": self.stage(self.won.name)}
            )
        )
        self.assertEqual(lead.won_status, "won")
        self.assertTrue(lead.active)

    def test_a_deal_that_comes_lost_is_kept_as_lost(self):
        lead = self.applied(self.deal(values={"active": False}))
        self.assertEqual(lead.won_status, "lost")

    def test_its_badge_knows_the_link(self):
        lead = self.applied(self.deal())
        [badge] = self.env["saas.sync.link"].badges("crm.lead", lead.ids)
        self.assertEqual(badge["external_id"], "006N")
        self.assertEqual(lead.saas_sync_link_count, 1)
