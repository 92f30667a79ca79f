from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_users import check_identity

DURATIONS = [
    ("30", "1 Month"),
    ("90", "3 Months"),
    ("180", "6 Months"),
    ("365", "1 Year"),
]


class SaasSyncKey(models.TransientModel):
    """Makes a key for the sidecar and shows it once: it is kept nowhere."""

    _name = "saas.sync.key"
    _description = "New SaaS Sync API Key"

    duration = fields.Selection(DURATIONS, default="90", required=True)
    key = fields.Char(readonly=True, store=False)

    @check_identity
    def action_create_key(self):
        return self._show(self._create_key())

    def _create_key(self):
        """The new key's text; Odoo itself stores a hash only."""
        self.ensure_one()
        settings = self.env["res.config.settings"]
        settings._saas_sync_check_admin()
        user = settings._saas_sync_service_user()
        if not user:
            raise UserError(self.env._("Create the service user first."))
        expiry = fields.Datetime.now() + timedelta(days=int(self.duration))
        return (
            self.env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate("rpc", "SaaS Sync sidecar", expiry)
        )

    def _show(self, key):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("API Key Ready"),
            "res_model": "saas.sync.key",
            "views": [
                (self.env.ref("saas_sync.saas_sync_key_view_form_show").id, "form")
            ],
            "target": "new",
            "context": {"default_key": key, "default_duration": self.duration},
        }
