"""Won deals as orders: the ladder drafted, confirmed, cancelled, climbed for a whole
batch at once.
"""

from odoo import models

from odoo.addons.saas_sync.tools.errors import SyncError

from ..tools.order_item import OrderItem
from .saas_sync_exception import DEALS

# Nobody is written to: neither customers nor salespeople nor followers.
QUIET = {
    "sale_no_log_for_new_lines": True,
    "mail_activity_quick_update": True,
    "saas_sync_keep_order_date": True,
}


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _apply_order(self, connection, changes):
        """Apply ``order`` changes of one connection; see docs/protocol.md for what each
        rung means.
        """
        worker = self.with_context(**QUIET)
        items = worker._order_items(connection, changes)
        won = [item for item in items if not item.lost]
        worker._order_resolve(connection, won)
        worker._order_reopen(won)
        to_write = [item for item in won if worker._order_is_to_write(item)]
        worker._order_check(connection, to_write)
        worker._order_draft(connection, to_write)
        worker._order_amend(connection, won)
        worker._order_confirm(won)
        worker._order_cancel(connection, [item for item in items if item.lost])
        return worker._order_results(connection, items)

    def _order_items(self, connection, changes):
        """One item per change, with its order, receipts and what a person allowed."""
        items = [OrderItem(change) for change in changes]
        receipts = self._has_receipts(connection, [item.key for item in items])
        orders = self._order_linked(items)
        allowances = self._order_allowances(connection, items)
        for item in items:
            item.receipts = receipts[item.key]
            item.allowance = allowances.get(item.key, {})
            item.record = self.env["sale.order"]
            if item.link and item.link["res_id"] not in orders._ids:
                item.fail(self._billing_deleted(item))
            elif item.link:
                item.record = orders.browse(item.link["res_id"]).with_prefetch(
                    orders._ids
                )
            elif item.lost or "drafted" not in item.change["climb"]:
                item.status = "skipped"
        return items

    def _order_linked(self, items):
        ids = [item.link["res_id"] for item in items if item.link]
        return self.env["sale.order"].browse(ids).exists()

    def _order_allowances(self, connection, items):
        """What people decided on the desk, by key: products of lines for as long as
        there are such lines, everything else for this content alone.
        """
        decided = (
            self.env["saas.sync.exception"]
            .sudo()
            .search(
                [
                    ("connection_id", "=", connection.id),
                    ("kind", "in", DEALS),
                    ("external_id", "in", [item.key[1] for item in items]),
                    ("allowance", "!=", False),
                ],
                order="id",
            )
        )
        contents = {item.key: item.content for item in items}
        result = {}
        for exception in decided:
            key = "order", exception.external_id
            allowance = result.setdefault(key, {"codes": [], "products": {}})
            allowance["products"].update(exception.allowance.get("products") or {})
            if exception.allowance.get("content") == contents[key]:
                allowance["codes"] += exception.allowance.get("codes") or []
        return result

    def _order_resolve(self, connection, items):
        """Resolve references; without its deal and its customer an order waits."""
        pending = [item for item in items if not item.stopped]
        keys = {key for item in pending for key in self._order_keys(item)}
        found = self._billing_linked(connection, list(keys))
        for item in pending:
            item.refs = {
                key: found[key] for key in self._order_keys(item) if key in found
            }
            missing = [key for key in self._order_keys(item) if key not in found]
            if missing:
                item.wait_for(missing)

    def _order_keys(self, item):
        values = item.values
        refs = [values["opportunity"], values["partner"]]
        refs += [line["product"] for line in values["lines"]]
        return self._billing_keys(refs)

    def _order_partner(self, item):
        """The deal's customer; none, if the deal names none."""
        ref = item.values["partner"]
        return self._billing_ref(item, ref) if ref else self.env["res.partner"]

    def _order_reopen(self, items):
        """An order that was cancelled because its deal was lost comes back as a
        quotation when the deal is won again; what a person cancelled stays.
        """
        for item in items:
            if item.stopped or item.record.state != "cancel":
                continue
            if "cancelled" in item.receipts and "confirmed" not in item.receipts:
                item.record.action_draft()
                item.status = "updated"
            else:
                item.fail(
                    SyncError(
                        "record_cancelled",
                        self.env._(
                            "Order %(order)s has been cancelled in Odoo by a person.",
                            order=item.record.name,
                        ),
                        hint=self.env._(
                            "Set it to quotation in Sales and retry, or ignore this "
                            "exception."
                        ),
                        args={"order": item.record.name},
                    )
                )

    def _order_is_to_write(self, item):
        """Whether the order is to be made, or made anew while it is a quotation."""
        if item.stopped:
            return False
        if not item.record:
            return True
        return item.record.state in ("draft", "sent") and not item.same_content

    # Rungs above the draft

    def _order_confirm(self, items):
        ready = [item for item in items if item.record and item.wants("confirmed")]
        by_hand = [item for item in ready if item.record.state == "sale"]
        drafts = [item for item in ready if item.record.state in ("draft", "sent")]
        self._billing_bisect(drafts, self._order_confirm_some)
        for item in by_hand + [item for item in drafts if not item.stopped]:
            item.climb("confirmed", item.record.name)

    def _order_confirm_some(self, items):
        orders = self.env["sale.order"].union(*(item.record for item in items))
        orders.action_confirm()

    def _order_cancel(self, connection, items):
        """The deal is lost: a quotation is cancelled, a confirmed order is asked
        about.
        """
        standing = [item for item in items if not item.stopped]
        drafts = [i for i in standing if i.record.state in ("draft", "sent")]
        self._billing_bisect(drafts, self._order_cancel_some)
        for item in drafts:
            if item.stopped:
                continue
            if item.stands("cancelled"):
                item.status = "updated"
            else:
                item.climb("cancelled", item.record.name)
        confirmed = [item for item in standing if item.record.state == "sale"]
        self._order_amend_cancellation(connection, confirmed)

    def _order_cancel_some(self, items):
        orders = self.env["sale.order"].union(*(item.record for item in items))
        orders._action_cancel()

    # Answers

    def _order_results(self, connection, items):
        """Save links and receipts, and answer in the order of the changes."""
        results = [self._billing_result(item) for item in items]
        standing = [item for item in items if item.record]
        self._save_links(connection, [self._order_link_row(item) for item in standing])
        self._save_receipts(
            connection,
            [
                {
                    "change": item.change,
                    "rung": rung,
                    "model": item.record._name,
                    "res_id": item.record.id,
                    "made": made,
                }
                for item in standing
                for rung, made in item.climbed.items()
            ],
        )
        return results

    def _order_link_row(self, item):
        row = self._billing_link_row(item)
        if item.order_lines:
            row["details"] = {"lines": item.order_lines, "allowance": item.allowance}
        return row
