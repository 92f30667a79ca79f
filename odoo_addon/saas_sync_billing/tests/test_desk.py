"""The exceptions desk of billing: taxes, products, and documents in closed periods."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import BillingCase

LOCK = "2026-10-31"


class TestDesk(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mine = {"company_id": cls.company.id, "company_ids": cls.company.ids}
        cls.accountant = new_test_user(
            cls.env, "desk-accountant", groups="account.group_account_user", **mine
        )
        cls.operator = new_test_user(
            cls.env, "desk-operator", groups="saas_sync.group_operator", **mine
        )

    def stands_still(self, change, code="period_locked"):
        """Apply what is refused and report it as the sidecar would; the exception, as
        the accountant sees it."""
        error = self.refused(change, code, self.class_of(code))
        key = change["key"]
        self.api.report(
            {
                "sidecar": {"version": "0.1.0"},
                "exceptions": [
                    {
                        "connection": "stripe-eu",
                        **key,
                        "cause": error["class"],
                        "code": code,
                        "message": error["message"],
                        "hint": error["hint"],
                        "args": error.get("args"),
                        "label": change["label"],
                        "delivery": "evt_1",
                        "amount": 11900,
                        "currency": "EUR",
                        "partner": "Acme",
                    }
                ],
            }
        )
        return self.exception(key)

    def class_of(self, code):
        return "missing_mapping" if code == "tax_unmapped" else "business_rule"

    def exception(self, key):
        return (
            self.env["saas.sync.exception"]
            .with_user(self.accountant)
            .search(
                [
                    ("kind", "=", key["kind"]),
                    ("external_id", "=", key["external_id"]),
                    ("state", "in", ("open", "retrying")),
                ]
            )
        )

    def chatter(self, record):
        return " ".join(str(body) for body in record.sudo().message_ids.mapped("body"))

    # Dates

    def test_the_desk_shows_the_day_a_document_would_be_booked_on(self):
        self.company.sale_lock_date = LOCK
        stuck = self.stands_still(self.invoice("in_1"))
        self.assertTrue(stuck.can_move_date)
        self.assertEqual(stuck.own_date, self.day("2026-10-05"))
        self.assertEqual(stuck.open_date, self.day("2026-11-01"))
        self.company.sale_lock_date = "2026-11-15"
        stuck.invalidate_recordset()
        self.assertEqual(stuck.open_date, self.day("2026-11-16"))

    def test_one_document_is_booked_on_the_first_open_day_and_keeps_its_own_date(self):
        self.company.sale_lock_date = LOCK
        change = self.invoice("in_1")
        stuck = self.stands_still(change)
        self.stands_still(self.invoice("in_2"))
        stuck.action_book_on_open_day()
        self.assertEqual(stuck.state, "retrying")
        move = self.applied({**change, "force": True})
        self.assertBooked(move, 100.0, 19.0, 119.0)
        self.assertEqual(move.date, self.day("2026-11-01"))
        self.assertEqual(move.invoice_date, self.day("2026-10-05"))
        self.refused(self.invoice("in_2"), "period_locked")

    def test_moving_the_date_is_told_in_both_chatters(self):
        self.company.sale_lock_date = LOCK
        change = self.invoice("in_1")
        stuck = self.stands_still(change)
        stuck.action_book_on_open_day()
        move = self.applied({**change, "force": True})
        self.assertIn("Dated 10/05/2026", self.chatter(move))
        self.assertIn("booked on 11/01/2026", self.chatter(move))
        self.assertIn(f"decided by {self.accountant.name}", self.chatter(move))
        self.assertIn("first open day, 11/01/2026", self.chatter(stuck))

    def test_a_moved_document_is_not_posted_again_nor_found_different(self):
        self.company.sale_lock_date = LOCK
        change = self.invoice("in_1")
        self.stands_still(change).action_book_on_open_day()
        self.applied({**change, "force": True})
        again = self.apply_one({**change, "version": 99, "force": True})
        self.assertEqual(again["status"], "unchanged", again)

    def test_payments_are_moved_likewise(self):
        self.company.fiscalyear_lock_date = LOCK
        change = self.payment("py_1")
        self.stands_still(change).action_book_on_open_day()
        payment = self.applied({**change, "force": True})
        self.assertEqual(payment.date, self.day("2026-11-01"))
        self.assertIn("Dated 10/06/2026", self.chatter(payment))

    def test_a_void_in_a_closed_period_is_moved_likewise(self):
        self.applied(self.invoice("in_1"))
        self.company.sale_lock_date = LOCK
        change = self.invoice(
            "in_1", climb=["drafted", "posted", "voided"], void_date="2026-10-20"
        )
        self.stands_still(change).action_book_on_open_day()
        result = self.apply_one({**change, "force": True})
        counter = self.env["account.move"].search(
            [("name", "=", result["climbed"]["voided"])]
        )
        self.assertEqual(counter.date, self.day("2026-11-01"))
        self.assertEqual(counter.invoice_date, self.day("2026-10-20"))

    def test_always_so_is_kept_on_the_connection_and_retries_all_of_them(self):
        self.company.sale_lock_date = LOCK
        first, second = self.invoice("in_1"), self.invoice("in_2")
        stuck = self.stands_still(first)
        other = self.stands_still(second)
        stuck.action_always_on_open_day()
        self.assertEqual(self.connection.lock_date_policy, "first_open_day")
        self.assertEqual((stuck | other).mapped("state"), ["retrying", "retrying"])
        moves = self.applied(first, second, self.invoice("in_3"))
        for move in moves:
            self.assertEqual(move.date, self.day("2026-11-01"))
            self.assertIn("policy of connection Stripe Europe", self.chatter(move))
        self.assertIn(self.accountant.name, self.chatter(self.connection))

    def test_documents_in_open_periods_keep_their_day_whatever_the_policy(self):
        self.connection.lock_date_policy = "first_open_day"
        move = self.applied(self.invoice("in_1"))
        self.assertEqual(move.date, self.day("2026-10-05"))
        self.assertNotIn("closed period", self.chatter(move))

    def test_nothing_moves_unless_somebody_said_so(self):
        self.assertEqual(self.connection.lock_date_policy, "hold")

    def test_operators_do_not_move_dates(self):
        self.company.sale_lock_date = LOCK
        stuck = self.stands_still(self.invoice("in_1")).with_user(self.operator)
        for action in ("action_book_on_open_day", "action_always_on_open_day"):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(stuck, action)()

    # Records

    def test_a_tax_is_chosen_and_all_that_waited_for_it_is_retried(self):
        lines = [("100", "1", ["txr_new"])]
        expected = (10000, 1900, 11900, {"txr_new": 1900})
        changes = [
            self.invoice(name, lines=lines, expected=expected)
            for name in ("in_1", "in_2")
        ]
        stuck, other = (self.stands_still(c, "tax_unmapped") for c in changes)
        stuck.tax_id = self.vat
        stuck.action_use_chosen()
        self.assertEqual((stuck | other).mapped("state"), ["retrying", "retrying"])
        self.assertBooked(self.applied(changes[0]), 100.0, 19.0, 119.0)

    def test_a_new_tax_is_one_press_away(self):
        lines = [("100", "1", ["txr_new"])]
        expected = (10000, 1900, 11900, {"txr_new": 1900})
        stuck = self.stands_still(
            self.invoice("in_1", lines=lines, expected=expected), "tax_unmapped"
        )
        action = stuck.action_new_tax()
        self.assertEqual(action["res_model"], "account.tax")
        self.assertEqual(action["context"]["default_type_tax_use"], "sale")

    def test_currencies_are_one_press_away(self):
        action = self.env["saas.sync.exception"].action_open_currencies()
        self.assertEqual(action["res_model"], "res.currency")
        self.assertFalse(action["context"]["active_test"])

    def test_a_deleted_draft_is_made_anew(self):
        change = self.invoice("in_1", climb=["drafted"])
        self.applied(change).unlink()
        stuck = self.stands_still({**change, "digest": "x"}, "record_deleted")
        self.assertTrue(stuck.can_make_anew)
        self.assertFalse(stuck.can_choose)
        stuck.action_make_anew()
        move = self.applied({**change, "digest": "x"})
        self.assertEqual(move.state, "draft")
        self.assertEqual(move.amount_total, 119.0)

    def test_screens_of_an_operator_hold_no_question_about_taxes(self):
        view = (
            self.env["saas.sync.exception"]
            .with_user(self.operator)
            .get_views([(False, "form")])["views"]["form"]["arch"]
        )
        for name in ("tax_id", "chosen_product_id", "partner"):
            self.assertNotIn(f'name="{name}"', view)
