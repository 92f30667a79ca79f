from odoo import models

from ..tools.values import COMMERCIAL
from .saas_sync_api import key_of


class SaasSyncApi(models.AbstractModel):
    """Two records of the other system became one: in Odoo they become one, too, with
    all documents, and the loser's link leads to the survivor's record."""

    _inherit = "saas.sync.api"

    def _apply_merge(self, connection, changes):
        refs = [change["into"] for change in changes]
        keys = {(ref["kind"], ref["external_id"]) for ref in refs}
        survivors = self._lock_links(connection, keys)
        results = []
        for change in changes:
            into = change["into"]["kind"], change["into"]["external_id"]
            survivor = survivors.get(into)
            if not change["link"]:
                results.append(self._result(change, "skipped"))
            elif survivor:
                results.append(self._merge_into(connection, change, survivor))
            else:
                survivors[into] = self._take_over(connection, change)
                results.append(self._merge_into(connection, change, survivors[into]))
        return results

    def _take_over(self, connection, change):
        """A survivor that nobody knows yet gets the loser's record: some systems give
        what was merged a new id. What it holds is read at its next news."""
        link = change["link"]
        heir = {**change, "key": change["into"], "link": None}
        row = {
            "change": heir,
            "model": link["model"],
            "res_id": link["res_id"],
            "version": link["version"],
            "digest": "",
            "base": link["base"],
        }
        self._save_links(connection, [row])
        return heir["link"]

    def _meet_heirs(self, connection, changes):
        """Survivors that were unknown when the batch began have a link by now."""
        new = [change for change in changes if not change["link"]]
        links = self._lock_links(connection, {key_of(change) for change in new})
        for change in new:
            change["link"] = links.get(key_of(change))

    def _merge_into(self, connection, change, survivor):
        link = change["link"]
        if link["id"] == survivor["id"]:
            return self._result(change, "unchanged")
        if link["model"] != survivor["model"] or link["model"] not in self.env:
            self._fail(
                "models_differ",
                self.env._("Records of different types cannot become one."),
                hint=self.env._("Delete the link that is wrong, then retry."),
            )
        target = self.env[link["model"]]
        loser = target.browse(link["res_id"]).exists()
        winner = target.browse(survivor["res_id"]).exists()
        if not winner:
            self._fail(
                "record_missing",
                self.env._("The record that lives on was deleted in Odoo."),
                failure_class="conflict",
                hint=self.env._("Restore it, or delete its link, then retry."),
            )
        if loser and loser != winner:
            self._merge_records(loser, winner)
        self._make_alias(connection, change, winner)
        self._look_again(connection, survivor)
        return self._result(
            change,
            "updated",
            model=winner._name,
            res_id=winner.id,
            version=change["version"],
            digest=change["digest"],
        )

    def _make_alias(self, connection, change, winner):
        row = {
            "change": change,
            "model": winner._name,
            "res_id": winner.id,
            "state": "merged",
        }
        self._save_links(connection, [row])

    def _look_again(self, connection, survivor):
        """The survivor is one record again, and what is told of it may be news."""
        self.env["saas.sync.link"].browse(survivor["id"]).sudo().filtered(
            lambda link: link.state == "duplicate"
        ).write({"state": "synced", "last_error": False})
        self.env["saas.sync.outbox"].sudo()._queue_edits(
            "push",
            [(connection.id, survivor["kind"], survivor["external_id"], {"edits": {}})],
        )

    # Records

    def _merge_records(self, loser, winner):
        """Make one record of two: for contacts, by Odoo's own merge. Of other models
        the loser is archived with its documents; whatever of the sync leads to it
        leads to the winner."""
        if loser._name == COMMERCIAL:
            self._merge_partners(loser.sudo(), winner.sudo())
            return
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._saas_sync_rebind(loser, winner)
        if "active" in loser._fields:
            loser.write({"active": False})

    def _merge_partners(self, loser, winner):
        self._check_mergeable(loser, winner)
        self._part_family(loser, winner)
        kept = self._agreed_values(winner)
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard.with_context(no_vat_validation=True)._merge(
            [loser.id, winner.id], winner, extra_checks=False
        )
        # Empty fields were filled with the loser's: what both sides agreed on stays.
        winner.invalidate_recordset()
        changed = {
            name: value
            for name, value in kept.items()
            if winner._fields[name].convert_to_write(winner[name], winner) != value
        }
        if changed:
            winner.with_context(no_vat_validation=True).write(changed)

    def _agreed_values(self, winner):
        links = (
            self.env["saas.sync.link"]
            .sudo()
            .search([("model", "=", winner._name), ("res_id", "=", winner.id)])
        )
        names = {name for link in links for name in link.base or {}}
        return {
            name: winner._fields[name].convert_to_write(winner[name], winner)
            for name in names
            if name in winner._fields and not winner._fields[name].readonly
        }

    @staticmethod
    def _part_family(loser, winner):
        """Odoo merges no contact with one above it: the generation between goes."""
        if winner in loser._saas_sync_above():
            loser.parent_id = False
        elif loser in winner._saas_sync_above():
            winner.parent_id = loser.parent_id

    def _check_mergeable(self, loser, winner):
        both = (loser | winner).with_context(active_test=False)
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        owner = companies.search([("partner_id", "in", both.ids)], limit=1)
        if owner:
            self._refuse_merge(
                loser,
                winner,
                self.env._("it is the contact of the company %s", owner.name),
            )
        user = both.user_ids[:1]
        if user:
            self._refuse_merge(
                loser, winner, self.env._("it is the contact of the user %s", user.name)
            )
        if loser.company_id and winner.company_id not in (
            loser.company_id,
            winner.company_id.browse(),
        ):
            self._refuse_merge(
                loser, winner, self.env._("they belong to different companies")
            )
        if self._has_sealed_entries(loser):
            self._refuse_merge(
                loser,
                winner,
                self.env._("it stands in journal entries that are sealed by a hash"),
            )

    def _has_sealed_entries(self, loser):
        if "inalterable_hash" not in self.env.get("account.move", self)._fields:
            return False
        lines = self.env["account.move.line"].sudo()
        return bool(
            lines.search_count(
                [
                    ("partner_id", "=", loser.id),
                    ("move_id.inalterable_hash", "!=", False),
                ],
                limit=1,
            )
        )

    def _refuse_merge(self, loser, winner, why):
        self._fail(
            "merge_refused",
            self.env._(
                "%(loser)s cannot become one with %(winner)s: %(why)s.",
                loser=loser.display_name,
                winner=winner.display_name,
                why=why,
            ),
            hint=self.env._(
                "Decide in Odoo which contact stays, archive the other one, and "
                "ignore this exception."
            ),
            args={"loser": loser.id, "winner": winner.id},
        )
