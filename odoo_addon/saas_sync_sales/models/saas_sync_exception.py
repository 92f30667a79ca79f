"""Orders on the desk: the product of a line is chosen, or the deal is accepted as it is
this once.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.saas_sync.models.saas_sync_exception import OPEN_STATES

DECIDERS = "saas_sync.group_accountant,sales_team.group_sale_manager"
# What a person may accept for one deal as it is now.
ACCEPTABLE = (
    "price_below_list",
    "contract_data_missing",
    "credit_hold",
    "tax_missing",
)
# What stops an order is reported of the deal that is worked on.
DEALS = ("deal", "order")
TOPIC_OF_CODE = {
    "line_without_product": "order_product",
    "product_archived": "order_product",
    "no_lines": "order_product",
    "price_below_list": "order_price",
    "customer_incomplete": "order_customer",
    "credit_hold": "order_credit",
    "contract_data_missing": "order_contract",
    "payment_term_unknown": "order_contract",
    "legal_entity_differs": "order_contract",
    "tax_missing": "order_tax",
    "rate_missing": "currency",
}
# What is settled with the customer or at the source, by those who sold it.
OF_SALES = (
    "line_without_product",
    "product_archived",
    "no_lines",
    "price_below_list",
    "contract_data_missing",
    "customer_incomplete",
    "amounts_differ",
)


class SaasSyncException(models.Model):
    _inherit = "saas.sync.exception"

    topic = fields.Selection(
        selection_add=[
            ("order_product", "A line has no product that can be sold"),
            ("order_price", "A price is below the price list"),
            ("order_customer", "The customer is not complete"),
            ("order_credit", "The customer is on credit hold"),
            ("order_contract", "Contract data is missing or unknown"),
            ("order_tax", "A product has no tax"),
            ("other",),
        ]
    )
    concerns = fields.Selection(selection_add=[("sales", "Sales")])
    fixed_how = fields.Selection(
        selection_add=[("accept", "Accepted as it is"), ("line", "Product chosen")]
    )
    allowance = fields.Json(
        readonly=True, groups=DECIDERS, help="What was decided for this deal."
    )
    order_problems = fields.Text(
        compute="_compute_order_problems", groups=DECIDERS, compute_sudo=True
    )
    can_accept = fields.Boolean(compute="_compute_order_fixes", compute_sudo=True)
    can_choose_line = fields.Boolean(compute="_compute_order_fixes", compute_sudo=True)
    line_name = fields.Char(
        "Line", compute="_compute_order_problems", groups=DECIDERS, compute_sudo=True
    )
    line_product_id = fields.Many2one(
        "product.product",
        string="Product of the Line",
        groups=DECIDERS,
        check_company=True,
        domain="[('sale_ok', '=', True)]",
        help="What the line sells; remembered for lines of this name on the deal.",
    )

    @api.depends("code", "cause", "kind")
    def _compute_topic(self):
        super()._compute_topic()
        for exception in self:
            topic = TOPIC_OF_CODE.get(exception.code)
            if exception.kind in DEALS and topic:
                exception.topic = topic

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("kind") in DEALS and vals.get("code") in OF_SALES:
                vals["concerns"] = "sales"
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("code") in OF_SALES and set(self.mapped("kind")) <= set(DEALS):
            vals = {**vals, "concerns": "sales"}
        return super().write(vals)

    @api.depends("args", "code", "kind")
    def _compute_order_problems(self):
        for exception in self:
            problems = exception._problems()
            exception.order_problems = "\n".join(p["message"] for p in problems)
            lacking = exception._lines_without_product()
            exception.line_name = lacking[0].get("name") if lacking else False

    @api.depends("args", "code", "kind", "state")
    def _compute_order_fixes(self):
        for exception in self:
            is_open = exception.state in OPEN_STATES
            codes = {problem["code"] for problem in exception._problems()}
            exception.can_accept = is_open and bool(codes & set(ACCEPTABLE))
            exception.can_choose_line = is_open and bool(
                exception._lines_without_product()
            )

    @api.depends("can_accept", "can_choose_line")
    def _compute_has_fix(self):
        super()._compute_has_fix()
        for exception in self:
            if exception.can_accept or exception.can_choose_line:
                exception.has_fix = True

    def _problems(self):
        """Everything that is wrong with a won deal, as its check told."""
        if self.kind not in DEALS:
            return []
        return (self.args or {}).get("problems") or []

    def _lines_without_product(self):
        return [p for p in self._problems() if p["code"] == "line_without_product"]

    # Deciding

    def action_accept_order(self):
        """Accept prices, missing contract data, a credit hold or a missing tax, for
        this deal as it is now.
        """
        self._check_decider()
        accepted = self.filtered("can_accept")
        if not accepted:
            raise UserError(self.env._("There is nothing to accept here."))
        for exception in accepted.sudo():
            codes = {problem["code"] for problem in exception._problems()}
            exception._allow(codes=sorted(codes & set(ACCEPTABLE)))
            exception._log(
                self.env._("Accepted as it is by %s.", self.env.user.name),
            )
        accepted._retry("accept")
        return self.env["saas.sync.connection"]._notify(
            self.env._("%(count)s record(s) will be tried again.", count=len(accepted))
        )

    def action_use_line_product(self):
        """Sell the chosen product on the line that names none."""
        self.ensure_one()
        self._check_decider()
        product = self.line_product_id
        if not self.can_choose_line or not product:
            raise UserError(self.env._("Choose the product of the line first."))
        name = self.line_name
        lacking = self.sudo()._lines_without_product()
        lines = [row["line"] for row in lacking if row.get("name") == name]
        self.sudo()._allow(products=dict.fromkeys(lines, product.id))
        self.sudo().line_product_id = False
        self._log(
            self.env._(
                "%(user)s: line %(line)s sells %(product)s.",
                user=self.env.user.name,
                line=name,
                product=product.display_name,
            )
        )
        self._retry("line")
        return self.env["saas.sync.connection"]._notify(
            self.env._("%(count)s record(s) will be tried again.", count=1)
        )

    def _allow(self, codes=(), products=None):
        """Remember a decision; codes count for this content of the deal alone."""
        content = (self.args or {}).get("content")
        earlier = self.allowance or {}
        same = earlier.get("content") == content
        self.allowance = {
            "content": content,
            "codes": sorted({*(earlier.get("codes", []) if same else []), *codes}),
            "products": {**(earlier.get("products") or {}), **(products or {})},
            "by": self.env.user.login,
        }

    def _check_decider(self):
        user = self.env.user
        if not any(user.has_group(group) for group in DECIDERS.split(",")):
            raise AccessError(
                self.env._("Only sales managers and accountants may decide this.")
            )
        self.check_access("read")
