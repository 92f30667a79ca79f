"""A confirmed order is never edited by the synchronisation: a person accepts what its
deal says later, or does not.
"""

from odoo.exceptions import AccessError, UserError

from .common import SalesCase


class TestAmendment(SalesCase):
    def setUp(self):
        super().setUp()
        lines = [self.line(), self.line("ol_2", "01tB", "1", "50")]
        self.sold = self.applied(self.order(lines=lines))

    def changed(self, lines=None, **values):
        """The deal says something else; the amendment, as the salesperson sees it."""
        before = self.snapshot()
        result = self.apply_one(self.order(lines=lines, **values))
        self.assertEqual(result["status"], "unchanged", result)
        self.assertEqual(self.snapshot(), before, "the order was edited")
        return self.open_ones()

    def open_ones(self):
        return (
            self.env["saas.sync.amendment"]
            .with_user(self.sam)
            .search([("order_id", "=", self.sold.id), ("state", "=", "review")])
        )

    def snapshot(self):
        return self.sold.order_line.read(
            ["product_id", "product_uom_qty", "price_unit", "discount"]
        ), self.sold.read(["state", "amount_total", "client_order_ref", "partner_id"])

    def differences(self, amendment):
        return [(row.kind, row.before, row.after) for row in amendment.line_ids]

    def test_every_difference_is_named_and_nothing_is_written(self):
        amendment = self.changed(
            [
                self.line(quantity="12", price="95"),
                self.line("ol_3", "01tB", "2", "40"),
            ],
            client_order_ref="PO-9",
        )
        self.assertEqual(
            [row.kind for row in amendment.line_ids],
            ["terms", "quantity", "price", "added", "removed"],
        )
        self.assertEqual(self.differences(amendment)[1], ("quantity", "10", "12"))
        self.assertEqual(
            (amendment.amount_before, amendment.amount_after), (1050.0, 1220.0)
        )

    def test_the_salesperson_has_one_activity_and_gets_no_mail(self):
        before = self.env["mail.mail"].search_count([])
        amendment = self.changed([self.line(quantity="12")])
        self.assertEqual(amendment.activity_ids.user_id, self.sam)
        self.assertEqual(len(amendment.activity_ids), 1)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_accepting_applies_it_by_the_salespersons_own_rights(self):
        amendment = self.changed(
            [
                self.line(quantity="12", price="95", discount="10"),
                self.line("ol_3", "01tB", "2", "40"),
            ],
            client_order_ref="PO-9",
        )
        amendment.action_accept()
        self.assertEqual(amendment.state, "accepted")
        self.assertEqual(amendment.decided_by_id, self.sam)
        self.assertFalse(amendment.activity_ids)
        first, removed, added = self.sold.order_line
        self.assertEqual(
            (first.product_uom_qty, first.price_unit, first.discount), (12, 95, 10)
        )
        self.assertEqual(removed.product_uom_qty, 0)
        self.assertEqual((added.product_uom_qty, added.price_unit), (2, 40))
        self.assertEqual(self.sold.client_order_ref, "PO-9")
        self.assertEqual(self.deal_link().details["lines"]["ol_3"], added.id)

    def test_after_accepting_the_same_news_proposes_nothing(self):
        lines = [self.line(quantity="12"), self.line("ol_3", "01tB", "2", "40")]
        self.changed(lines).action_accept()
        self.assertFalse(self.changed(lines, force=True))
        self.assertFalse(self.changed(lines, commitment_date=None, price_tolerance=1))

    def test_rejecting_keeps_the_order_and_is_remembered(self):
        lines = [self.line(quantity="12"), self.line("ol_2", "01tB", "1", "50")]
        amendment = self.changed(lines)
        amendment.action_reject()
        self.assertEqual(amendment.state, "rejected")
        self.assertEqual(self.sold.order_line[0].product_uom_qty, 10)
        self.assertFalse(self.changed(lines, force=True))
        again = self.changed([self.line(quantity="13"), lines[1]])
        self.assertEqual(self.differences(again), [("quantity", "10", "13")])
        # Back to what was refused: it stays refused.
        self.assertFalse(self.changed(lines))

    def test_a_second_change_refreshes_the_open_amendment(self):
        keep = self.line("ol_2", "01tB", "1", "50")
        first = self.changed([self.line(quantity="12"), keep])
        second = self.changed([self.line(quantity="13"), keep])
        self.assertEqual(first, second)
        self.assertEqual(self.differences(second), [("quantity", "10", "13")])
        self.assertEqual(len(second.activity_ids), 1)

    def test_a_deal_that_comes_back_withdraws_it(self):
        keep = self.line("ol_2", "01tB", "1", "50")
        amendment = self.changed([self.line(quantity="12"), keep])
        self.assertFalse(self.changed([self.line(), keep]))
        self.assertEqual(amendment.state, "withdrawn")
        self.assertFalse(amendment.activity_ids)

    def test_a_confirmed_order_whose_deal_is_lost_is_asked_about(self):
        result = self.apply_one(self.lost())
        self.assertEqual(result["status"], "unchanged", result)
        self.assertEqual(self.sold.state, "sale")
        [amendment] = self.open_ones()
        self.assertEqual(amendment.kind, "cancellation")
        amendment.action_accept()
        self.assertEqual(self.sold.state, "cancel")

    def test_won_again_withdraws_the_question(self):
        self.applied(self.lost())
        [amendment] = self.open_ones()
        lines = [self.line(), self.line("ol_2", "01tB", "1", "50")]
        self.applied(self.order(lines=lines))
        self.assertEqual(amendment.state, "withdrawn")
        self.assertEqual(self.sold.state, "sale")

    def test_others_people_and_decided_ones_are_left_alone(self):
        amendment = self.changed([self.line(quantity="12")])
        self.sold.user_id = self.boss
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            amendment.action_accept()
        amendment.with_user(self.boss).action_reject()
        with self.assertRaises(UserError):
            amendment.with_user(self.boss).action_accept()

    def test_a_locked_order_says_so(self):
        amendment = self.changed([self.line(quantity="12")])
        self.sold.locked = True
        with self.assertRaises(UserError):
            amendment.action_accept()
        self.assertEqual(self.sold.order_line[0].product_uom_qty, 10)
