"""Two deals of a CRM became one: so do their opportunities, with orders and history."""

from odoo import models


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _merge_into(self, connection, change, survivor):
        if survivor["model"] == "crm.lead" and change["link"]["id"] != survivor["id"]:
            self._hand_over_order(
                connection, change["link"]["external_id"], survivor["external_id"]
            )
        return super()._merge_into(connection, change, survivor)

    def _hand_over_order(self, connection, loser, survivor):
        """The order of the loser is the survivor's if that has none: its next news
        would else make a second one."""
        domain = [("connection_id", "=", connection.id), ("kind", "=", "order")]
        links = self.env["saas.sync.link"].sudo()
        if links.search_count([*domain, ("external_id", "=", survivor)], limit=1):
            return
        for model in ("saas.sync.link", "saas.sync.receipt", "saas.sync.exception"):
            of_loser = [*domain, ("external_id", "=", loser)]
            records = self.env[model].sudo().search(of_loser)
            if model == "saas.sync.link":
                # What the survivor says of the order has not been compared.
                records.write({"external_id": survivor, "digest": False})
            else:
                records.write({"external_id": survivor})

    def _merge_records(self, loser, winner):
        if loser._name == "crm.lead":
            self._merge_opportunities(loser.sudo(), winner.sudo())
        super()._merge_records(loser, winner)

    def _merge_opportunities(self, loser, winner):
        """Messages, activities, files, meetings and followers as Odoo's own merge moves
        them. That one chooses itself which deal stays, and mixes their values: here
        both is decided by the CRM."""
        winner._merge_followers(loser)
        winner._merge_dependences(loser)
        orders = self.env["sale.order"].sudo()
        orders.search([("opportunity_id", "=", loser.id)]).write(
            {"opportunity_id": winner.id}
        )
        winner._message_log(
            body=self.env._(
                "Merged by the sync with %s, as its source did.", loser.display_name
            )
        )
