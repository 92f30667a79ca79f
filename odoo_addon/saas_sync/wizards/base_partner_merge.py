from odoo import models
from odoo.tools import SQL

# Models that name a record by its model and id: what they tell follows a merge.
FOLLOWERS = (
    "saas.sync.receipt",
    "saas.sync.exception",
    "saas.sync.conflict",
    "saas.sync.candidate",
)
# Several of these may well lead to one record of Odoo.
SHARING = ("price", "tax_rate")


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Whoever merges contacts, the sync goes on with the one that stays."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(partner_ids)
        stale = self._saas_sync_stale(partners - (dst_partner or partners.browse()))
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        for records, names in stale:
            left = records.exists()
            for name in names:
                self.env.add_to_compute(left._fields[name], left)
        self.env.flush_all()
        return result

    def _saas_sync_stale(self, partners):
        """(records, names of computed fields) that depend on who these contacts are.
        The merge moves them with SQL, past what keeps such fields right."""
        everybody = partners.sudo().with_context(active_test=False)
        tree = everybody.search([("id", "child_of", partners.ids)])
        names = ("commercial_partner_id", "commercial_company_name", "complete_name")
        return [(tree, names)]

    def _update_reference_fields(self, src_partners, dst_partner):
        result = super()._update_reference_fields(src_partners, dst_partner)
        self._saas_sync_rebind(src_partners, dst_partner)
        return result

    def _log_merge_operation(self, src_partners, dst_partner):
        if self.env["saas.sync.watch"]._origin() is None:
            return super()._log_merge_operation(src_partners, dst_partner)
        # The usual note tells e-mail addresses to everybody who follows.
        return dst_partner._message_log(
            body=self.env._(
                "Merged by the sync with %s, as its source did.",
                ", ".join(src_partners.mapped("display_name")),
            )
        )

    def _saas_sync_rebind(self, src_partners, dst_partner):
        """Links, receipts, exceptions and conflicts follow; of two links of one
        connection on one record the younger is a duplicate until its source merges
        them, too."""
        self.env.flush_all()
        moved = self._saas_sync_move("saas.sync.link", src_partners, dst_partner)
        for model in FOLLOWERS:
            self._saas_sync_move(model, src_partners, dst_partner)
        self.env.invalidate_all(flush=False)
        if moved:
            self._saas_sync_mark_duplicates(dst_partner)

    def _saas_sync_move(self, model, src_partners, dst_partner):
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET res_id = %s WHERE model = %s AND res_id = ANY(%s)",
                SQL.identifier(self.env[model]._table),
                dst_partner.id,
                dst_partner._name,
                src_partners.ids,
            )
        )
        return self.env.cr.rowcount

    def _saas_sync_mark_duplicates(self, dst_partner):
        links = (
            self.env["saas.sync.link"]
            .sudo()
            .search(
                [
                    ("model", "=", dst_partner._name),
                    ("res_id", "=", dst_partner.id),
                    ("state", "!=", "merged"),
                ],
                order="id",
            )
        )
        first = {}
        for link in links:
            key = link.connection_id, link.kind
            if link.kind in SHARING:
                continue
            if first.setdefault(key, link) != link:
                link.write(
                    {
                        "state": "duplicate",
                        "last_error": self.env._(
                            "Merged in Odoo: %(system)s still has two records for it. "
                            "Merge them there.",
                            system=link.system_name,
                        ),
                    }
                )
        origin = self.env["saas.sync.watch"]._origin()
        rows = [
            (link.connection_id.id, link.kind, link.external_id, {"edits": {}})
            for link in links
            if link.connection_id.id != origin
        ]
        self.env["saas.sync.outbox"].sudo()._queue_edits("push", rows)
