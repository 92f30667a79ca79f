"""A confirmed order is never edited by the synchronisation: what its deal says
otherwise becomes an amendment that a person decides about.
"""

from odoo import models

from odoo.addons.saas_sync_billing.tools.amounts import to_major

from ..tools.lines import price_and_discount, untaxed


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _order_amend(self, connection, items):
        """Tell differences between confirmed orders and their deals; an open amendment
        is refreshed, or withdrawn if both agree again.
        """
        changed = [
            item
            for item in items
            if not item.stopped
            and item.record.state == "sale"
            and not item.written
            and not item.same_content
        ]
        known = self._order_known_lines(changed)
        for item in changed:
            item.order_lines = known.get(item.link["id"], {})
            rows = self._order_differences(connection, item)
            self._order_propose(connection, item, "change", rows)

    def _order_amend_cancellation(self, connection, items):
        for item in items:
            if not item.same_content:
                self._order_propose(connection, item, "cancellation", [])

    def _order_known_lines(self, items):
        """By link: the order's lines by the ids that the source gives them."""
        links = (
            self.env["saas.sync.link"]
            .sudo()
            .browse([item.link["id"] for item in items])
        )
        return {
            link.id: dict((link.details or {}).get("lines") or {}) for link in links
        }

    # Differences

    def _order_differences(self, connection, item):
        """Rows of ``saas.sync.amendment.line``, in the order of the deal."""
        order = item.record
        standing = {
            external_id: line
            for external_id, line in (
                (key, order.order_line.filtered(lambda one, id_=id_: one.id == id_))
                for key, id_ in item.order_lines.items()
            )
            if line
        }
        rows = self._order_term_differences(connection, item)
        for position, line in enumerate(item.values["lines"], 1):
            written = standing.pop(line["id"], None)
            product = self._order_product(item, line)
            item.products[line["id"]] = product
            if written and (not product or written.product_id == product):
                rows += self._order_line_differences(order, line, written)
                continue
            rows.append(self._order_added(item, line, position))
            if written:
                rows += self._order_removed([written])
        return rows + self._order_removed(standing.values())

    def _order_added(self, item, line, position):
        values = self._order_line_values(item, line, position)
        price = item.record.currency_id.format(values["price_unit"])
        product = item.products[line["id"]]
        return {
            "kind": "added",
            "name": line["name"] or product.display_name or line["id"],
            "external_id": line["id"],
            "product_id": values["product_id"],
            "after": f"{values['product_uom_qty']:g} × {price}",
            "values": values,
        }

    def _order_removed(self, lines):
        return [
            {
                "kind": "removed",
                "name": line.name,
                "product_id": line.product_id.id,
                "order_line_id": line.id,
                "before": f"{line.product_uom_qty:g}",
                "after": "0",
                "values": {"product_uom_qty": 0.0},
            }
            for line in lines
            if line.product_uom_qty
        ]

    def _order_line_differences(self, order, line, written):
        price, discount = price_and_discount(line)
        common = {
            "name": written.name,
            "external_id": line["id"],
            "product_id": written.product_id.id,
            "order_line_id": written.id,
        }
        show = order.currency_id.format
        wanted = [
            ("quantity", "product_uom_qty", float(line["quantity"]), "{:g}".format),
            ("price", "price_unit", price, show),
            ("discount", "discount", discount, "{:g} %".format),
        ]
        return [
            {
                **common,
                "kind": kind,
                "before": words(written[name]),
                "after": words(value),
                "values": {name: value},
            }
            for kind, name, value, words in wanted
            if round(written[name] - value, 6)
        ]

    def _order_term_differences(self, connection, item):
        """Customer, reference, delivery date and payment terms; what the deal does not
        say is not compared.
        """
        order, values = item.record, item.values
        partner = self._order_partner(item)
        term = values["payment_term"] and self.env["account.payment.term"].search(
            [
                ("name", "=ilike", values["payment_term"].strip()),
                ("company_id", "in", [False, connection.company_id.id]),
            ],
            limit=1,
        )
        wanted = {
            "partner_id": partner,
            "client_order_ref": values["client_order_ref"],
            "commitment_date": self._order_time(values["commitment_date"]),
            "payment_term_id": term,
        }
        rows = []
        for name, value in wanted.items():
            if not value or order[name] == value:
                continue
            rows.append(
                {
                    "kind": "terms",
                    "name": order._fields[name]._description_string(self.env),
                    "before": self._order_words(order[name]),
                    "after": self._order_words(value),
                    "values": {name: self._order_plain(order, name, value)},
                }
            )
        return rows

    def _order_words(self, value):
        if isinstance(value, models.BaseModel):
            return value.display_name or ""
        return str(value or "")

    def _order_plain(self, order, name, value):
        if isinstance(value, models.BaseModel):
            return value.id
        field = order._fields[name]
        return field.to_string(value) if field.type == "datetime" else value

    # Proposing

    def _order_propose(self, connection, item, kind, rows):
        """Open, refresh or withdraw the amendment of a confirmed order. What a person
        has rejected is not proposed again while the deal says the same.
        """
        amendments = self.env["saas.sync.amendment"].sudo()
        earlier = amendments.search(
            [("order_id", "=", item.record.id), ("state", "in", ("review", "rejected"))]
        )
        waiting = earlier.filtered(lambda one: one.state == "review")
        refused = earlier.filtered(
            lambda one: one.state == "rejected" and one.content == item.content
        )
        if refused or (kind == "change" and not rows):
            waiting._withdraw()
            return
        exponent = item.values["exponent"]
        values = {
            "kind": kind,
            "content": item.content,
            "connection_id": connection.id,
            "external_id": item.key[1],
            "deal": item.change["label"],
            "url": item.change.get("url"),
            "amount_before": item.record.amount_untaxed,
            "amount_after": 0.0
            if kind == "cancellation"
            else to_major(
                sum(untaxed(line, exponent) for line in item.values["lines"]), exponent
            ),
        }
        if waiting:
            waiting._refresh(values, rows)
        else:
            amendments._propose(item.record, values, rows)
