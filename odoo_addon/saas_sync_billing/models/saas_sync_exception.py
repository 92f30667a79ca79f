"""Exceptions of billing: the one who keeps the books chooses the tax that Odoo should
use.
"""

from odoo import api, fields, models


class SaasSyncException(models.Model):
    _inherit = "saas.sync.exception"

    tax_id = fields.Many2one(
        "account.tax",
        string="Odoo Tax",
        domain="[('type_tax_use', '=', 'sale'), ('company_id', 'parent_of', "
        "company_id)]",
        help="The tax that this rate means; remembered for all later documents.",
    )
    tax_question = fields.Char(compute="_compute_tax_question")

    @api.depends("args", "kind", "label")
    def _compute_tax_question(self):
        for exception in self:
            args = exception.args or {}
            own = exception.kind == "tax_rate" and exception.label
            exception.tax_question = self.env._(
                "Choose the Odoo tax for '%(rate)s' and remember it",
                rate=args.get("name") or args.get("tax_rate") or own or "",
            )

    def _chosen_record(self):
        """For a tax, what was chosen in its own field, which offers the company's sales
        taxes only.
        """
        if self.target_model == "account.tax" and self.tax_id:
            self.tax_id.check_access("read")
            return self.tax_id
        return super()._chosen_record()

    @api.model
    def _tax_rate_label(self, connection, rate):
        """What people call an unmapped tax rate, if its own exception has told."""
        key = [
            ("connection_id", "=", connection.id),
            ("kind", "=", "tax_rate"),
            ("external_id", "=", rate),
        ]
        return self.sudo().search(key, limit=1).label or None
