from odoo import api, fields, models


class SaasSyncAssign(models.TransientModel):
    """Gives exceptions or conflicts to somebody, with a day until which they are to be
    solved."""

    _name = "saas.sync.assign"
    _description = "Assign SaaS Sync Work"

    exception_ids = fields.Many2many("saas.sync.exception")
    conflict_ids = fields.Many2many("saas.sync.conflict")
    user_id = fields.Many2one(
        "res.users",
        string="Assign To",
        required=True,
        default=lambda self: self.env.user,
        domain=lambda self: [
            (
                "all_group_ids",
                "in",
                self.env.ref("saas_sync.group_operator").ids,
            )
        ],
    )
    date_deadline = fields.Date(
        string="Until",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=2),
    )
    note = fields.Text(help="What you found out so far, or what to look at.")
    count = fields.Integer(compute="_compute_count")

    @api.depends("exception_ids", "conflict_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.exception_ids) + len(wizard.conflict_ids)

    def action_assign(self):
        """One activity per record; who had it before is relieved of it."""
        self.ensure_one()
        for work in (self.exception_ids, self.conflict_ids):
            if work:
                work._assign(self.user_id, self.date_deadline, self.note)
        return {"type": "ir.actions.act_window_close"}
