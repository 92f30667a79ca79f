"""Exceptions of billing: the one who keeps the books chooses the tax that Odoo should
use.
"""

from odoo import api, fields, models

from odoo.addons.saas_sync.models.saas_sync_exception import ACCOUNTANT, OPEN_STATES


class SaasSyncException(models.Model):
    _inherit = "saas.sync.exception"

    tax_id = fields.Many2one(
        "account.tax",
        string="Odoo Tax",
        domain="[('type_tax_use', '=', 'sale'), ('company_id', 'parent_of', "
        "company_id)]",
        groups=ACCOUNTANT,
        help="The tax that this rate means; remembered for all later documents.",
    )
    chosen_product_id = fields.Many2one(
        "product.template",
        string="Product",
        groups=ACCOUNTANT,
        check_company=True,
        help="The product that the other system means; remembered from now on.",
    )

    def _choice_fields(self):
        return {
            **super()._choice_fields(),
            "account.tax": "tax_id",
            "product.template": "chosen_product_id",
        }

    def _company_domain(self, target):
        if target._name == "account.tax":
            return [("company_id", "parent_of", self.company_id.id)]
        return super()._company_domain(target)

    @api.model
    def _telling_fields(self):
        return [*super()._telling_fields(), "invoice_label", "description"]

    def action_open_currencies(self):
        """Where a currency is activated, and its rates are entered."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "base.action_currency_form"
        )
        return {**action, "context": {"active_test": False}}

    def action_new_tax(self):
        """Make the tax that is missing; it is chosen here afterwards."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Tax"),
            "res_model": "account.tax",
            "views": [(False, "form")],
            "target": "current",
            "context": {
                "default_type_tax_use": "sale",
                "default_name": (self.args or {}).get("name"),
                "default_company_id": self.company_id.id,
            },
        }

    @api.model_create_multi
    def create(self, vals_list):
        exceptions = super().create(vals_list)
        rates = exceptions.filtered(lambda e: e.kind == "tax_rate")
        lacking = exceptions.filtered(lambda e: e.code == "tax_unmapped")
        if rates:
            lacking |= self.search(
                [
                    ("state", "in", OPEN_STATES),
                    ("code", "=", "tax_unmapped"),
                    ("connection_id", "in", rates.connection_id.ids),
                ]
            )
        lacking._name_tax_rate()
        return exceptions

    def _name_tax_rate(self):
        """Say the tax rate's name instead of its id: which of the two exceptions, the
        document's or the rate's, is reported first is a matter of chance."""
        for exception in self:
            args = exception.args or {}
            rate = args.get("tax_rate")
            if not rate or args.get("name"):
                continue
            name = self._tax_rate_label(exception.connection_id, rate)
            if name:
                exception.write(
                    {
                        "args": {**args, "name": name},
                        "message": self._tax_unmapped_message(
                            name, exception.company_id
                        ),
                    }
                )

    @api.model
    def _tax_unmapped_message(self, name, company):
        return self.env._(
            "%(rate)s has no Odoo tax in %(company)s.", rate=name, company=company.name
        )

    @api.model
    def _tax_rate_label(self, connection, rate):
        """What people call an unmapped tax rate, if its own exception has told."""
        key = [
            ("connection_id", "=", connection.id),
            ("kind", "=", "tax_rate"),
            ("external_id", "=", rate),
        ]
        return self.sudo().search(key, limit=1).label or None
