"""Documents of accounting: matching of credit notes is left to the synchronisation
while it posts.
"""

from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "saas.sync.linked.mixin"]

    def _reconcile_reversed_moves(self, reverse_moves, move_reverse_cancel):
        """Odoo pairs by position, which is wrong as soon as two credit notes of one
        invoice are posted together;
        ``saas.sync.api`` reconciles the right pairs itself, in one plan."""
        if self.env.context.get("saas_sync_own_matching"):
            return reverse_moves
        return super()._reconcile_reversed_moves(reverse_moves, move_reverse_cancel)
