from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

LOGIN = "saas_sync_sidecar"
WARN_BEFORE = timedelta(days=14)


class ResConfigSettings(models.TransientModel):
    """The sidecar's user and its keys."""

    _inherit = "res.config.settings"

    saas_sync_service_user_id = fields.Many2one(
        "res.users", compute="_compute_saas_sync", string="Service User"
    )
    saas_sync_key_ids = fields.Many2many(
        "res.users.apikeys", compute="_compute_saas_sync", string="API Keys"
    )
    saas_sync_key_expiry = fields.Datetime(
        compute="_compute_saas_sync", string="Newest Key Expires"
    )
    saas_sync_key_warning = fields.Char(compute="_compute_saas_sync")
    saas_sync_connection_ids = fields.Many2many(
        "saas.sync.connection", compute="_compute_saas_sync", string="Connections"
    )

    @api.depends("company_id")
    def _compute_saas_sync(self):
        user = self._saas_sync_service_user()
        keys = self._saas_sync_keys(user)
        newest = keys.sorted("id")[-1:]
        for settings in self:
            settings.saas_sync_service_user_id = user
            settings.saas_sync_key_ids = keys
            settings.saas_sync_key_expiry = newest.expiration_date
            settings.saas_sync_key_warning = self._saas_sync_expiry_warning(newest)
            settings.saas_sync_connection_ids = self.env["saas.sync.connection"].search(
                []
            )

    @api.model
    def _saas_sync_service_user(self):
        """The user the sidecar signs in as, or an empty recordset."""
        group = self.env.ref("saas_sync.group_service")
        users = (
            self.env["res.users"]
            .sudo()
            .search([("group_ids", "in", group.id)], order="id")
        )
        return (users.filtered(lambda u: u.login == LOGIN) or users)[:1]

    @api.model
    def _saas_sync_keys(self, user):
        """The keys of ``user`` that are still valid."""
        if not user:
            return self.env["res.users.apikeys"].sudo()
        return (
            self.env["res.users.apikeys"]
            .sudo()
            .search(
                [
                    ("user_id", "=", user.id),
                    "|",
                    ("expiration_date", "=", False),
                    ("expiration_date", ">=", fields.Datetime.now()),
                ]
            )
        )

    @api.model
    def _saas_sync_expiry_warning(self, key):
        expiry = key.expiration_date
        if not key or not expiry or expiry > fields.Datetime.now() + WARN_BEFORE:
            return False
        return self.env._(
            "The sidecar's API key expires on %(date)s. Make a new one, give it to the "
            "sidecar, then revoke the old one.",
            date=fields.Date.to_string(expiry.date()),
        )

    @api.model
    def _saas_sync_check_admin(self):
        if not self.env.user.has_group("saas_sync.group_admin"):
            raise AccessError(
                self.env._("Only administrators of SaaS Sync may manage its access.")
            )

    def action_saas_sync_service_user(self):
        """Create the service user, or give it every company again."""
        self._saas_sync_check_admin()
        users = self.env["res.users"].sudo().with_context(no_reset_password=True)
        companies = self.env["res.company"].sudo().search([])
        user = self._saas_sync_service_user()
        if user:
            user.company_ids = companies
        else:
            users.create(
                {
                    "name": "SaaS Sync (sidecar)",
                    "login": LOGIN,
                    "group_ids": [(6, 0, self.env.ref("saas_sync.group_service").ids)],
                    "company_id": self.env.company.id,
                    "company_ids": [(6, 0, companies.ids)],
                    "notification_type": "inbox",
                }
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_saas_sync_new_key(self):
        self._saas_sync_check_admin()
        if not self._saas_sync_service_user():
            raise UserError(self.env._("Create the service user first."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New API Key"),
            "res_model": "saas.sync.key",
            "views": [(False, "form")],
            "target": "new",
        }

    def action_saas_sync_revoke_old(self):
        """Revoke all keys but the newest."""
        self._saas_sync_check_admin()
        keys = self._saas_sync_keys(self._saas_sync_service_user())
        (keys - keys.sorted("id")[-1:])._remove()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
