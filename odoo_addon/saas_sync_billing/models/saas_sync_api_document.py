"""The frame of documents: loading what stands, resolving references, savepoints, and
the answers.
"""

from contextlib import contextmanager

from odoo import models

from odoo.addons.saas_sync.tools.errors import SyncError

from ..tools.item import Item


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _billing_items(self, connection, changes, model, first_rung):
        """One ``Item`` per change, with its record and receipts.

        What was never made and shall not be made now is skipped; what has no place to
        be booked is refused.
        """
        items = [Item(change) for change in changes]
        receipts = self._has_receipts(connection, [item.key for item in items])
        records = (
            self.env[model]
            .browse([item.link["res_id"] for item in items if item.link])
            .exists()
        )
        for item in items:
            item.receipts = receipts[item.key]
            item.record = self.env[model]
            if item.link and item.link["res_id"] not in records._ids:
                item.fail(self._billing_deleted(item))
            elif item.link:
                # One prefetch for all, or each record would be read on its own.
                item.record = records.browse(item.link["res_id"]).with_prefetch(
                    records._ids
                )
            elif first_rung not in item.change["climb"]:
                item.status = "skipped"
            elif not connection.accounting_ready:
                item.fail(self._billing_not_set_up(connection))
        self._billing_currencies(items)
        return items

    def _billing_currencies(self, items):
        """Give each item its currency, active or not, in one query."""
        codes = {item.values["currency"] for item in items}
        currencies = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "in", list(codes))])
        )
        by_code = currencies.grouped("name")
        for item in items:
            item.currency = by_code.get(item.values["currency"], currencies.browse())

    def _billing_linked(self, connection, keys):
        """Existing records by key; what is not linked, or linked to something deleted,
        is absent.
        """
        found = self._resolve(connection, keys)
        ids = {}
        for record in found.values():
            ids.setdefault(record._name, []).append(record.id)
        existing = {
            model: self.env[model].browse(some).exists()._ids
            for model, some in ids.items()
        }
        return {
            key: record.with_prefetch(existing[record._name])
            for key, record in found.items()
            if record.id in existing[record._name]
        }

    # References

    def _billing_resolve(self, connection, items):
        """Resolve the references of all documents at once; what is missing stops its
        document.
        """
        pending = [item for item in items if not item.stopped]
        needed = {item: self._billing_needs(item) for item in pending}
        wished = {item: self._billing_wishes(item) for item in pending}
        keys = {
            key for some in (needed, wished) for refs in some.values() for key in refs
        }
        found = self._billing_linked(connection, list(keys))
        for item in pending:
            item.refs = {
                key: found[key]
                for key in (*needed[item], *wished[item])
                if key in found
            }
            missing = [key for key in needed[item] if key not in found]
            rates = [external_id for kind, external_id in missing if kind == "tax_rate"]
            others = [key for key in missing if key[0] != "tax_rate"]
            if others:
                item.wait_for(others)
            elif rates:
                item.fail(self._billing_tax_unmapped(connection, rates[0]))

    def _billing_needs(self, item):
        """Keys without which the document cannot be written."""
        values = item.values
        refs = [values["partner"]]
        if "lines" in values:
            refs += [line["product"] for line in values["lines"]]
            refs += [tax for line in values["lines"] for tax in line["taxes"]]
            refs += [tax["tax"] for tax in values["expected"]["taxes"]]
            refs.append(values["reversed_entry"])
        elif item.record:
            return []
        elif not values["partner"]:
            refs += [allocation["move"] for allocation in values["allocations"]]
        return self._billing_keys(refs)

    def _billing_wishes(self, item):
        """Keys that are useful now and needed only by a later rung."""
        return self._billing_keys(
            allocation["move"] for allocation in item.values.get("allocations", ())
        )

    def _billing_keys(self, refs):
        keys = ((ref["ref"]["kind"], ref["ref"]["external_id"]) for ref in refs if ref)
        return list(dict.fromkeys(keys))

    def _billing_ref(self, item, ref):
        """The record of a resolved reference."""
        return item.refs[ref["ref"]["kind"], ref["ref"]["external_id"]]

    # Savepoints

    @contextmanager
    def _billing_catch(self, item):
        """Turn a refusal into the item's error. For checks only: nothing is undone."""
        try:
            yield
        except SyncError as error:
            item.fail(error)

    def _billing_bisect(self, entries, work):
        """Run ``work(entries)`` in savepoints that isolate bad entries, whose item
        gets the error and forgets what ``work`` noted on it.

        Entries are items, or tuples that begin with one.
        """
        items = [entry[0] if isinstance(entry, tuple) else entry for entry in entries]
        marks = {id(item): item.mark() for item in items}

        def attempt(pairs):
            for item, _entry in pairs:
                item.restore(marks[id(item)])
            work([entry for _item, entry in pairs])
            return [None] * len(pairs)

        pairs = list(zip(items, entries, strict=True))
        refusals = self._bisect(pairs, attempt, lambda pair: pair[0].change)
        for item, refusal in zip(items, refusals, strict=True):
            if refusal:
                item.restore(marks[id(item)])
                item.error = refusal["error"]

    # Answers

    def _billing_results(self, connection, items):
        """Save links and receipts, and answer in the order of the changes."""
        results = [self._billing_result(item) for item in items]
        standing = [item for item in items if item.record]
        self._save_links(
            connection, [self._billing_link_row(item) for item in standing]
        )
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

    def _billing_result(self, item):
        extra = {}
        if item.record:
            extra |= {"model": item.record._name, "res_id": item.record.id}
        if item.climbed:
            extra["climbed"] = item.climbed
        if item.error:
            return self._result(item.change, "rejected", **extra, error=item.error)
        if item.waiting:
            return self._result(
                item.change, "waiting", **extra, waiting_for=item.waiting
            )
        if item.record:
            extra |= {
                "version": item.change["version"],
                "digest": item.change["digest"],
            }
        return self._result(item.change, item.status, **extra)

    def _billing_link_row(self, item):
        row = {
            "change": item.change,
            "model": item.record._name,
            "res_id": item.record.id,
        }
        if item.written or not item.stopped:
            # What waits has not been written: it must not pass for current next time.
            row["base"] = {"content": item.content}
        if item.error:
            error = item.error["message"]
            return {**row, "digest": None, "state": "exception", "last_error": error}
        if item.waiting:
            return {**row, "digest": None, "state": "waiting"}
        return row

    # Refusals

    def _billing_not_set_up(self, connection):
        return SyncError(
            "connection_not_set_up",
            self.env._(
                "The accounting of connection %s is not set up in Odoo.",
                connection.name,
            ),
            failure_class="missing_mapping",
            hint=self.env._(
                'Open the connection in SaaS Sync and press "Set up accounting", then '
                "retry."
            ),
            args={"connection": connection.code},
        )

    def _billing_tax_unmapped(self, connection, rate):
        exceptions = self.env["saas.sync.exception"]
        details = exceptions._tax_rate_label(connection, rate)
        return SyncError(
            "tax_unmapped",
            exceptions._tax_unmapped_message(
                details or self.env._("Tax rate %s", rate), connection.company_id
            ),
            failure_class="missing_mapping",
            hint=self.env._(
                "Choose the Odoo tax below and press Use this and retry. It is "
                "remembered for all later documents."
            ),
            args={"tax_rate": rate, **({"name": details} if details else {})},
        )

    def _billing_deleted(self, item):
        return SyncError(
            "record_deleted",
            self.env._(
                "%s has been deleted in Odoo by a person.", item.change["label"]
            ),
            hint=self.env._(
                "Delete its link to have it made again, or ignore this exception."
            ),
        )
