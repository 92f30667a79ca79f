"""What is wrong with a won deal is told before anything is written, all at once."""

from odoo import Command

from .common import SalesCase


class TestOrderCheck(SalesCase):
    def wrong(self, change, code, failure_class="business_rule"):
        """The one problem of a refused deal, which leaves nothing behind."""
        error = self.refused(change, code, failure_class)
        self.assertFalse(self.orders())
        [problem] = error["args"]["problems"]
        return problem

    def test_everything_that_is_wrong_comes_in_one_answer(self):
        self.partner.country_id = False
        change = self.order(
            lines=[self.line(price="80"), self.line("ol_2", None)],
            expected_untaxed=1,
            missing=["start of term", "purchase order"],
            payment_term="Whenever",
            legal_entity="Northwind America",
            price_tolerance=5,
        )
        error = self.refused(change, "customer_incomplete")
        self.assertEqual(
            [problem["code"] for problem in error["args"]["problems"]],
            [
                "customer_incomplete",
                "contract_data_missing",
                "legal_entity_differs",
                "payment_term_unknown",
                "line_without_product",
                "amounts_differ",
                "price_below_list",
            ],
        )
        for problem in error["args"]["problems"]:
            self.assertIn(problem["message"], error["message"])
            self.assertTrue(problem["hint"])
        self.assertFalse(self.orders())

    def test_a_price_below_the_list_names_line_list_and_deal_price(self):
        problem = self.wrong(
            self.order(
                lines=[self.line(price="100", discount="10")], price_tolerance=5
            ),
            "price_below_list",
        )
        self.assertEqual(
            (problem["line"], problem["list_price"], problem["deal_price"]),
            ("ol_1", 100.0, 90.0),
        )

    def test_a_price_within_the_tolerance_passes(self):
        self.applied(self.order(lines=[self.line(price="95")], price_tolerance=5))

    def test_any_price_passes_where_the_rule_asks_for_none(self):
        self.applied(self.order(lines=[self.line(price="1")], price_tolerance=None))

    def test_the_customers_own_price_list_counts(self):
        self.env.user.group_ids += self.env.ref("product.group_product_pricelist")
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "product.group_product_pricelist"
        )
        self.partner.with_company(self.company).property_product_pricelist = self.env[
            "product.pricelist"
        ].create(
            {
                "name": "Ten seats and more",
                "company_id": self.company.id,
                "currency_id": self.env.ref("base.EUR").id,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 70.0,
                            "min_quantity": 10,
                            "applied_on": "1_product",
                            "product_tmpl_id": self.product.id,
                        }
                    )
                ],
            }
        )
        self.wrong(
            self.order(lines=[self.line(price="70", quantity="9")]), "price_below_list"
        )
        order = self.applied(self.order(lines=[self.line(price="70")]))
        self.assertEqual(order.pricelist_id.name, "Ten seats and more")

    def test_a_list_price_with_tax_included_is_compared_without(self):
        self.product.write(
            {"list_price": 120.0, "taxes_id": [Command.set(self.incl.ids)]}
        )
        problem = self.wrong(
            self.order(lines=[self.line(price="99")]), "price_below_list"
        )
        self.assertEqual(problem["list_price"], 100.0)

    def test_a_line_without_product_is_named(self):
        problem = self.wrong(
            self.order(lines=[self.line(product=None)]),
            "line_without_product",
            "missing_mapping",
        )
        self.assertEqual(problem["line"], "ol_1")

    def test_an_archived_product_is_not_sold(self):
        self.product.active = False
        self.wrong(self.order(), "product_archived", "missing_mapping")

    def test_a_product_without_tax_is_asked_about(self):
        self.product.taxes_id = False
        self.wrong(self.order(), "tax_missing", "missing_mapping")

    def test_a_customer_whose_fiscal_position_exempts_needs_no_tax(self):
        self.partner.property_account_position_id = self.env[
            "account.fiscal.position"
        ].create({"name": "Exempt", "company_id": self.company.id})
        order = self.applied(self.order())
        self.assertFalse(order.order_line.tax_ids)

    def test_an_unknown_currency_is_refused(self):
        self.wrong(self.order(currency="XXX"), "currency_unknown")

    def test_an_inactive_currency_is_refused(self):
        self.env.ref("base.CHF").active = False
        self.wrong(self.order(currency="CHF"), "currency_inactive")

    def test_without_a_rate_no_foreign_order_is_made(self):
        self.env.ref("base.CHF").active = True
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.env.ref("base.CHF").id)]
        ).unlink()
        self.wrong(self.order(currency="CHF"), "rate_missing")

    def test_lines_that_do_not_come_to_the_deals_amount_are_refused(self):
        problem = self.wrong(self.order(expected_untaxed=99999), "amounts_differ")
        self.assertEqual((problem["actual"], problem["expected"]), (100000, 99999))

    def test_odoo_has_to_come_to_the_same_amount_too(self):
        # Prices of the deal are without tax; with it they would be less in Odoo.
        self.product.taxes_id = self.incl
        error = self.refused(
            self.order(price_tolerance=None), "amounts_differ"
        )
        self.assertIn("833.3", error["message"])
        self.assertFalse(self.orders())

    def test_a_deal_without_lines_is_not_ordered(self):
        self.wrong(self.order(lines=[]), "no_lines")

    def test_missing_contract_data_is_named(self):
        problem = self.wrong(
            self.order(missing=["purchase order"]), "contract_data_missing"
        )
        self.assertIn("purchase order", problem["message"])

    def test_the_payment_term_is_found_by_its_name(self):
        term = self.env["account.payment.term"].create({"name": "Net 45"})
        order = self.applied(self.order(payment_term="net 45 "))
        self.assertEqual(order.payment_term_id, term)

    def test_an_unknown_payment_term_is_refused(self):
        self.wrong(
            self.order(payment_term="Whenever"),
            "payment_term_unknown",
            "missing_mapping",
        )

    def test_the_connections_own_company_may_be_named(self):
        self.applied(self.order(legal_entity="books in EURO"))

    def test_another_selling_company_is_refused(self):
        self.wrong(
            self.order(legal_entity="Northwind America"),
            "legal_entity_differs",
            "missing_mapping",
        )

    def test_a_customer_on_credit_hold_gets_no_order(self):
        self.partner.saas_sync_credit_hold = True
        self.wrong(self.order(), "credit_hold")

    def test_a_hold_on_the_company_counts_for_its_contacts(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.partner.id}
        )
        self.deal_customer_link().res_id = contact.id
        self.partner.saas_sync_credit_hold = True
        self.wrong(self.order(), "credit_hold")

    def test_an_archived_customer_is_told(self):
        self.partner.active = False
        self.wrong(self.order(), "customer_incomplete")

    def test_a_deal_without_customer_is_told_once(self):
        problem = self.wrong(
            self.order(partner=None, missing=["customer"]), "customer_incomplete"
        )
        self.assertIn("no customer", problem["message"])

    def deal_customer_link(self):
        return self.env["saas.sync.link"].search(
            [("kind", "=", "customer"), ("external_id", "=", "001A")]
        )
