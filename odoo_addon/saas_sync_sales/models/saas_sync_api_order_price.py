"""Prices of a won deal against Odoo's price list."""

from collections import defaultdict

from odoo import fields, models

from odoo.addons.saas_sync.tools.errors import SyncError

from ..tools.lines import net_price


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _order_check_prices(self, connection, items):
        """Refuse prices further below Odoo's own than the rule tolerates."""
        self._order_pricelists(connection, items)
        bound = [item for item in items if item.values["price_tolerance"] is not None]
        listed = self._order_list_prices(connection, bound)
        for item in bound:
            if not item.allows("price_below_list"):
                self._order_check_price(connection, item, listed[item])

    def _order_pricelists(self, connection, items):
        """The customer's own price list if it is in the deal's currency, else one of
        that currency; with none, products' prices are converted.
        """
        company = connection.company_id
        others = {}
        for item in items:
            partner = self._order_partner(item)
            own = partner.with_company(company).property_product_pricelist
            if own.currency_id == item.currency:
                item.pricelist = own
                continue
            if item.currency not in others:
                others[item.currency] = self._order_pricelist_in(company, item.currency)
            item.pricelist = others[item.currency]

    def _order_pricelist_in(self, company, currency):
        pricelists = self.env["product.pricelist"]
        if not self.env["res.groups"]._is_feature_enabled(
            "product.group_product_pricelist"
        ):
            return pricelists
        return pricelists.search(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", [False, company.id]),
            ],
            limit=1,
        )

    def _order_list_prices(self, connection, items):
        """``{item: {line id: price without tax}}``; one question per price list,
        currency, day and quantity, for all its products.
        """
        groups = defaultdict(list)
        for item in items:
            day = fields.Datetime.to_datetime(item.values["date_order"]) or (
                fields.Datetime.now()
            )
            for line in item.values["lines"]:
                if line["id"] in item.products:
                    key = item.pricelist, item.currency, day, float(line["quantity"])
                    groups[key].append((item, line))
        prices = {item: {} for item in items}
        for (pricelist, currency, day, quantity), entries in groups.items():
            products = self.env["product.product"].union(
                *(item.products[line["id"]] for item, line in entries)
            )
            found = pricelist.with_company(connection.company_id)._get_products_price(
                products, quantity or 1.0, currency=currency, date=day
            )
            for item, line in entries:
                product = item.products[line["id"]]
                prices[item][line["id"]] = self._order_without_tax(
                    connection, product, found[product.id], currency
                )
        return prices

    def _order_without_tax(self, connection, product, price, currency):
        taxes = product.taxes_id._filter_taxes_by_company(connection.company_id)
        if not any(tax.price_include for tax in taxes):
            return price
        return taxes.compute_all(price, currency, product=product)["total_excluded"]

    def _order_check_price(self, connection, item, listed):
        tolerance = item.values["price_tolerance"]
        for line in item.values["lines"]:
            if line["id"] not in listed or float(line["quantity"]) <= 0:
                continue
            own, wanted = listed[line["id"]], float(net_price(line))
            floor = own * (1 - tolerance / 100)
            if item.currency.compare_amounts(wanted, floor) < 0:
                item.blame(self._order_below_list(item, line, own, wanted, tolerance))

    def _order_below_list(self, item, line, own, wanted, tolerance):
        show = item.currency.format
        product = item.products[line["id"]]
        return SyncError(
            "price_below_list",
            self.env._(
                "%(product)s is sold at %(wanted)s, and the price list says %(own)s "
                "(tolerated: %(tolerance)s %% less).",
                product=product.display_name,
                wanted=show(wanted),
                own=show(own),
                tolerance=f"{tolerance:g}",
            ),
            hint=self.env._(
                "Accept the price for this deal, or have it corrected at its source."
            ),
            args={
                "line": line["id"],
                "product": product.id,
                "list_price": round(own, 6),
                "deal_price": round(wanted, 6),
                "currency": item.currency.name,
            },
        )
