from odoo import api, fields, models


class SaasSyncLinkedMixin(models.AbstractModel):
    """For models whose forms have a button to the links of their record."""

    _name = "saas.sync.linked.mixin"
    _description = "Record That Can Be Linked"

    saas_sync_link_count = fields.Integer(
        string="SaaS Links",
        compute="_compute_saas_sync_link_count",
        groups="saas_sync.group_reader",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_saas_sync_link_count(self):
        groups = self.env["saas.sync.link"]._read_group(
            [("model", "=", self._name), ("res_id", "in", self.ids)],
            ["res_id"],
            ["__count"],
        )
        counts = dict(groups)
        for record in self:
            record.saas_sync_link_count = counts.get(record.id, 0)

    def action_saas_sync_links(self):
        """Open the links of these records."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_sync.saas_sync_link_action"
        )
        action["domain"] = [("model", "=", self._name), ("res_id", "in", self.ids)]
        return action
