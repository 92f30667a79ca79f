from odoo import fields, models


class SaasSyncIgnore(models.TransientModel):
    """Asks why exceptions may be forgotten; the reason stays on them."""

    _name = "saas.sync.ignore"
    _description = "Ignore SaaS Sync Exceptions"

    exception_ids = fields.Many2many(
        "saas.sync.exception", required=True, readonly=True
    )
    reason = fields.Char(required=True)

    def action_ignore(self):
        self.exception_ids._ignore(self.reason)
        return {"type": "ir.actions.act_window_close"}
