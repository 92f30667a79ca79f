from odoo import api, fields, models

from ..tools.kinds import KINDS


class SaasSyncReceipt(models.Model):
    """Proof that one effect was made, committed together with the effect."""

    _name = "saas.sync.receipt"
    _description = "SaaS Sync Receipt"
    _order = "id desc"
    _rec_name = "rung"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "saas.sync.connection", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    external_id = fields.Char("External ID", required=True, readonly=True)
    rung = fields.Char(
        required=True, readonly=True, help="The step of the ladder: drafted, posted…"
    )
    model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", readonly=True
    )
    made = fields.Char(readonly=True, help="What was made, e.g. an invoice number.")
    batch = fields.Char(
        readonly=True, help="The call that made it; the sidecar's log names the same."
    )
    delivery = fields.Char(
        readonly=True, help="What led to it; the sidecar's log names the same."
    )
    reason = fields.Char(readonly=True)
    rule = fields.Char(readonly=True)

    _key_uniq = models.UniqueIndex(
        "(connection_id, kind, external_id, rung)",
        "This effect was made already.",
    )
    _record_idx = models.Index("(model, res_id)")

    @api.depends("kind", "external_id", "rung")
    def _compute_display_name(self):
        for receipt in self:
            receipt.display_name = f"{receipt.external_id} · {receipt.rung}"

    def action_open_record(self):
        self.ensure_one()
        return self.env["saas.sync.link"]._open_action(self.model, self.res_id)
