"""What became of a deal, for its CRM: order, delivery, invoices, payments."""

from odoo import api, fields, models

PROGRESS = [("none", "Nothing"), ("partial", "Partly"), ("full", "Completely")]


class CrmLead(models.Model):
    _inherit = "crm.lead"

    saas_sync_order_state = fields.Selection(
        [
            ("none", "No order"),
            ("pending", "Pending in Odoo"),
            ("draft", "Quotation"),
            ("confirmed", "Confirmed"),
            ("cancelled", "Cancelled"),
        ],
        string="Order State",
        compute="_compute_saas_sync_standing",
        compute_sudo=True,
        help="Pending: won, and there is no order yet.",
    )
    saas_sync_order_name = fields.Char(
        "Order", compute="_compute_saas_sync_standing", compute_sudo=True
    )
    saas_sync_delivered = fields.Selection(
        PROGRESS,
        string="Delivered",
        compute="_compute_saas_sync_standing",
        compute_sudo=True,
    )
    saas_sync_invoiced = fields.Selection(
        PROGRESS,
        string="Invoiced",
        compute="_compute_saas_sync_standing",
        compute_sudo=True,
    )
    saas_sync_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the Order",
        compute="_compute_saas_sync_standing",
        compute_sudo=True,
    )
    saas_sync_invoiced_amount = fields.Monetary(
        "Invoiced Amount",
        currency_field="saas_sync_currency_id",
        compute="_compute_saas_sync_standing",
        compute_sudo=True,
    )
    saas_sync_paid_amount = fields.Monetary(
        "Paid Amount",
        currency_field="saas_sync_currency_id",
        compute="_compute_saas_sync_standing",
        compute_sudo=True,
    )
    saas_sync_payment_state = fields.Selection(
        [
            ("none", "No invoice"),
            ("not_paid", "Not paid"),
            ("partial", "Partly paid"),
            ("paid", "Paid"),
        ],
        string="Payment",
        compute="_compute_saas_sync_standing",
        compute_sudo=True,
    )

    @api.depends("order_ids.state", "won_status")
    def _compute_saas_sync_standing(self):
        for lead in self:
            orders = lead.order_ids
            confirmed = orders.filtered(lambda order: order.state == "sale")
            drafts = orders.filtered(lambda order: order.state in ("draft", "sent"))
            counting = confirmed or drafts or orders
            lead.saas_sync_order_state = lead._saas_sync_state(confirmed, drafts)
            lead.saas_sync_order_name = ", ".join(counting.mapped("name")) or False
            lead.saas_sync_currency_id = (
                counting[:1].currency_id
                or lead.company_currency
                or self.env.company.currency_id
            )
            lines = confirmed.order_line.filtered(
                lambda line: not line.display_type and not line.is_downpayment
            )
            lead.saas_sync_delivered = self._saas_sync_progress(lines, "qty_delivered")
            lead.saas_sync_invoiced = self._saas_sync_progress(
                lines, "qty_invoiced_posted"
            )
            lead._saas_sync_money(confirmed)

    def _saas_sync_state(self, confirmed, drafts):
        if confirmed:
            return "confirmed"
        if drafts:
            return "draft"
        if self.order_ids:
            return "cancelled"
        return "pending" if self.won_status == "won" else "none"

    def _saas_sync_progress(self, lines, name):
        done = [line[name] for line in lines if line.product_uom_qty]
        if not any(done):
            return "none"
        whole = all(
            line[name] >= line.product_uom_qty for line in lines if line.product_uom_qty
        )
        return "full" if whole else "partial"

    def _saas_sync_money(self, orders):
        """Posted invoices of the orders; of an invoice for several orders the part that
        is theirs counts, in the currency of the order.
        """
        currency = self.saas_sync_currency_id
        invoiced = paid = 0.0
        moves = self.env["account.move"]
        for line in orders.order_line.invoice_lines:
            move = line.move_id
            if move.state != "posted":
                continue
            moves |= move
            amount = -move.direction_sign * line.price_total
            if line.currency_id != currency:
                amount = line.currency_id._convert(
                    amount, currency, move.company_id, move.invoice_date or move.date
                )
            invoiced += amount
            if move.amount_total:
                paid += amount * (1 - move.amount_residual / move.amount_total)
        self.saas_sync_invoiced_amount = currency.round(invoiced)
        self.saas_sync_paid_amount = currency.round(paid)
        self.saas_sync_payment_state = self._saas_sync_paid(moves)

    def _saas_sync_paid(self, moves):
        states = set(moves.mapped("payment_state"))
        if not states:
            return "none"
        if states <= {"paid", "in_payment", "reversed"}:
            return "paid"
        return "not_paid" if states == {"not_paid"} else "partial"
