from odoo import api, fields, models


class SaasSyncStart(models.TransientModel):
    """Says what will be written before a connection begins to synchronise."""

    _name = "saas.sync.start"
    _description = "Start Syncing"

    connection_id = fields.Many2one("saas.sync.connection", required=True)
    to_link = fields.Integer(compute="_compute_counts")
    to_create = fields.Integer(compute="_compute_counts")
    to_ignore = fields.Integer(compute="_compute_counts")
    to_decide = fields.Integer(compute="_compute_counts")
    leave = fields.Boolean("Leave those as exceptions, to be decided later")

    @api.depends("connection_id")
    def _compute_counts(self):
        for wizard in self:
            counts = wizard.connection_id._contact_counts()
            for plan in ("link", "create", "ignore", "decide"):
                wizard[f"to_{plan}"] = counts[plan]

    def action_start(self):
        self.ensure_one()
        return self.connection_id._start_syncing(self.leave)
