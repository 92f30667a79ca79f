"""One difference between a confirmed order and its deal."""

from odoo import fields, models


class SaasSyncAmendmentLine(models.Model):
    _name = "saas.sync.amendment.line"
    _description = "Difference of an Amendment"
    _order = "id"
    _rec_name = "name"

    amendment_id = fields.Many2one(
        "saas.sync.amendment", required=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(
        [
            ("added", "Added"),
            ("removed", "Removed"),
            ("quantity", "Quantity"),
            ("price", "Price"),
            ("discount", "Discount"),
            ("terms", "Terms"),
        ],
        required=True,
        string="What",
    )
    name = fields.Char("Line", required=True)
    external_id = fields.Char()
    product_id = fields.Many2one("product.product", ondelete="set null")
    order_line_id = fields.Many2one("sale.order.line", ondelete="cascade")
    before = fields.Char("Order")
    after = fields.Char("Deal")
    values = fields.Json(help="What accepting it writes.")
