"""What has to be right before a won deal becomes an order. Everything that is wrong is
told at once.
"""

from odoo import fields, models

from odoo.addons.saas_sync.tools.errors import SyncError
from odoo.addons.saas_sync_billing.tools.amounts import show

from ..tools.lines import untaxed


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _order_check(self, connection, items):
        """Check all orders of a batch; what fails is stopped with all its problems."""
        facts = self._order_facts(connection, items)
        for item in items:
            self._order_check_customer(item)
            self._order_check_contract(connection, item, facts)
            self._order_check_currency(connection, item, facts)
            self._order_check_lines(connection, item)
            self._order_check_amount(item)
        self._order_check_prices(
            connection, [item for item in items if item.currency and item.products]
        )
        for item in items:
            item.fail_with_problems()

    def _order_facts(self, connection, items):
        """What many orders ask for, read once: currencies, rates, payment terms."""
        own = connection.company_id.currency_id
        for item in items:
            item.values["currency"] = item.values["currency"] or own.name
        self._billing_currencies(items)
        names = {item.values["payment_term"] for item in items}
        terms = self.env["account.payment.term"].search(
            [("company_id", "in", [False, connection.company_id.id])]
            if any(names)
            else [(0, "=", 1)]
        )
        return {
            "rates": self._billing_rate_dates(connection, items),
            "terms": {term.name.strip().lower(): term for term in reversed(terms)},
        }

    # The customer and the contract

    def _order_check_customer(self, item):
        partner = self._order_partner(item)
        if not partner:
            item.blame(
                SyncError(
                    "customer_incomplete",
                    self.env._("The deal names no customer."),
                    hint=self.env._("Put the customer on the deal at its source."),
                )
            )
            return
        company = partner.commercial_partner_id
        if not partner.active:
            self._order_incomplete(
                item,
                partner,
                self.env._("Customer %s is archived in Odoo.", partner.display_name),
                self.env._("Unarchive the contact, then retry."),
            )
        if not company.country_id:
            self._order_incomplete(
                item,
                partner,
                self.env._(
                    "Customer %s has no country: its taxes cannot be told.",
                    partner.display_name,
                ),
                self.env._("Fill in the country of the customer, then retry."),
            )
        if company.saas_sync_credit_hold and not item.allows("credit_hold"):
            item.blame(
                SyncError(
                    "credit_hold",
                    self.env._(
                        "Customer %s is on credit hold.", company.display_name
                    ),
                    hint=self.env._(
                        "Take the hold off the customer and retry, or accept this "
                        "order all the same."
                    ),
                    args={"customer": company.id},
                )
            )

    def _order_incomplete(self, item, partner, message, hint):
        item.blame(
            SyncError(
                "customer_incomplete", message, hint=hint, args={"customer": partner.id}
            )
        )

    def _order_check_contract(self, connection, item, facts):
        values = item.values
        # Without a customer nothing goes: that was told already.
        missing = [name for name in values["missing"] if name != "customer"]
        if missing and not item.allows("contract_data_missing"):
            names = ", ".join(missing)
            item.blame(
                SyncError(
                    "contract_data_missing",
                    self.env._("The deal does not say: %s.", names),
                    hint=self.env._(
                        "Have it filled in at the source, or accept the order without."
                    ),
                    args={"missing": missing},
                )
            )
        self._order_check_entity(connection, item)
        term = values["payment_term"]
        item.payment_term = term and facts["terms"].get(term.strip().lower())
        if term and not item.payment_term:
            item.blame(
                SyncError(
                    "payment_term_unknown",
                    self.env._("Odoo has no payment term %s.", term),
                    failure_class="missing_mapping",
                    hint=self.env._(
                        "Create it under this name in Accounting › Configuration › "
                        "Payment Terms, or map it in the rule, then retry."
                    ),
                    args={"payment_term": term},
                )
            )

    def _order_check_entity(self, connection, item):
        entity = item.values["legal_entity"]
        own = connection.company_id.name
        if not entity or entity.strip().lower() == own.strip().lower():
            return
        item.blame(
            SyncError(
                "legal_entity_differs",
                self.env._(
                    "The deal is sold by %(entity)s, but connection %(connection)s "
                    "writes to %(company)s.",
                    entity=entity,
                    connection=connection.name,
                    company=own,
                ),
                failure_class="missing_mapping",
                hint=self.env._(
                    "Correct the selling company at the source, or enter the order by "
                    "hand in the right company and ignore this exception."
                ),
                args={"legal_entity": entity, "company": own},
            )
        )

    # Money

    def _order_check_currency(self, connection, item, facts):
        day = fields.Date.to_date(item.values["date_order"]) or fields.Date.today()
        amounts = [item.values["expected_untaxed"] or 0]
        try:
            self._billing_check_money(connection, item, amounts, day, facts["rates"])
        except SyncError as error:
            item.blame(error)

    def _order_check_amount(self, item):
        """The lines have to come to what the deal as a whole is worth, to the cent."""
        values = item.values
        expected, exponent = values["expected_untaxed"], values["exponent"]
        if expected is None or not values["lines"]:
            return
        actual = sum(untaxed(line, exponent) for line in values["lines"])
        if actual != expected:
            item.blame(self._order_amounts_differ(item, actual))

    def _order_amounts_differ(self, item, actual):
        values = item.values
        code, exponent = values["currency"], values["exponent"]
        return SyncError(
            "amounts_differ",
            self.env._(
                "The lines come to %(actual)s without tax, the deal to %(expected)s.",
                actual=show(actual, exponent, code),
                expected=show(values["expected_untaxed"], exponent, code),
            ),
            hint=self.env._(
                "Correct the lines or the amount of the deal at its source; it comes "
                "again by itself."
            ),
            args={
                "actual": actual,
                "expected": values["expected_untaxed"],
                "currency": code,
            },
        )

    # Lines

    def _order_check_lines(self, connection, item):
        if not item.values["lines"]:
            item.blame(
                SyncError(
                    "no_lines",
                    self.env._("The deal has no lines to order."),
                    hint=self.env._("Add products to the deal at its source."),
                )
            )
        for line in item.values["lines"]:
            product = self._order_product(item, line)
            if not product:
                item.blame(self._order_without_product(line))
                continue
            item.products[line["id"]] = product
            if not product.active:
                item.blame(self._order_archived(line, product))
            elif not self._order_has_tax(connection, product) and not item.allows(
                "tax_missing"
            ):
                item.blame(self._order_untaxed(connection, line, product))

    def _order_product(self, item, line):
        """What is sold: the linked product, or what a person chose for the line."""
        if line["product"]:
            template = self._billing_ref(item, line["product"])
            return template.with_context(active_test=False).product_variant_ids[:1]
        chosen = (item.allowance.get("products") or {}).get(line["id"])
        return self.env["product.product"].browse(chosen).exists()

    def _order_has_tax(self, connection, product):
        """A company that charges tax has one on what it sells; a product that a fiscal
        position exempts has one, too.
        """
        company = connection.company_id
        if not company.sudo().account_sale_tax_id:
            return True
        return bool(product.taxes_id._filter_taxes_by_company(company))

    def _order_without_product(self, line):
        name = line["name"] or line["id"]
        return SyncError(
            "line_without_product",
            self.env._('Line "%s" names no product.', name),
            failure_class="missing_mapping",
            hint=self.env._("Choose the product of the line below."),
            args={"line": line["id"], "name": name},
        )

    def _order_archived(self, line, product):
        return SyncError(
            "product_archived",
            self.env._(
                "Product %s is archived and not sold any more.", product.display_name
            ),
            failure_class="missing_mapping",
            hint=self.env._(
                "Unarchive the product, or have another one put on the deal."
            ),
            args={"line": line["id"], "product": product.id},
        )

    def _order_untaxed(self, connection, line, product):
        return SyncError(
            "tax_missing",
            self.env._(
                "Product %(product)s has no sales tax in %(company)s.",
                product=product.display_name,
                company=connection.company_id.name,
            ),
            failure_class="missing_mapping",
            hint=self.env._(
                "Put the tax on the product and retry, or accept it without tax."
            ),
            args={"line": line["id"], "product": product.id},
        )
