"""Products know their links, for the button on their form."""

from odoo import models


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "saas.sync.linked.mixin"]
