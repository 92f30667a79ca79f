"""Payments and refunds: posted in the connection's journal, reconciled with what they
pay, taken back if failed.
"""

from odoo import fields, models

from odoo.addons.saas_sync.tools.errors import SyncError

from ..tools.amounts import show, to_major, to_minor


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _apply_payment(self, connection, changes):
        """Apply ``payment`` changes of one connection; see docs/protocol.md for what
        each rung means.
        """
        items = self._billing_items(connection, changes, "account.payment", "posted")
        self._payment_check_standing(items)
        self._billing_resolve(connection, items)
        self._payment_check(connection, items)
        self._payment_post(connection, items)
        self._payment_reconcile(connection, items)
        self._payment_fail(connection, items)
        return self._billing_results(connection, items)

    def _payment_check_standing(self, items):
        for item in items:
            payment = item.record
            if not payment:
                continue
            if (
                payment.state not in ("in_process", "paid")
                and "posted" in item.receipts
            ):
                item.fail(
                    SyncError(
                        "posted_was_reset",
                        self.env._(
                            "Payment %s was posted by the synchronisation and has been "
                            "reset or cancelled by a person.",
                            item.receipts["posted"],
                        ),
                        hint=self.env._(
                            "Confirm it again in Accounting, or ignore this exception."
                        ),
                    )
                )
            elif not item.same_content and "posted" in item.receipts:
                self._payment_compare(item)

    def _payment_compare(self, item):
        values, payment = item.values, item.record
        amount = to_minor(payment.amount, values["exponent"])
        if (amount, payment.currency_id.name) != (values["amount"], values["currency"]):
            item.fail(
                SyncError(
                    "posted_differs",
                    self.env._(
                        "Payment %(number)s is posted with %(actual)s, and is now said "
                        "to be %(wanted)s.",
                        number=payment.name,
                        actual=show(
                            amount, values["exponent"], payment.currency_id.name
                        ),
                        wanted=show(
                            values["amount"], values["exponent"], values["currency"]
                        ),
                    ),
                    hint=self.env._(
                        "A posted payment is not changed. Correct it in Accounting, or "
                        "ignore this."
                    ),
                )
            )

    def _payment_check(self, connection, items):
        pending = [item for item in items if item.wants("posted")]
        rates = self._billing_rate_dates(connection, pending)
        locks = self._billing_locks(connection.company_id)
        for item in pending:
            values = item.values
            date = fields.Date.to_date(values["date"])
            with self._billing_catch(item):
                self._billing_check_money(
                    connection, item, [values["amount"]], date, rates
                )
                item.booked_on = self._billing_booking_date(
                    connection, item, locks, date, False, journal_type="bank"
                )

    # Posting

    def _payment_post(self, connection, items):
        wanted = [item for item in items if item.wants("posted")]
        self._billing_bisect(
            wanted, lambda some: self._payment_post_some(connection, some)
        )
        for item in wanted:
            if not item.stopped:
                item.climb("posted", item.record.name)

    def _payment_post_some(self, connection, items):
        payments = self.env["account.payment"]
        new = [item for item in items if not item.record]
        created = payments.create(
            [self._payment_values(connection, item) for item in new]
        )
        made = dict(zip(map(id, new), created, strict=True))
        records = payments.union(*(made.get(id(item)) or item.record for item in items))
        for item in items:
            if item.record and item.record.date != item.booked_on:
                item.record.date = item.booked_on
        records.action_post()
        for item in items:
            payment, own = made.get(id(item)) or item.record, item.values["date"]
            self._move_check_date(payment.move_id, own, item.booked_on)
            self._billing_tell_moved(item, payment, own)
        for item in new:
            item.record = made[id(item)]
            item.status = "created"
            item.written = True

    def _payment_values(self, connection, item):
        values = item.values
        journal = connection._billing_payment_journal(values["channel"])
        account = self._payment_receivable_account(item)
        result = {
            "payment_type": values["payment_type"],
            "partner_type": "customer",
            "partner_id": self._payment_partner(item).id,
            "amount": to_major(values["amount"], values["exponent"]),
            "currency_id": item.currency.id,
            "date": item.booked_on,
            "memo": values["memo"],
            "journal_id": journal.id,
            "company_id": connection.company_id.id,
            "payment_method_line_id": connection._billing_method_line(
                journal, values["payment_type"]
            ).id,
        }
        if account:
            result["destination_account_id"] = account.id
        return result

    def _payment_partner(self, item):
        """Who pays: the customer, else whoever the first document paid was made out to,
        else nobody known.
        """
        values = item.values
        if values["partner"]:
            return self._billing_ref(item, values["partner"]).commercial_partner_id
        moves = [
            self._billing_ref(item, allocation["move"])
            for allocation in values["allocations"]
        ]
        return moves[0].commercial_partner_id if moves else self.env["res.partner"]

    def _payment_receivable_account(self, item):
        """The account of the documents paid, which a fiscal position may have set apart
        from the customer's.
        """
        for allocation in item.values["allocations"]:
            ref = allocation["move"]["ref"]
            move = item.refs.get((ref["kind"], ref["external_id"]))
            if move:
                return self._billing_receivable(move)[:1].account_id
        return self.env["account.account"]

    # Reconciling

    def _payment_reconcile(self, connection, items):
        """Reconcile all pairs of the batch in one plan, in the order of the rungs."""
        pairs = []
        residuals = {}
        for item in items:
            for external_id in item.wanted("reconciled:"):
                with self._billing_catch(item):
                    pairs += self._payment_pair(item, external_id, residuals)
                if item.stopped:
                    break
        self._billing_bisect(
            pairs,
            lambda some: self._billing_reconcile([lines for *_item, lines in some]),
        )
        for item, rung, made, _lines in pairs:
            if not item.error:
                item.climb(rung, made)

    def _payment_pair(self, item, external_id, residuals):
        """What to reconcile for one allocation: ``[(item, rung, document, journal
        items)]``.

        Nothing if the document is not posted yet, or is paid by this very payment
        already, by a person's hand.
        Raises if nothing is open, or more would be reconciled than was allocated.
        """
        allocation = next(
            entry
            for entry in item.values["allocations"]
            if entry["move"]["ref"]["external_id"] == external_id
        )
        key = (allocation["move"]["ref"]["kind"], external_id)
        rung, move = f"reconciled:{external_id}", item.refs.get(key)
        if not move or move.state != "posted":
            item.wait_for([key])
            return []
        pay_lines, move_lines = (
            self._billing_receivable(item.record.move_id),
            self._billing_receivable(move),
        )
        if self._billing_matched(pay_lines, move_lines):
            item.climb(rung, move.name)
            return []
        for lines in (pay_lines, move_lines):
            residuals.setdefault(
                lines, abs(sum(lines.mapped("amount_residual_currency")))
            )
        exponent, same = (
            item.values["exponent"],
            item.record.currency_id == move.currency_id,
        )
        if pay_lines.account_id != move_lines.account_id:
            raise self._payment_accounts_differ(item, move, pay_lines, move_lines)
        open_minor = to_minor(residuals[move_lines], exponent)
        if not open_minor or not residuals[pay_lines]:
            raise self._payment_nothing_open(item, move)
        if same:
            taken = min(to_minor(residuals[pay_lines], exponent), open_minor)
            if taken > allocation["amount"]:
                raise self._payment_not_exact(item, move, allocation["amount"], taken)
            for lines in (pay_lines, move_lines):
                residuals[lines] -= to_major(taken, exponent)
        return [(item, rung, move.name, pay_lines + move_lines)]

    def _payment_accounts_differ(self, item, move, pay_lines, move_lines):
        return SyncError(
            "accounts_differ",
            self.env._(
                "%(payment)s is booked on receivable account %(payment_account)s, "
                "%(document)s on %(account)s.",
                payment=item.record.name,
                payment_account=pay_lines.account_id.display_name,
                document=move.name,
                account=move_lines.account_id.display_name,
            ),
            hint=self.env._(
                "Book the difference in Accounting and reconcile by hand, then retry."
            ),
        )

    def _payment_nothing_open(self, item, move):
        return SyncError(
            "nothing_open",
            self.env._(
                "%(payment)s cannot be reconciled with %(document)s: one of them has "
                "been reconciled otherwise.",
                payment=item.record.name,
                document=move.name,
            ),
            hint=self.env._(
                "Undo that reconciliation in Accounting and retry, or leave the "
                "payment as the customer's credit."
            ),
        )

    def _payment_not_exact(self, item, move, wanted, taken):
        values = item.values
        return SyncError(
            "allocation_differs",
            self.env._(
                "%(payment)s pays %(wanted)s of %(document)s, but Odoo would reconcile "
                "%(taken)s.",
                payment=item.record.name,
                document=move.name,
                wanted=show(wanted, values["exponent"], values["currency"]),
                taken=show(taken, values["exponent"], values["currency"]),
            ),
            hint=self.env._("Reconcile the payment in Accounting by hand, then retry."),
        )
