"""Refunds that fail after they were posted: taken back by a counter-payment."""

from odoo import models


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _payment_fail(self, connection, items):
        locks = self._billing_locks(connection.company_id)
        for item in [item for item in items if item.record and item.wants("failed")]:
            self._billing_bisect(
                [item], lambda some: self._payment_fail_one(connection, some[0], locks)
            )

    def _payment_fail_one(self, connection, item, locks):
        """Open what the refund had settled, and cancel the money out by a
        counter-payment.
        """
        values, payment = item.values, item.record
        date = values["failed_date"] or values["date"]
        booked_on = self._billing_booking_date(
            connection, item, locks, date, False, journal_type="bank"
        )
        lines = self._billing_receivable(payment.move_id)
        lines.remove_move_reconcile()
        inbound = payment.payment_type == "inbound"
        counter_type = "outbound" if inbound else "inbound"
        counter = self.env["account.payment"].create(
            {
                "payment_type": counter_type,
                "partner_type": "customer",
                "partner_id": payment.partner_id.id,
                "amount": payment.amount,
                "currency_id": payment.currency_id.id,
                "date": booked_on,
                "memo": self.env._("Failed: %s", values["memo"]),
                "journal_id": payment.journal_id.id,
                "company_id": connection.company_id.id,
                "payment_method_line_id": connection._billing_method_line(
                    payment.journal_id, counter_type
                ).id,
                "destination_account_id": lines.account_id[:1].id,
            }
        )
        counter.action_post()
        self._move_check_date(counter.move_id, date, booked_on)
        self._billing_tell_moved(item, counter, date)
        self._billing_reconcile([lines + self._billing_receivable(counter.move_id)])
        item.climb("failed", counter.name)
