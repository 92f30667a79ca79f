"""Invoices and payments: what is open, due or paid is news for deals and customers."""

from odoo import models

MOVE_NEWS = {
    "state",
    "payment_state",
    "amount_residual",
    "amount_residual_signed",
    "invoice_date_due",
    "partner_id",
}


class AccountMove(models.Model):
    _inherit = "account.move"

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        self.env["saas.sync.standing"]._note_written(self, vals_list, MOVE_NEWS)
