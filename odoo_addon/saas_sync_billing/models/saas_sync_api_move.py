"""Invoices and credit notes: the ladder drafted, posted, settled, voided, climbed for a
whole batch at once.
"""

from odoo import Command, fields, models
from odoo.tools import plaintext2html

from odoo.addons.saas_sync.tools.errors import SyncError

from ..tools.amounts import Totals


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _apply_move(self, connection, changes):
        """Apply ``move`` changes of one connection; see docs/protocol.md for what each
        rung means.

        Invoices come before credit notes, which may refer to invoices of the same
        batch.
        """
        results = {}
        for notes in (False, True):
            group = [
                c
                for c in changes
                if (c["values"]["move_type"] == "out_refund") == notes
            ]
            for change, result in zip(
                group, self._move_climb(connection, group), strict=True
            ):
                results[id(change)] = result
        return [results[id(change)] for change in changes]

    def _move_climb(self, connection, changes):
        items = self._billing_items(connection, changes, "account.move", "drafted")
        self._move_check_standing(items)
        # What is only to be voided needs its record and nothing of its content.
        told = [item for item in items if "drafted" in item.change["climb"]]
        self._billing_resolve(connection, told)
        self._move_check(connection, told)
        self._move_draft(connection, told)
        self._move_compare_posted(connection, told)
        self._move_post(connection, told)
        self._move_settle(connection, items)
        self._move_void(connection, items)
        return self._billing_results(connection, items)

    def _move_check_standing(self, items):
        """What an earlier call posted must still be posted: people may have reset or
        cancelled it since.
        """
        for item in items:
            move = item.record
            if (
                not move
                or move.state == "posted"
                or "posted" not in item.receipts
                or "voided" in item.receipts
            ):
                continue
            if move.state == "cancel" and item.wants("voided"):
                continue
            state = (
                self.env._("reset to draft")
                if move.state == "draft"
                else self.env._("cancelled")
            )
            item.fail(
                SyncError(
                    "posted_was_reset",
                    self.env._(
                        "%(number)s was posted by the synchronisation and has been "
                        "%(state)s by a person.",
                        number=item.receipts["posted"],
                        state=state,
                    ),
                    hint=self.env._(
                        "Post it again in Accounting, or reverse it there, then retry."
                    ),
                )
            )

    def _move_check(self, connection, items):
        """Refuse what Odoo would get wrong silently: unknown currencies, missing rates,
        lost decimals.
        """
        pending = [item for item in items if not item.stopped]
        rates = self._billing_rate_dates(connection, pending)
        for item in pending:
            values = item.values
            expected = values["expected"]
            amounts = [expected["untaxed"], expected["tax"], expected["total"]]
            amounts += [tax["amount"] for tax in expected["taxes"]]
            date = fields.Date.to_date(values["invoice_date"])
            with self._billing_catch(item):
                self._billing_check_money(connection, item, amounts, date, rates)

    # Drafting

    def _move_draft(self, connection, items):
        """Create all new drafts with one create; rewrite those whose document has
        changed since.
        """
        new = [item for item in items if item.wants("drafted") and not item.record]
        self._billing_bisect(new, lambda some: self._move_create(connection, some))
        for item in items:
            if (
                item.stopped
                or item.climbed
                or not item.record
                or item.record.state != "draft"
            ):
                continue
            if not self._move_is_current(item):
                self._billing_bisect(
                    [item], lambda some: self._move_rewrite(connection, some[0])
                )

    def _move_create(self, connection, items):
        moves = self.env["account.move"].create(
            [self._move_values(connection, item) for item in items]
        )
        for item, move in zip(items, moves, strict=True):
            item.record = move
            item.status = "created"
            item.written = True
            item.climb("drafted", str(move.id))

    def _move_rewrite(self, connection, item):
        values = self._move_values(connection, item)
        lines = values.pop("invoice_line_ids")
        values.pop("move_type")
        # Removing the lines first makes Odoo drop their tax lines; in one write it
        # could keep their amounts.
        item.record.write(
            {
                "invoice_line_ids": [
                    Command.delete(id_) for id_ in item.record.invoice_line_ids.ids
                ]
            }
        )
        item.record.write({**values, "invoice_line_ids": lines})
        item.status = "updated"
        item.written = True

    def _move_is_current(self, item):
        """Whether a draft of an earlier call says what is wanted. It may have been
        mended by hand since, which stays; or a tax may have been mapped anew.
        """
        if item.fresh:
            return True
        if not item.same_content:
            return False
        taxes = {
            tax.id
            for line in item.values["lines"]
            for tax in self._move_taxes(item, line)
        }
        actual = Totals.of_move(item.record, item.values["exponent"])
        missing = actual.missing(self._move_expected(item)).largest()
        return missing <= item.values["tolerance"] and taxes == set(
            item.record.invoice_line_ids.tax_ids.ids
        )

    def _move_values(self, connection, item):
        """Everything is said explicitly, so that no default of a product, partner or
        company sneaks in.
        """
        values = item.values
        result = {
            "move_type": values["move_type"],
            "company_id": connection.company_id.id,
            "journal_id": connection.sale_journal_id.id,
            "partner_id": self._billing_ref(item, values["partner"]).id,
            "currency_id": item.currency.id,
            "invoice_date": values["invoice_date"],
            "date": values["invoice_date"],
            "invoice_payment_term_id": False,
            "invoice_date_due": values["invoice_date_due"] or values["invoice_date"],
            "payment_reference": values["payment_reference"] or False,
            "ref": values["ref"],
            "invoice_user_id": False,
            "reversed_entry_id": values["reversed_entry"]
            and self._billing_ref(item, values["reversed_entry"]).id,
            "invoice_line_ids": [
                Command.create(self._move_line_values(connection, item, line))
                for line in values["lines"]
            ],
        }
        if values["narration"]:
            result["narration"] = plaintext2html(values["narration"])
        return result

    def _move_line_values(self, connection, item, line):
        product = self._move_product(item, line["product"])
        result = {
            "display_type": "product",
            "name": line["name"],
            "product_id": product.id,
            "quantity": float(line["quantity"]),
            "price_unit": float(line["price_unit"]),
            "discount": 0.0,
            "tax_ids": [Command.set(self._move_taxes(item, line).ids)],
        }
        if not product:
            # Odoo would take the account this customer's lines had most often.
            result["account_id"] = connection.income_account_id.id
        return result

    def _move_product(self, item, ref):
        """A product's first variant, archived or not; a line may have no product."""
        if not ref:
            return self.env["product.product"]
        return (
            self._billing_ref(item, ref)
            .with_context(active_test=False)
            .product_variant_ids[:1]
        )

    def _move_taxes(self, item, line):
        taxes = self.env["account.tax"]
        return taxes.union(*(self._billing_ref(item, tax) for tax in line["taxes"]))

    def _move_expected(self, item):
        """What the vendor says, by Odoo's taxes; several tax rates may be mapped to one
        tax.
        """
        expected = item.values["expected"]
        taxes = {}
        for entry in expected["taxes"]:
            tax = self._billing_ref(item, entry["tax"])
            taxes[tax.id] = taxes.get(tax.id, 0) + entry["amount"]
        return Totals(expected["untaxed"], expected["tax"], expected["total"], taxes)
