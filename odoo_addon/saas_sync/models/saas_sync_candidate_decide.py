from odoo import fields, models
from odoo.exceptions import AccessError, UserError

ADMIN = "saas_sync.group_admin"


class SaasSyncCandidate(models.Model):
    """What an administrator decides about records that were found."""

    _inherit = "saas.sync.candidate"

    def action_link(self, res_id=None):
        """Link each to the record named, or else to the best one found."""
        self._check_admin()
        for row in self:
            best = (row.comparison or {}).get("suggestions") or []
            chosen = res_id or (best and best[0]["id"])
            if chosen and row.model in self.env:
                row._link_to(self.env[row.model].browse(chosen))
            elif len(self) == 1:
                raise UserError(
                    self.env._("Nothing in Odoo was found for it: choose a record.")
                )
        return True

    def action_create_new(self):
        return self._decide("create")

    def action_ignore(self):
        return self._decide("ignore")

    def action_keep_this(self):
        """Of records that are one and the same, go on with this one only."""
        self.ensure_one()
        self._check_admin()
        twins = self._twins()
        twins._decide("ignore")
        if (self.comparison or {}).get("suggestions"):
            return self.action_link()
        return self._decide("create")

    def action_undo(self):
        """Take the decision back: it is asked for again."""
        return self._decide("decide", {"decided_by_id": False, "decided_at": False})

    def action_merge(self):
        """Open Odoo's own wizard with the contacts that could be meant: then one is
        left, which is linked."""
        self.ensure_one()
        self._check_admin()
        ids = [s["id"] for s in self.comparison["suggestions"]]
        if not self.can_merge:
            raise UserError(self.env._("There are no two contacts to merge."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge Contacts"),
            "res_model": "base.partner.merge.automatic.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {"active_model": "res.partner", "active_ids": ids},
        }

    def _link_to(self, record):
        """Decide that the row is ``record``, which no other row may be."""
        self.ensure_one()
        self._check_admin()
        record = record.exists()
        record.check_access("read")
        if not record:
            raise UserError(self.env._("The record was deleted in Odoo."))
        rival = self.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("kind", "=", self.kind),
                ("res_id", "=", record.id),
                ("plan", "=", "link"),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        if rival:
            raise UserError(
                self.env._(
                    "%(record)s is linked to %(rival)s (%(id)s) already. Decide about "
                    "that one first, or ignore this one.",
                    record=record.display_name,
                    rival=rival.name,
                    id=rival.external_id,
                )
            )
        self._decide("link", {"model": record._name, "res_id": record.id})

    def _decide(self, plan, values=None):
        self._check_admin()
        late = self.filtered(lambda row: row.connection_id.contact_state == "starting")
        if late:
            raise UserError(
                self.env._("Syncing is about to start; try again in a moment.")
            )
        open_rows = self.filtered(
            lambda row: row.connection_id.contact_state != "started"
            or row.plan in ("decide", "ignore")
        )
        if self - open_rows:
            raise UserError(
                self.env._("It is synchronised already; this was decided meanwhile.")
            )
        self.sudo().write(
            {
                "plan": plan,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                **(values or {}),
            }
        )
        self._decided_late()
        return True

    def _decided_late(self):
        """After the start a decision is carried out at once."""
        for row in self:
            if row.connection_id.contact_state != "started" or row.plan == "decide":
                continue
            if row.plan == "link":
                row.connection_id._link_candidates(row.ids)
            command = "ignore" if row.plan == "ignore" else "sync_now"
            self.env["saas.sync.outbox"]._queue(
                command,
                row.connection_id,
                row.kind,
                row.external_id,
                {"verdict": row.plan},
            )

    def _check_admin(self):
        """Actions write with elevated rights, so the user's are checked here."""
        if not self.env.user.has_group(ADMIN):
            raise AccessError(
                self.env._("Only administrators of SaaS Sync decide about this.")
            )
        self.check_access("read")
