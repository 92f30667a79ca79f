from odoo import models


class ResPartner(models.Model):
    """Twins of customers are found by e-mail and VAT, whatever the case."""

    _name = "res.partner"
    _inherit = ["res.partner", "saas.sync.linked.mixin"]

    _saas_sync_email_idx = models.Index("(lower(email)) WHERE email IS NOT NULL")
    _saas_sync_vat_idx = models.Index("(lower(vat)) WHERE vat IS NOT NULL")
