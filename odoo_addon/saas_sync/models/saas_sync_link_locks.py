from odoo import api, models


class SaasSyncLink(models.Model):
    """Which fields of a record another system owns: shown beside their labels."""

    _inherit = "saas.sync.link"

    @api.model
    def locks(self, model, res_id):
        """What a form says about the fields that are owned elsewhere.

        :return: list of ``{field, system, system_name, connection, against,
            last_changed}``; ``last_changed`` is UTC, when the sync last wrote the
            field, or made the link if it never did
        """
        if model not in self.env or self.env[model]._abstract or not res_id:
            return []
        record = self.env[model].browse(int(res_id)).exists()
        if not self.has_access("read") or not record or not record.has_access("read"):
            return []
        owners = self.env["saas.sync.watch"]._owners(record).get(record.id)
        if not owners:
            return []
        links = {
            (link.connection_id.id, link.kind): link
            for link in self.sudo().search(
                [
                    ("model", "=", model),
                    ("res_id", "=", record.id),
                    ("company_id", "in", self.env.companies.ids),
                ]
            )
        }
        locks = []
        for name, watch in owners.items():
            link = links.get((watch.connection_id, watch.kind))
            if link and self._may_see(record, name):
                made_at = str(link.create_date.replace(microsecond=0))
                locks.append(
                    {
                        "field": name,
                        "system": watch.system,
                        "system_name": watch.system_name,
                        "connection": link.connection_id.name,
                        "against": watch.fields[name].get("against") or "revert",
                        "last_changed": (link.changed or {}).get(name, made_at),
                    }
                )
        return locks

    @staticmethod
    def _may_see(record, name):
        return record._has_field_access(record._fields[name], "read")
