"""Voiding: a draft is cancelled, a posted document gets a counter-document that is
reconciled with it.
"""

from odoo import Command, models

from ..tools.amounts import Totals


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _move_void(self, connection, items):
        """Climb ``voided`` one document at a time: it is rare, and each has its own
        savepoint.
        """
        locks = self._billing_locks(connection.company_id)
        for item in [item for item in items if item.record and item.wants("voided")]:
            self._billing_bisect(
                [item], lambda some: self._move_void_one(connection, some[0], locks)
            )

    def _move_void_one(self, connection, item, locks):
        move = item.record
        if move.state == "draft":
            move.button_cancel()
        if move.state == "cancel":
            item.climb("voided", "cancelled")
            return
        date = item.values["void_date"] or item.values["invoice_date"]
        item.booked_on = self._billing_booking_date(
            connection, item, locks, date, bool(move.line_ids.tax_ids)
        )
        counter = self._move_counter(connection, item, date)
        if move.move_type == "out_refund":
            # What the voided note had paid is open again; the note itself is cancelled
            # out by its counterpart.
            self._billing_receivable(move).remove_move_reconcile()
        self._billing_reconcile([move.line_ids + counter.line_ids])
        item.climb("voided", counter.name)

    def _move_counter(self, connection, item, date):
        """A posted document with the same lines and cents on the other side, at the
        original's currency rate.
        """
        move, exponent = item.record, item.values["exponent"]
        refund = move.move_type == "out_refund"
        counter = self.env["account.move"].create(
            {
                "move_type": "out_invoice" if refund else "out_refund",
                "company_id": move.company_id.id,
                "journal_id": move.journal_id.id,
                "partner_id": move.partner_id.id,
                "currency_id": move.currency_id.id,
                "invoice_currency_rate": move.invoice_currency_rate,
                "fiscal_position_id": move.fiscal_position_id.id,
                "invoice_date": date,
                "date": item.booked_on,
                "invoice_payment_term_id": False,
                "invoice_date_due": date,
                "invoice_user_id": False,
                "ref": self.env._("Void of %s", move.name),
                "reversed_entry_id": False if refund else move.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "display_type": "product",
                            "name": line.name,
                            "product_id": line.product_id.id,
                            "account_id": line.account_id.id,
                            "quantity": line.quantity,
                            "price_unit": line.price_unit,
                            "discount": 0.0,
                            "tax_ids": [Command.set(line.tax_ids.ids)],
                        }
                    )
                    for line in move.invoice_line_ids
                ],
            }
        )
        wanted = Totals.of_move(move, exponent)
        # The original's cents are the vendor's, however far Odoo's own computation was
        # from them.
        self._move_align(
            connection, counter, wanted, exponent, tolerance=abs(wanted.total)
        )
        counter.with_context(saas_sync_own_matching=True).action_post()
        self._move_check_date(counter, date, item.booked_on)
        self._billing_tell_moved(item, counter, date)
        return counter
