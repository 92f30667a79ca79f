"""The desk of won deals: what fails is decided there, and the deal goes on."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import SalesCase


class TestOrderDesk(SalesCase):
    def stands_still(self, change, code, failure_class="business_rule"):
        """Apply what is refused and report it as the sidecar would."""
        error = self.refused(change, code, failure_class)
        self.api.report(
            {
                "sidecar": {"version": "0.1.0"},
                "exceptions": [
                    {
                        "connection": "salesforce-main",
                        # The sidecar's lane is the deal's.
                        "kind": "deal",
                        "external_id": change["key"]["external_id"],
                        "cause": error["class"],
                        "code": error["code"],
                        "message": error["message"],
                        "hint": error["hint"],
                        "args": error["args"],
                        "label": "Acme, 10 seats",
                        "concerns": "accountant",
                    }
                ],
            }
        )
        return (
            self.env["saas.sync.exception"]
            .with_user(self.boss)
            .search([("kind", "=", "deal"), ("state", "=", "open")])
        )

    def test_it_is_for_sales_and_says_all_that_was_found(self):
        change = self.order(lines=[self.line(price="90")], missing=["purchase order"])
        stuck = self.stands_still(change, "contract_data_missing")
        self.assertEqual(stuck.concerns, "sales")
        self.assertEqual(stuck.topic, "order_contract")
        self.assertIn("purchase order", stuck.order_problems)
        self.assertIn("90", stuck.order_problems)
        self.assertTrue(stuck.can_accept)

    def test_a_price_is_accepted_this_once(self):
        change = self.order(lines=[self.line(price="90")])
        stuck = self.stands_still(change, "price_below_list")
        stuck.action_accept_order()
        self.assertEqual(stuck.state, "retrying")
        order = self.applied({**change, "force": True})
        self.assertEqual(order.amount_untaxed, 900.0)
        allowance = self.deal_link().details["allowance"]
        self.assertEqual(allowance["codes"], ["price_below_list"])
        self.assertIn("Accepted as it is by boss", self.chatter(stuck))

    def test_what_was_accepted_does_not_count_for_another_price(self):
        change = self.order(lines=[self.line(price="90")])
        self.stands_still(change, "price_below_list").action_accept_order()
        self.refused(self.order(lines=[self.line(price="80")]), "price_below_list")

    def test_the_product_of_a_line_is_chosen_and_stays_chosen(self):
        change = self.order(lines=[self.line(product=None)])
        stuck = self.stands_still(change, "line_without_product", "missing_mapping")
        self.assertTrue(stuck.can_choose_line)
        self.assertEqual(stuck.line_name, "Seat")
        stuck.line_product_id = self.product.product_variant_id
        stuck.action_use_line_product()
        order = self.applied({**change, "force": True, "climb": ["drafted"]})
        self.assertEqual(order.order_line.product_id, self.product.product_variant_id)
        more = self.order(
            lines=[self.line(product=None, quantity="20")], climb=["drafted"]
        )
        self.applied(more)
        self.assertEqual(order.order_line.product_uom_qty, 20)

    def test_amounts_that_differ_cannot_be_accepted(self):
        stuck = self.stands_still(self.order(expected_untaxed=1), "amounts_differ")
        self.assertFalse(stuck.can_accept)

    def test_operators_see_no_price_and_decide_nothing(self):
        operator = new_test_user(
            self.env,
            "order-operator",
            groups="saas_sync.group_operator",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        stuck = self.stands_still(
            self.order(lines=[self.line(price="90")]), "price_below_list"
        ).with_user(operator)
        self.assertNotIn("90", stuck.headline)
        with self.assertRaises(AccessError):
            stuck.action_accept_order()
        with self.assertRaises(AccessError):
            stuck.order_problems  # noqa: B018  (reading it is what is refused)

    def chatter(self, record):
        return " ".join(str(body) for body in record.sudo().message_ids.mapped("body"))
