from odoo import api, fields, models

from ..models.saas_sync_conflict import PENDING


class SaasSyncSettle(models.TransientModel):
    """Decides many conflicts at once that differ in the same fields."""

    _name = "saas.sync.settle"
    _description = "Decide SaaS Sync Conflicts Alike"

    take = fields.Selection(
        [("odoo", "Odoo's values"), ("other", "The other system's values")],
        required=True,
        default="odoo",
    )
    note = fields.Char()
    case_ids = fields.One2many(
        "saas.sync.settle.case", "settle_id", default=lambda self: self._cases()
    )

    @api.model
    def _cases(self):
        """One per set of fields and system; the most frequent one is chosen."""
        ids = self.env.context.get("active_ids") or []
        conflicts = self.env["saas.sync.conflict"].browse(ids)
        pending = conflicts.filtered(lambda c: c.state in PENDING)
        groups = pending.grouped(lambda c: (c.connection_id, c.kind, c.difference))
        return [
            fields.Command.create(
                {
                    "chosen": place == 0,
                    "difference": difference,
                    "system_name": connection.system_name,
                    "conflict_ids": [fields.Command.set(alike.ids)],
                }
            )
            for place, ((connection, _kind, difference), alike) in enumerate(
                sorted(groups.items(), key=lambda group: -len(group[1]))
            )
        ]

    def action_settle(self):
        """Decide what was chosen, and say how many there were."""
        self.ensure_one()
        conflicts = self.case_ids.filtered("chosen").conflict_ids
        conflicts._check_operator()
        done = conflicts._decide_alike(self.take, self.note)
        return self.env["saas.sync.connection"]._notify(
            self.env._("%(count)s conflict(s) are being settled.", count=len(done))
        )


class SaasSyncSettleCase(models.TransientModel):
    _name = "saas.sync.settle.case"
    _description = "Equal SaaS Sync Conflicts"

    settle_id = fields.Many2one("saas.sync.settle", required=True, ondelete="cascade")
    chosen = fields.Boolean("Decide")
    difference = fields.Char("Differ In", readonly=True)
    system_name = fields.Char("With", readonly=True)
    conflict_ids = fields.Many2many("saas.sync.conflict")
    count = fields.Integer("Records", compute="_compute_count")

    @api.depends("conflict_ids")
    def _compute_count(self):
        for case in self:
            case.count = len(case.conflict_ids)
