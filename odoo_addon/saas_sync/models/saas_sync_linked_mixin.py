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

    saas_sync_key = fields.Char(
        string="SaaS Sync Key",
        compute="_compute_saas_sync_key",
        search="_search_saas_sync_key",
        help="Names the record at other systems, for good.",
    )

    def _compute_saas_sync_key(self):
        prefix = self.env["saas.sync.watch"]._key_prefix()
        for record in self:
            record.saas_sync_key = f"{prefix}-{record._origin.id}"

    def _search_saas_sync_key(self, operator, value):
        if operator not in ("in", "="):
            return NotImplemented
        keys = [value] if isinstance(value, str) else value
        prefix = self.env["saas.sync.watch"]._key_prefix()
        own = [key.split("-") for key in keys if key and key.count("-") == 1]
        ids = [int(id_) for start, id_ in own if start == prefix and id_.isdigit()]
        return [("id", "in", ids)]

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
