"""What becomes of a deal and of a customer is told to their CRM, once a transaction."""

from datetime import timedelta

from odoo import Command, fields

from ..models.saas_sync_standing import LEAD_FIELDS, PARTNER_FIELDS
from .common import SalesCase


class TestStanding(SalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        def watch(model, names):
            field = {"owner": "odoo", "against": "revert", "outward": True}
            return {"model": model, "fields": dict.fromkeys(names, field)}

        cls.connection.watch = {
            "deal": watch("crm.lead", LEAD_FIELDS),
            "customer": watch("res.partner", PARTNER_FIELDS),
        }

    def setUp(self):
        super().setUp()
        self.sold = self.applied(
            self.order(
                lines=[self.line(), self.line("ol_2", "01tB", "2", "50")],
            )
        )
        self.take()

    def take(self):
        """Rows that wait for the CRM, which has them then."""
        self.env.cr.flush()
        rows = self.env["saas.sync.outbox"].search(
            [
                ("command", "=", "push"),
                ("state", "=", "pending"),
                ("connection_id", "=", self.connection.id),
            ]
        )
        told = sorted(
            (row.kind, row.external_id, sorted(row.args["edits"])) for row in rows
        )
        rows.unlink()
        self.env.invalidate_all()
        return told

    def invoice_sold(self):
        moves = self.sold._create_invoices()
        moves.invoice_date = fields.Date.today()
        moves.action_post()
        return moves

    def pay(self, moves, amount=None):
        values = {"amount": amount} if amount else {}
        return (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create(values)
            ._create_payments()
        )

    def standing(self, *names):
        self.env.flush_all()
        self.env.invalidate_all()
        return tuple(self.lead[f"saas_sync_{name}"] for name in names)

    # Deals

    def test_a_confirmed_order_is_told_even_to_the_crm_whose_deal_made_it(self):
        self._link("deal", "006B", self.lead.copy())
        self.applied(self.order("006B"))
        self.assertEqual(self.take(), [("deal", "006B", sorted(LEAD_FIELDS))])

    def test_posting_an_invoice_and_its_payment_is_one_row_per_deal_and_customer(self):
        moves = self.invoice_sold()
        self.pay(moves)
        self.assertEqual(
            self.take(),
            [
                ("customer", "001A", sorted(PARTNER_FIELDS)),
                ("deal", "006A", sorted(LEAD_FIELDS)),
            ],
        )

    def test_a_payment_reconciled_later_is_told_once_more(self):
        moves = self.invoice_sold()
        self.assertEqual([row[0] for row in self.take()], ["customer", "deal"])
        self.pay(moves)
        self.assertEqual([row[0] for row in self.take()], ["customer", "deal"])

    def test_the_order_of_a_deal_is_followed_to_the_last_payment(self):
        self.assertEqual(
            self.standing("order_state", "order_name", "invoiced", "payment_state"),
            ("confirmed", self.sold.name, "none", "none"),
        )
        moves = self.invoice_sold()
        self.assertEqual(
            self.standing("invoiced", "invoiced_amount", "payment_state"),
            ("full", 1309.0, "not_paid"),
        )
        self.pay(moves, 309.0)
        self.assertEqual(
            self.standing("paid_amount", "payment_state"), (309.0, "partial")
        )
        self.pay(moves)
        self.assertEqual(
            self.standing("paid_amount", "payment_state"), (1309.0, "paid")
        )

    def test_deliveries_are_told_in_part_and_in_full(self):
        first, second = self.sold.order_line
        first.qty_delivered = 4
        self.assertEqual(self.standing("delivered"), ("partial",))
        self.assertEqual([row[:2] for row in self.take()], [("deal", "006A")])
        first.qty_delivered = 10
        second.qty_delivered = 2
        self.assertEqual(self.standing("delivered"), ("full",))

    def test_a_credit_note_takes_back_what_was_invoiced(self):
        moves = self.invoice_sold()
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"journal_id": moves.journal_id.id})
        )
        reversal.refund_moves()
        reversal.new_move_ids.action_post()
        self.assertEqual(self.standing("invoiced_amount"), (0.0,))

    def test_of_an_invoice_for_two_orders_each_deal_has_its_part(self):
        other = self.lead.copy()
        self._link("deal", "006B", other)
        second = self.applied(self.order("006B"))
        moves = (self.sold | second)._create_invoices(grouped=False)
        self.assertEqual(len(moves), 1)
        moves.invoice_date = fields.Date.today()
        moves.action_post()
        self.assertEqual(self.standing("invoiced_amount"), (1309.0,))
        self.assertEqual(other.saas_sync_invoiced_amount, 1190.0)

    def test_states_without_a_confirmed_order(self):
        lead = self.lead.copy({"stage_id": self.env["crm.stage"].search([])[0].id})
        self.assertEqual(lead.saas_sync_order_state, "none")
        self.assertFalse(lead.saas_sync_order_name)
        lead.action_set_won()
        self.assertEqual(lead.saas_sync_order_state, "pending")
        self._link("deal", "006C", lead)
        order = self.applied(self.order("006C", climb=["drafted"]))
        self.assertEqual(lead.saas_sync_order_state, "draft")
        order.action_cancel()
        self.assertEqual(lead.saas_sync_order_state, "cancelled")

    # Customers

    def test_a_customer_is_good_open_overdue_or_on_hold(self):
        partner = self.partner.with_company(self.company)
        self.assertEqual(partner.saas_sync_standing, "good")
        moves = self.invoice_sold()
        partner.invalidate_recordset()
        self.assertEqual(
            (partner.saas_sync_standing, partner.saas_sync_open_amount),
            ("open", 1309.0),
        )
        moves.line_ids.filtered("date_maturity").date_maturity = "2026-01-01"
        self.env.flush_all()
        partner.invalidate_recordset()
        self.assertEqual(partner.saas_sync_standing, "overdue")
        partner.saas_sync_credit_hold = True
        self.assertEqual(partner.saas_sync_standing, "hold")

    def test_setting_a_hold_is_told(self):
        self.partner.saas_sync_credit_hold = True
        self.assertEqual([row[:2] for row in self.take()], [("customer", "001A")])

    def test_what_becomes_overdue_by_the_calendar_alone_is_told(self):
        moves = self.invoice_sold()
        yesterday = fields.Date.today() - timedelta(days=1)
        moves.line_ids.filtered("date_maturity").date_maturity = yesterday
        self.take()
        self.env["res.partner"]._cron_saas_sync_overdue()
        self.assertEqual(
            self.take(), [("customer", "001A", sorted(PARTNER_FIELDS))]
        )

    def test_contacts_of_a_company_stand_as_it_does(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.partner.id}
        )
        self.partner.saas_sync_credit_hold = True
        self.assertEqual(contact.saas_sync_standing, "hold")

    def test_where_nobody_listens_nothing_is_noted(self):
        self.connection.watch = False
        self.invoice_sold()
        self.assertEqual(self.take(), [])

    def test_journal_entries_of_no_customer_are_no_news(self):
        accounts = self.env["account.account"].search(
            [
                ("company_ids", "in", self.company.ids),
                ("account_type", "=", "expense"),
            ],
            limit=2,
        )
        move = self.env["account.move"].create(
            {
                "journal_id": self.env["account.journal"]
                .search(
                    [("type", "=", "general"), ("company_id", "=", self.company.id)],
                    limit=1,
                )
                .id,
                "line_ids": [
                    Command.create({"account_id": accounts[0].id, "debit": 5}),
                    Command.create({"account_id": accounts[-1].id, "credit": 5}),
                ],
            }
        )
        move.action_post()
        self.assertEqual(self.take(), [])
