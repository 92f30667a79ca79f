"""Posting invoices and credit notes, and what may still be said about a document once
it is posted.
"""

from functools import partial

from odoo import fields, models

from odoo.addons.saas_sync.tools.errors import SyncError

from ..tools.amounts import Totals, show


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _move_post(self, connection, items):
        """Post what is equal to the cent and belongs to an open period, in batches."""
        wanted = [item for item in items if item.record and item.wants("posted")]
        by_hand = [item for item in wanted if item.record.state == "posted"]
        wanted = [item for item in wanted if item.record.state != "posted"]
        for item in by_hand:
            item.climb("posted", item.record.name)
        locks = self._billing_locks(connection.company_id)
        for item in wanted:
            with self._billing_catch(item):
                self._move_check_postable(connection, item, locks)
                self._move_check_original(item)
        ready = [item for item in wanted if not item.stopped]
        self._billing_bisect(ready, self._move_post_some)
        for item in ready:
            if not item.stopped:
                item.climb("posted", item.record.name)

    def _move_check_postable(self, connection, item, locks):
        values, move = item.values, item.record
        if move.state != "draft":
            raise SyncError(
                "record_cancelled",
                self.env._(
                    "The draft of %(document)s has been cancelled in Odoo by a person.",
                    document=item.change["label"],
                ),
                hint=self.env._(
                    "Reset it to draft in Accounting and retry, or ignore this "
                    "exception."
                ),
            )
        taxed = any(line["taxes"] for line in values["lines"])
        item.booked_on = self._billing_booking_date(
            connection, item, locks, values["invoice_date"], taxed
        )
        wanted, exponent = self._move_expected(item), values["exponent"]
        if Totals.of_move(move, exponent) != wanted:
            align = partial(
                self._move_align,
                connection,
                move,
                wanted,
                exponent,
                values["tolerance"],
            )
            self._billing_bisect([item], lambda _items: align())

    def _move_check_original(self, item):
        original = item.record.reversed_entry_id
        if original and original.state == "draft":
            ref = item.values["reversed_entry"]["ref"]
            item.wait_for([(ref["kind"], ref["external_id"])])

    def _move_post_some(self, items):
        moves = self.env["account.move"].union(*(item.record for item in items))
        for item in items:
            if item.record.date != item.booked_on:
                item.record.date = item.booked_on
        moves.with_context(saas_sync_own_matching=True).action_post()
        for item in items:
            own = item.values["invoice_date"]
            self._move_check_date(item.record, own, item.booked_on)
            self._billing_tell_moved(item, item.record, own)
        # Odoo pairs credit notes with originals by position, which fails for two notes
        # of one invoice.
        self._billing_reconcile(
            [
                item.record.line_ids + item.record.reversed_entry_id.line_ids
                for item in items
                if item.record.reversed_entry_id and not item.wanted("settled:")
            ]
        )

    def _move_check_date(self, move, own, wanted):
        """Odoo moves a document out of a locked period without a word; raising undoes
        the posting.
        """
        own = fields.Date.to_date(own)
        if move.date != wanted or move.invoice_date not in (False, own):
            raise SyncError(
                "period_locked",
                self.env._(
                    "Odoo would book %(document)s on %(odoo)s instead of %(wanted)s, "
                    "because that period is closed.",
                    document=move.ref or move.display_name,
                    odoo=move.date,
                    wanted=wanted,
                ),
                hint=self.env._(
                    "Open the period in Accounting, or enter the document by hand, "
                    "then retry."
                ),
                args={"date": str(wanted)},
            )

    def _move_compare_posted(self, connection, items):
        """A posted document is never written; say so if what the vendor now says, or
        what a person has posted, differs materially.
        """
        for item in items:
            if item.stopped or item.fresh or item.record.state != "posted":
                continue
            if item.same_content and "posted" in item.receipts:
                continue
            differences = self._move_material_differences(item)
            if differences:
                item.fail(
                    SyncError(
                        "posted_differs",
                        self.env._(
                            "%(number)s is posted, and %(system)s now says otherwise: "
                            "%(differences)s.",
                            number=item.record.name,
                            system=connection._billing_label(),
                            differences=", ".join(differences),
                        ),
                        hint=self.env._(
                            "A posted document is not changed. Correct it with a "
                            "credit note and a new invoice, "
                            "or ignore this exception."
                        ),
                        args={"number": item.record.name},
                    )
                )
            else:
                self._move_update_due_date(item)

    def _move_material_differences(self, item):
        values, move = item.values, item.record
        partner = self._billing_ref(item, values["partner"]).commercial_partner_id
        exponent, currency = values["exponent"], values["currency"]
        wanted, actual = self._move_expected(item), Totals.of_move(move, exponent)
        missing = actual.missing(wanted)
        pairs = [
            (
                self.env._("customer"),
                f"{partner.name} (#{partner.id})",
                f"{move.commercial_partner_id.name} (#{move.commercial_partner_id.id})",
            ),
            (self.env._("currency"), currency, move.currency_id.name),
            (
                self.env._("date"),
                fields.Date.to_date(values["invoice_date"]),
                move.invoice_date,
            ),
            (
                self.env._("amount before tax"),
                show(wanted.untaxed, exponent, currency),
                show(actual.untaxed, exponent, currency),
            ),
            (
                self.env._("total"),
                show(wanted.total, exponent, currency),
                show(actual.total, exponent, currency),
            ),
        ]
        result = [
            self.env._(
                "%(what)s %(new)s instead of %(old)s",
                what=what,
                new=new,
                old=old,
            )
            for what, new, old in pairs
            if new != old
        ]
        taxes = self.env["account.tax"].browse(missing.taxes)
        return result + [self.env._("tax %(name)s", name=tax.name) for tax in taxes]

    def _move_update_due_date(self, item):
        due = fields.Date.to_date(item.values["invoice_date_due"])
        if due and due != item.record.invoice_date_due:
            item.record.invoice_date_due = due
            item.status = "updated"

    # Settling credit notes with refunds

    def _move_settle(self, connection, items):
        """Reconcile credit notes with the refunds that paid them out."""
        plan, climbing = [], []
        for item in items:
            for refund in item.wanted("settled:"):
                payment = self._billing_linked(connection, [("refund", refund)]).get(
                    ("refund", refund)
                )
                if not payment or payment.state not in ("in_process", "paid"):
                    item.wait_for([("refund", refund)])
                    break
                plan.append((item, item.record.line_ids + payment.move_id.line_ids))
                climbing.append((item, refund, payment))
        self._billing_bisect(plan, self._move_settle_some)
        for item, refund, payment in climbing:
            if not item.error:
                item.climb(f"settled:{refund}", payment.name)

    def _move_settle_some(self, plan):
        self._billing_reconcile([lines for _item, lines in plan])
        # What no refund paid out is credited to the invoice, if that is open.
        notes = dict.fromkeys(item.record for item, _lines in plan if not item.waiting)
        self._billing_reconcile(
            [
                note.line_ids + note.reversed_entry_id.line_ids
                for note in notes
                if note.reversed_entry_id
            ]
        )
