"""How a customer stands: what is open, what is overdue, and whether nothing more is to
be sold on credit.
"""

from datetime import timedelta

from odoo import api, fields, models

# A day on which the scheduler did not run is made up for.
DAYS_BACK = 7


class ResPartner(models.Model):
    _inherit = "res.partner"

    saas_sync_credit_hold = fields.Boolean(
        "Credit Hold",
        tracking=True,
        help="Won deals of this customer become orders only if somebody accepts them.",
    )
    saas_sync_open_amount = fields.Monetary(
        "Open Amount",
        currency_field="currency_id",
        compute="_compute_saas_sync_standing",
        compute_sudo=True,
        help="What is posted and not paid, less what is overpaid; with tax.",
    )
    saas_sync_standing = fields.Selection(
        [
            ("good", "Good"),
            ("open", "Invoices open"),
            ("overdue", "Overdue"),
            ("hold", "Credit hold"),
        ],
        string="Payment Standing",
        compute="_compute_saas_sync_standing",
        compute_sudo=True,
    )

    @api.depends("saas_sync_credit_hold")
    @api.depends_context("company")
    def _compute_saas_sync_standing(self):
        companies = self.commercial_partner_id
        receivable = [
            *self._saas_sync_open_domain(),
            ("partner_id", "in", companies.ids),
            ("company_id", "=", self.env.company.id),
        ]
        lines = self.env["account.move.line"]
        late = [
            *receivable,
            ("date_maturity", "<", fields.Date.context_today(self)),
            ("amount_residual", ">", 0),
        ]
        amounts = dict(
            lines._read_group(receivable, ["partner_id"], ["amount_residual:sum"])
        )
        overdue = {partner for (partner,) in lines._read_group(late, ["partner_id"])}
        for partner in self:
            company = partner.commercial_partner_id
            amount = amounts.get(company, 0.0)
            partner.saas_sync_open_amount = amount
            if company.saas_sync_credit_hold:
                partner.saas_sync_standing = "hold"
            elif company in overdue:
                partner.saas_sync_standing = "overdue"
            else:
                partner.saas_sync_standing = "open" if amount > 0 else "good"

    @api.model
    def _saas_sync_open_domain(self):
        return [
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
        ]

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "saas_sync_credit_hold"]

    def write(self, vals):
        result = super().write(vals)
        if "saas_sync_credit_hold" in vals:
            self.env["saas.sync.standing"]._note(self.commercial_partner_id)
        return result

    @api.model
    def _cron_saas_sync_overdue(self):
        """Tell of customers whose invoices became overdue by the calendar alone."""
        today = fields.Date.context_today(self)
        groups = self.env["account.move.line"]._read_group(
            [
                *self._saas_sync_open_domain(),
                ("date_maturity", "<", today),
                ("date_maturity", ">=", today - timedelta(days=DAYS_BACK)),
                ("amount_residual", ">", 0),
            ],
            ["partner_id"],
        )
        partners = self.browse([partner.id for (partner,) in groups if partner])
        if partners:
            self.env["saas.sync.standing"]._note(partners)
