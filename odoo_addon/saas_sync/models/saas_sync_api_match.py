from odoo import models

from ..tools.domains import TwinFinder


class SaasSyncApi(models.AbstractModel):
    """Finding the record in Odoo that an unlinked record is."""

    _inherit = "saas.sync.api"

    def _match_all(self, connection, model, items):
        """(item, outcome) pairs: the one record that matches, an empty recordset, or
        the result that says why it cannot be decided.

        :param items: objects with a ``change`` whose ``match`` holds search domains,
            tried in order
        """
        kinds = {item.change["key"]["kind"] for item in items}
        finders = {
            kind: self._twin_finder(connection, model, kind, items) for kind in kinds
        }
        for item in items:
            finder = finders[item.change["key"]["kind"]]
            yield item, self._match(model, finder, item.change)

    def _match(self, model, finder, change):
        for domain in change.get("match") or []:
            found = finder.find(domain)
            if len(found) > 1:
                return self._ambiguous(change, found)
            if found:
                finder.take(found)
                return found
        return model.browse()

    def _twin_finder(self, connection, model, kind, items):
        domains = [
            domain
            for item in items
            if item.change["key"]["kind"] == kind
            for domain in item.change.get("match") or []
        ]
        return TwinFinder(
            model, domains, lambda ids: self._linked_ids(connection, kind, model, ids)
        )

    def _linked_ids(self, connection, kind, model, ids):
        links = (
            self.env["saas.sync.link"]
            .sudo()
            .search_fetch(
                [
                    ("connection_id", "=", connection.id),
                    ("kind", "=", kind),
                    ("model", "=", model._name),
                    ("res_id", "in", ids),
                ],
                ["res_id"],
            )
        )
        return links.mapped("res_id")

    def _ambiguous(self, change, found, failure_class="conflict"):
        names = found.sorted("id")[:10]
        return self._rejected(
            change,
            code="ambiguous_match",
            failure_class=failure_class,
            message=self.env._(
                "%(count)s records in Odoo could be %(label)s.",
                count=len(found),
                label=change.get("label") or change["key"]["external_id"],
            ),
            hint=self.env._("Choose the right one below; it is remembered."),
            args={
                "candidates": [
                    {"id": record.id, "name": record.display_name} for record in names
                ]
            },
        )
