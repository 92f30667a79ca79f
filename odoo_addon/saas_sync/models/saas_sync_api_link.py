from collections import defaultdict

from odoo import models

from ..tools.domains import TwinFinder
from .saas_sync_api import key_of


class SaasSyncApi(models.AbstractModel):
    """Records that are found in Odoo and never made: taxes, prices."""

    _inherit = "saas.sync.api"

    def _apply_link(self, connection, changes):
        targets = self._resolve(
            connection, [c["to"]["ref"] for c in changes if c.get("to")]
        )
        outcomes = {}
        unmatched = defaultdict(list)
        for change in changes:
            link = change["link"]
            ref = (change.get("to") or {}).get("ref")
            if change["model"] not in self.env:
                outcomes[key_of(change)] = self._no_match(change)
            elif ref:
                target = (ref["kind"], ref["external_id"])
                outcomes[key_of(change)] = targets.get(target) or self._missing(
                    change, [target]
                )
            elif link and (record := self._linked_record(link)):
                outcomes[key_of(change)] = record
            else:
                unmatched[change["model"]].append(change)
        for model, group in unmatched.items():
            domains = [domain for c in group for domain in c.get("match") or []]
            # Many tax rates may be one tax: a linked record stays a candidate.
            finder = TwinFinder(self.env[model], domains, lambda ids: [])
            for change in group:
                outcomes[key_of(change)] = self._find_target(finder, change)
        return self._link_results(connection, changes, outcomes)

    def _linked_record(self, link):
        """The record of a link; none if it was deleted, so that another is found."""
        return self.env[link["model"]].browse(link["res_id"]).exists()

    def _find_target(self, finder, change):
        for domain in change.get("match") or []:
            found = finder.find(domain)
            if len(found) > 1:
                return self._ambiguous(change, found, "missing_mapping")
            if found:
                return found
        return self._no_match(change)

    def _no_match(self, change):
        return self._rejected(
            change,
            code="no_match",
            failure_class="missing_mapping",
            message=self.env._(
                "Nothing in Odoo fits %(label)s.",
                label=change.get("label") or change["key"]["external_id"],
            ),
            hint=self.env._(
                "Choose the Odoo record below and press Use this and retry."
            ),
        )

    def _link_results(self, connection, changes, outcomes):
        rows = []
        results = []
        for change in changes:
            outcome = outcomes[key_of(change)]
            if isinstance(outcome, dict):
                results.append(outcome)
                continue
            link = change["link"]
            moved = not link or (link["model"], link["res_id"]) != (
                outcome._name,
                outcome.id,
            )
            results.append(
                self._result(
                    change,
                    ("updated" if link else "created") if moved else "unchanged",
                    model=outcome._name,
                    res_id=outcome.id,
                    version=change["version"],
                    digest=change["digest"],
                )
            )
            rows.append(
                {
                    "change": change,
                    "model": outcome._name,
                    "res_id": outcome.id,
                    "details": change.get("details"),
                }
            )
        self._save_links(connection, rows)
        return results
