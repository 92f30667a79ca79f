"""A wish that one side always decide a field, for whoever writes the rules."""

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.kinds import KINDS


class SaasSyncProposal(models.Model):
    """Made by "Always do this". Rules are files of the sidecar: Odoo shows the lines,
    the integrator puts them in."""

    _name = "saas.sync.proposal"
    _description = "Proposed SaaS Sync Rule"
    _inherit = ["mail.thread"]
    _order = "state desc, id desc"
    _rec_name = "field_label"

    connection_id = fields.Many2one(
        "saas.sync.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    field = fields.Char("Technical Name", required=True, readonly=True)
    field_label = fields.Char("Field", readonly=True)
    take = fields.Selection(
        [("odoo", "Odoo"), ("other", "The other system")],
        string="Shall Decide",
        required=True,
        readonly=True,
    )
    winner = fields.Char("Owner", compute="_compute_rule")
    rule = fields.Text("Lines for the Rule", compute="_compute_rule")
    place = fields.Char("File", compute="_compute_rule")
    user_id = fields.Many2one("res.users", "Proposed By", readonly=True)
    times = fields.Integer(
        "Wished", readonly=True, default=1, help="How often it was wished."
    )
    state = fields.Selection(
        [("proposed", "Proposed"), ("approved", "Approved"), ("declined", "Declined")],
        required=True,
        readonly=True,
        default="proposed",
        tracking=True,
    )
    decided_by_id = fields.Many2one("res.users", "Decided By", readonly=True)

    _open_uniq = models.UniqueIndex(
        "(connection_id, kind, field) WHERE state = 'proposed'"
    )

    @api.depends("take", "kind", "field", "connection_id")
    def _compute_rule(self):
        for proposal in self:
            connection = proposal.connection_id
            odoo = proposal.take == "odoo"
            proposal.winner = "Odoo" if odoo else connection.system_name
            owner = "odoo" if odoo else f"[{connection.system}]"
            proposal.rule = f"fields:\n  {proposal.field}:\n    owner: {owner}\n"
            proposal.place = (
                f"sync-rules/{(proposal.kind or '').replace('_', '-')}.yaml"
            )

    @api.model
    def _propose(self, line, take):
        """Note the wish; the same one again is counted, another one replaces it."""
        conflict = line.conflict_id.sudo()
        mine = self.sudo()
        proposal = mine.search(
            [
                ("connection_id", "=", conflict.connection_id.id),
                ("kind", "=", conflict.kind),
                ("field", "=", line.field),
                ("state", "=", "proposed"),
            ]
        )
        if not proposal:
            return mine.create(
                {
                    "connection_id": conflict.connection_id.id,
                    "kind": conflict.kind,
                    "field": line.field,
                    "field_label": line.label,
                    "take": take,
                    "user_id": self.env.uid,
                }
            )
        times = proposal.times + 1 if proposal.take == take else 1
        proposal.write({"take": take, "user_id": self.env.uid, "times": times})
        return proposal

    def action_approve(self):
        """Mark as wanted; it counts once the lines are in the sidecar's rules."""
        self._end("approved")

    def action_decline(self):
        self._end("declined")

    def _end(self, state):
        if not self.env.user.has_group("saas_sync.group_admin"):
            raise AccessError(
                self.env._("Only administrators of SaaS Sync decide about rules.")
            )
        self.check_access("read")
        self.sudo().write({"state": state, "decided_by_id": self.env.uid})
