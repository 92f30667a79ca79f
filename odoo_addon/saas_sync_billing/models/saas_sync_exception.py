"""Exceptions of billing: the one who keeps the books chooses the tax that Odoo should
use.
"""

from odoo import api, fields, models

from odoo.addons.saas_sync.models.saas_sync_exception import OPEN_STATES


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
                "%(rate)s: which Odoo tax is it?",
                rate=args.get("name") or own or args.get("tax_rate") or "",
            )

    def _chosen_record(self):
        """For a tax, what was chosen in its own field, which offers the company's sales
        taxes only.
        """
        if self.target_model == "account.tax" and self.tax_id:
            self.tax_id.check_access("read")
            return self.tax_id
        return super()._chosen_record()

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
