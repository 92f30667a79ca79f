"""What live screens and the overview are told about exceptions."""

from odoo import api, models

from .saas_sync_exception import OPEN_STATES


class SaasSyncException(models.Model):
    _inherit = "saas.sync.exception"

    @api.model
    def _send_overview(self):
        """Tell operators' open screens how much waits for people; if that is another
        number than before, they read the overview again."""
        count = self.sudo().search_count([("state", "in", OPEN_STATES)])
        count += self.env["saas.sync.conflict"].sudo()._count_open()
        self.env.ref("saas_sync.group_operator")._bus_send(
            "saas_sync.overview", {"open": count}
        )

    @api.model
    def _overview_groups(self):
        """Open exceptions by code and cause; empty for those who are no operators.

        Amounts and an example are for accountants only.
        """
        if not self.has_access("read"):
            return []
        informed = self._may_see_amounts()
        causes = dict(self._fields["cause"]._description_selection(self.env))
        topics = dict(self._fields["topic"]._description_selection(self.env))
        rows = {}
        groups = self._read_group(
            [("state", "in", OPEN_STATES)],
            ["code", "cause", "topic", *(["currency"] if informed else [])],
            ["__count", "id:max", *(["amount:sum"] if informed else [])],
        )
        for code, cause, topic, *values in groups:
            currency = values.pop(0) if informed else None
            count, latest, *amount = values
            row = rows.setdefault(
                (code, cause),
                {
                    "code": code,
                    "cause": cause,
                    "label": topics.get(topic) or causes.get(cause, cause),
                    "example": self.browse(latest).summary if informed else None,
                    "count": 0,
                    "amounts": {},
                },
            )
            row["count"] += count
            if currency and amount[0]:
                row["amounts"][currency] = amount[0]
        return sorted(rows.values(), key=lambda row: -row["count"])
