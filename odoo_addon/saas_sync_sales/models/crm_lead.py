"""Opportunities of a CRM: linked like contacts, won and lost as Odoo has it."""

from odoo import api, models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "saas.sync.linked.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("saas_sync_origin"):
            # Nobody's until somebody is named; what a CRM calls a deal is no raw lead.
            vals_list = [
                self._saas_sync_outcome(
                    {"type": "opportunity", "user_id": False, **vals}
                )
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("saas_sync_origin"):
            vals = self._saas_sync_outcome(dict(vals))
        return super().write(vals)

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        self.env["saas.sync.standing"]._note_written(self, vals_list, {"won_status"})

    def _saas_sync_outcome(self, vals):
        """Values that say won or lost as Odoo's own buttons do: lost is archived at
        0 % and in no won stage, won is 100 %.
        """
        stages = self.env["crm.stage"]
        stage = stages.browse(vals.get("stage_id") or ())
        if vals.get("active") is False:
            vals.update(probability=0, automated_probability=0)
            if stage.is_won or (not stage and any(self.stage_id.mapped("is_won"))):
                vals["stage_id"] = stages.search(
                    [("is_won", "=", False)], order="sequence desc, id desc", limit=1
                ).id
        elif stage.is_won:
            vals.update(active=True, probability=100, automated_probability=100)
        elif vals.get("active") and any(not lead.active for lead in self):
            vals.setdefault("lost_reason_id", False)
        return vals
