"""What is missing in the set-up of billing, told to the sidecar by ``hello``."""

from odoo import models


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _problems(self):
        connections = self.env["saas.sync.connection"].sudo().search([])
        return super()._problems() + [
            {
                "code": "connection_not_set_up",
                "message": self.env._(
                    "The accounting of %s is not set up.", connection.name
                ),
                "hint": self.env._(
                    'Open the connection in SaaS Sync and press "Set up accounting".'
                ),
            }
            for connection in connections
            if not connection.accounting_ready
        ]
