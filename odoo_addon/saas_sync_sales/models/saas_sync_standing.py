"""Tells connections that the standing of deals and customers may have changed: noted
while records are written, told once per transaction.
"""

from collections import defaultdict

from odoo import api, models

NOTED = "saas_sync_sales.standing"
LEAD_FIELDS = (
    "saas_sync_order_state",
    "saas_sync_order_name",
    "saas_sync_delivered",
    "saas_sync_invoiced",
    "saas_sync_invoiced_amount",
    "saas_sync_paid_amount",
    "saas_sync_payment_state",
)
PARTNER_FIELDS = ("saas_sync_standing", "saas_sync_open_amount")


class SaasSyncStanding(models.AbstractModel):
    _name = "saas.sync.standing"
    _description = "News of Deals and Customers for Their CRM"

    @api.model
    def _note(self, records):
        """Remember records that the standing of a deal or customer is made of."""
        if not self._is_told():
            return
        data = self.env.cr.precommit.data
        noted = data.get(NOTED)
        if noted is None:
            noted = data[NOTED] = defaultdict(set)
            # What Odoo makes of a deal is news for the CRM that sent it, too.
            teller = self.sudo().with_context(saas_sync_origin=None)
            self.env.cr.precommit.add(teller._tell)
        noted[records._name].update(records._ids)

    @api.model
    def _note_written(self, records, vals_list, names):
        """The same, if one of the fields ``names`` is among what is written."""
        if any(not names.isdisjoint(vals) for vals in vals_list):
            self._note(records)

    def _is_told(self):
        """Whether any connection wants to hear of standing at all."""
        if not self.pool.ready:
            return False
        table = self.env["saas.sync.watch"]._watched_models()
        return any(
            model in table and not table[model].names.isdisjoint(names)
            for model, names in (
                ("crm.lead", LEAD_FIELDS),
                ("res.partner", PARTNER_FIELDS),
            )
        )

    def _tell(self):
        noted = self.env.cr.precommit.data.pop(NOTED, {})

        def written(model):
            return self.env[model].browse(noted.get(model, ())).exists()

        moves = written("account.move")
        orders = (
            written("sale.order")
            | written("sale.order.line").order_id
            | moves.invoice_line_ids.sale_line_ids.order_id
        )
        self._touched(written("crm.lead") | orders.opportunity_id, LEAD_FIELDS)
        self._touched(
            written("res.partner") | moves.commercial_partner_id, PARTNER_FIELDS
        )

    def _touched(self, records, names):
        if records:
            self.env["saas.sync.outbox"]._saas_sync_touched(records, list(names))
