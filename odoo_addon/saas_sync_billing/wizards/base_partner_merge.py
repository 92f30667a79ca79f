"""Books after a merge of contacts: whose invoice and whose debt it is."""

from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _saas_sync_stale(self, partners):
        stale = super()._saas_sync_stale(partners)
        tree = stale[0][0]
        moves = self.env["account.move"].sudo().search([("partner_id", "in", tree.ids)])
        # Odoo keeps debts with the company of the contact; what a person booked
        # otherwise stays.
        lines = moves.line_ids.filtered(
            lambda line: line.partner_id == line.move_id.commercial_partner_id
        )
        names = ("commercial_partner_id", "invoice_partner_display_name")
        return [*stale, (moves, names), (lines, ("partner_id",))]
