from collections import defaultdict

from odoo import fields, models

from ..tools.values import is_lookup, is_ref, same, wire
from .saas_sync_api import key_of
from .saas_sync_api_decide import Item


class SaasSyncApi(models.AbstractModel):
    """Masters: compare and set against the base, adopt a twin, or create."""

    _inherit = "saas.sync.api"

    def _apply_upsert(self, connection, changes):
        circles = self._in_circles(changes)
        results = {key_of(change): self._parent_loop(change) for change in circles}
        waiting = [change for change in changes if key_of(change) not in results]
        while waiting:
            # A record that others of this batch point to is made before them.
            ahead = {key_of(change) for change in waiting}
            now = [c for c in waiting if not (self._refs(c) & ahead) - {key_of(c)}]
            now = now or waiting
            results.update(self._upsert_wave(connection, now))
            done = {id(change) for change in now}
            waiting = [change for change in waiting if id(change) not in done]
        return [results[key_of(change)] for change in changes]

    def _upsert_wave(self, connection, changes):
        """Results by key of changes that do not depend on each other."""
        results = {}
        bases = [{"values": self._base_of(change)} for change in changes]
        records = self._resolve(
            connection, set().union(*map(self._refs, [*changes, *bases]))
        )
        lookups = self._lookup_all([*changes, *bases])
        by_model = defaultdict(list)
        for change in changes:
            refused = self._cannot_map(change)
            missing = [ref for ref in sorted(self._refs(change)) if ref not in records]
            if refused or missing:
                results[key_of(change)] = refused or self._missing(change, missing)
                continue
            wanted = self._wanted(change, records, lookups)
            by_model[change["model"]].append(Item(change, wanted, records, lookups))
        rows = []
        for model, items in by_model.items():
            for item, result in self._upsert_model(connection, model, items):
                if result["status"] in ("created", "updated", "unchanged"):
                    rows.append(self._link_row(item, result))
                results[key_of(item.change)] = result
        self._save_links(connection, rows)
        return results

    @staticmethod
    def _base_of(change):
        base = change.get("base")
        return ((change["link"] or {}).get("base") if base is None else base) or {}

    def _link_row(self, item, result):
        change = item.change
        result.update(version=change["version"], digest=change["digest"])
        return {
            "change": change,
            "model": result["model"],
            "res_id": result["res_id"],
            "base": result["base"],
            "changed": self._changed(item, result),
            "state": "archived" if item.wanted.get("active") is False else "synced",
        }

    @staticmethod
    def _changed(item, result):
        """Which fields the sync wrote, and when: shown beside who owns them."""
        if result["status"] != "updated":
            return None
        at = fields.Datetime.to_string(fields.Datetime.now())
        return dict.fromkeys(item.writes, at)

    # One model

    def _upsert_model(self, connection, model, items):
        """(item, result) pairs."""
        target = self.env[model]
        new = []
        linked = []
        for item in items:
            link = item.change["link"]
            if link:
                item.record = target.browse(link["res_id"])
                linked.append(item)
            else:
                new.append(item)
        pairs = []
        for item, outcome in self._match_all(connection, target, new):
            if isinstance(outcome, dict):
                pairs.append((item, outcome))
            elif outcome:
                item.record, item.adopted = outcome, True
                linked.append(item)
            elif not item.change.get("create"):
                pairs.append((item, self._result(item.change, "skipped")))
        done = {id(item) for item, _result in pairs}
        create = [i for i in new if not i.adopted and id(i) not in done]

        def change_of(item):
            return item.change

        prefetched = target.browse([item.record.id for item in linked])
        for item, record in zip(linked, prefetched, strict=True):
            item.record = record
        self._meet(connection, linked)
        written = self._bisect(linked, self._write_items, change_of)
        created = self._bisect(create, self._create_items, change_of)
        done = [
            *zip(linked, written, strict=True),
            *zip(create, created, strict=True),
        ]
        self._tell_all(connection, done)
        return pairs + done

    def _create_items(self, items):
        target = self.env[items[0].change["model"]]
        records = target.create([dict(item.wanted) for item in items])
        for item, record in zip(items, records, strict=True):
            item.record = record
            item.writes = {
                name: value
                for name, value in item.wanted.items()
                if self._is_parents(record, name)
                and value
                and not same(self.env, record, name, value)
            }
        self._write_grouped(items)
        return [self._written(item, "created") for item in items]

    def _write_items(self, items):
        found = items[0].record.browse([item.record.id for item in items]).exists()
        results = {}
        for item in items:
            if item.record not in found:
                results[id(item)] = self._record_missing(item)
                continue
            if self._decide(item):
                results[id(item)] = self._diverged(item)
        todo = [item for item in items if id(item) not in results]
        for item in self._below_themselves(todo):
            results[id(item)] = self._parent_loop(item.change)
        todo = [item for item in todo if id(item) not in results]
        self._write_grouped(todo)
        for item in todo:
            status = "updated" if item.writes else "unchanged"
            results[id(item)] = self._written(item, status)
        return [results[id(item)] for item in items]

    def _write_grouped(self, items):
        """Write equal values with one call; a contact's commercial fields go to its
        commercial partner."""
        groups = defaultdict(list)
        values = {}
        prefetch = [item.record.id for item in items]
        for item in items:
            own, parents = {}, {}
            for name, value in item.writes.items():
                is_parents = self._is_parents(item.record, name)
                (parents if is_parents else own)[name] = value
            for record, vals in (
                (item.record, own),
                (item.record.commercial_partner_id if parents else None, parents),
            ):
                if vals:
                    key = repr(sorted(vals.items()))
                    groups[key].append(record.id)
                    values[key] = vals
        for key, ids in groups.items():
            # The prefetch is kept: what one write reads is read for all of them.
            items[0].record.browse(ids).with_prefetch(prefetch).write(values[key])

    # Answers

    def _written(self, item, status):
        if item.change.get("outward"):
            self._tell(item)
        return self._result(
            item.change,
            status,
            model=item.record._name,
            res_id=item.record.id,
            base=self._read_back(item),
        )

    def _read_back(self, item):
        """What Odoo made of the values, in the change's own notation where equal.

        Fields that this change leaves alone keep the base they had.
        """
        base = dict((item.change["link"] or {}).get("base") or {})
        for name, wanted in item.wanted.items():
            if item.is_apart(name) or name in item.unsaid:
                continue
            value = item.change["values"][name]
            if name in item.kept:
                base[name] = item.kept[name]
            elif (is_ref(value) or is_lookup(value)) and same(
                self.env, item.record, name, wanted
            ):
                base[name] = value
            else:
                base[name] = wire(item.record, name)
        # What the vendor was told before counts as agreed.
        said = item.change.get("base") or {}
        for name in item.told_only():
            if name in said and name not in item.told:
                base[name] = said[name]
        base.update(item.change.get("kept") or {})
        return base

    def _diverged(self, item):
        result = self._result(
            item.change,
            "diverged",
            model=item.record._name,
            res_id=item.record.id,
        )
        if item.base is not None:
            # The sidecar may not know it: after a merge, or a store that was lost.
            result["base"] = item.base
        return result

    def _record_missing(self, item):
        return self._rejected(
            item.change,
            code="record_missing",
            failure_class="conflict",
            message=self.env._("The linked record was deleted in Odoo."),
            hint=self.env._(
                "Restore it, or delete its link to let it be found or made again."
            ),
        )
