"""Writing quotations: everything is said explicitly, so that no default sneaks in."""

from odoo import Command, fields, models

from odoo.addons.saas_sync_billing.tools.amounts import to_minor

from ..tools.lines import price_and_discount


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _order_draft(self, connection, items):
        """Create all new quotations with one create; rewrite those whose deal has
        changed since.
        """
        new = [item for item in items if not item.stopped and not item.record]
        old = [item for item in items if not item.stopped and item.record]
        self._billing_bisect(new, lambda some: self._order_create(connection, some))
        for item in old:
            self._billing_bisect(
                [item], lambda some: self._order_rewrite(connection, some[0])
            )

    def _order_create(self, connection, items):
        orders = self.env["sale.order"].create(
            [self._order_values(connection, item) for item in items]
        )
        for item, order in zip(items, orders, strict=True):
            item.record = order
            item.status = "created"
            self._order_wrote(item)
            item.climb("drafted", order.name)

    def _order_rewrite(self, connection, item):
        values = self._order_values(connection, item)
        lines = values.pop("order_line")
        item.record.write(
            {"order_line": [Command.clear()], **values, "state": "draft"}
        )
        item.record.write({"order_line": lines})
        item.status = "updated"
        self._order_wrote(item)

    def _order_wrote(self, item):
        """Note which line is which, and compare what Odoo made of the amounts."""
        item.written = True
        item.order_lines = {
            line["id"]: written.id
            for line, written in zip(
                item.values["lines"], item.record.order_line.sorted("id"), strict=True
            )
        }
        expected = item.values["expected_untaxed"]
        actual = to_minor(item.record.amount_untaxed, item.values["exponent"])
        if expected is not None and actual != expected:
            raise self._order_amounts_differ(item, actual)

    def _order_values(self, connection, item):
        values = item.values
        partner = self._order_partner(item)
        lead = self._billing_ref(item, values["opportunity"])
        salesperson = (
            lead.user_id or partner.user_id or partner.commercial_partner_id.user_id
        )
        result = {
            "company_id": connection.company_id.id,
            "partner_id": partner.id,
            "opportunity_id": lead.id,
            "origin": item.change["label"],
            "client_order_ref": values["client_order_ref"] or False,
            "user_id": salesperson.id,
            "pricelist_id": item.pricelist.id,
            "saas_sync_currency_id": item.currency.id,
            # A template would bring its own lines, terms and e-mail.
            "sale_order_template_id": False,
            "commitment_date": self._order_time(values["commitment_date"]),
            "order_line": [
                Command.create(self._order_line_values(item, line, position))
                for position, line in enumerate(values["lines"], 1)
            ],
        }
        if lead.team_id:
            result["team_id"] = lead.team_id.id
        if values["date_order"]:
            result["date_order"] = self._order_time(values["date_order"])
        if item.payment_term:
            result["payment_term_id"] = item.payment_term.id
        return result

    def _order_line_values(self, item, line, position):
        price, discount = price_and_discount(line)
        # Without words of its own a line has those of its product.
        name = {"name": line["name"]} if line["name"] else {}
        return {
            "product_id": item.products[line["id"]].id,
            **name,
            "product_uom_qty": float(line["quantity"]),
            "price_unit": price,
            "discount": discount,
            "sequence": position,
        }

    @staticmethod
    def _order_time(text):
        """A day of the protocol, or a moment, as Odoo's naive UTC."""
        if not text:
            return False
        return fields.Datetime.to_datetime(text.replace("T", " ").rstrip("Z")[:19])
