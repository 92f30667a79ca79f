"""Orders know their links and amendments, and tell what becomes of them."""

from odoo import api, fields, models

ORDER_NEWS = {"state", "name", "opportunity_id", "amount_total"}
LINE_NEWS = {"qty_delivered", "qty_invoiced", "amount_invoiced", "product_uom_qty"}


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "saas.sync.linked.mixin"]

    saas_sync_amendment_ids = fields.One2many("saas.sync.amendment", "order_id")
    saas_sync_amendment_count = fields.Integer(
        compute="_compute_saas_sync_amendment_count", string="Amendments to Review"
    )

    saas_sync_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the Deal",
        readonly=True,
        help="Counts where no price list decides about the currency.",
    )

    @api.depends("saas_sync_currency_id")
    def _compute_currency_id(self):
        """Odoo takes the price list's currency, else the company's; a deal may be in
        one that has no price list.
        """
        result = super()._compute_currency_id()
        for order in self:
            if order.saas_sync_currency_id and not order.pricelist_id:
                order.currency_id = order.saas_sync_currency_id
        return result

    @api.depends("saas_sync_amendment_ids.state")
    def _compute_saas_sync_amendment_count(self):
        for order in self:
            open_ones = order.saas_sync_amendment_ids.filtered(
                lambda amendment: amendment.state == "review"
            )
            order.saas_sync_amendment_count = len(open_ones)

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        self.env["saas.sync.standing"]._note(orders)
        return orders

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        self.env["saas.sync.standing"]._note_written(self, vals_list, ORDER_NEWS)

    def _prepare_confirmation_values(self):
        """A deal that was won last week is an order of last week."""
        values = super()._prepare_confirmation_values()
        if self.env.context.get("saas_sync_keep_order_date"):
            values.pop("date_order", None)
        return values

    def action_saas_sync_amendments(self):
        """Open the amendments of these orders."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_sync_sales.saas_sync_amendment_action"
        )
        return {
            **action,
            "domain": [("order_id", "in", self.ids)],
            "context": {"search_default_review": 0},
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        self.env["saas.sync.standing"]._note_written(self, vals_list, LINE_NEWS)
