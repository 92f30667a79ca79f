"""What the resolver's screen reads and writes: both sides of every field that the user
may see, and the user's choices.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .saas_sync_conflict import PENDING

# What a person can type here; a text with marks in it is chosen, not typed.
TYPED = (
    "char",
    "text",
    "integer",
    "float",
    "monetary",
    "date",
    "datetime",
    "selection",
    "boolean",
    "many2one",
)
# What the field's own widget has to know.
WIDGET = ("type", "string", "selection", "relation", "digits", "size", "trim")


class SaasSyncConflict(models.Model):
    _inherit = "saas.sync.conflict"

    @api.model
    def resolver(self, conflict_id):
        """Everything the resolver shows of one conflict, within the user's rights.

        :raise AccessError: if the user may not read the record
        """
        conflict = self._seen(conflict_id)
        known = conflict.sudo()
        lines = conflict._user_lines()
        record = conflict._user_record()
        may_decide = bool(record) and self._may_decide(conflict)
        return {
            "id": known.id,
            "state": known.state,
            "label": known.label,
            "model": known.model,
            "res_id": known.res_id,
            "record_name": record.display_name if record else None,
            "kind": known.kind,
            "system_name": known.system_name or known.connection_id.name,
            "connection_name": known.connection_id.name,
            "since": fields.Datetime.to_string(known.since) or None,
            "url": known.url or None,
            "problem": known.problem or None,
            "note": known.note or None,
            "ending": known._tell_ending() or None,
            "can_decide": known.state in PENDING and may_decide,
            "hidden": len(known._todo() - lines),
            "lines": [conflict._resolver_line(line) for line in lines],
        }

    def _resolver_line(self, line):
        sides = line.sides or {}
        live = line._live() if not line.settled else line._told("odoo")
        spec = line._spec(list(WIDGET))
        return {
            "id": line.id,
            "field": line.field,
            "label": line.label,
            "why": line.why,
            "settled": line.settled,
            "token": line._token(),
            "base": {"text": line._text(sides.get("base")), "by": None, "at": None},
            "odoo": {
                "text": line._text(live),
                "by": self._name_of(sides.get("odoo_by")),
                "at": sides.get("odoo_at") or None,
            },
            # What Odoo held when the other system was asked, if it is something else.
            "was": line._text(line._told("odoo"))
            if live != line._told("odoo")
            else None,
            "other": {
                "text": line._text(sides.get("other")),
                "by": sides.get("other_by") or None,
                "at": sides.get("other_at") or None,
            },
            "choice": line.choice or None,
            "typed": line._text((line.typed or {}).get("value"))
            if line.choice == "value"
            else None,
            "decided_by": line.decided_by_id.name or None,
            "can_type": spec.get("type") in TYPED and line._may("write"),
            "spec": spec,
            "held": {
                side: line._widget_value(value)
                for side, value in (
                    ("odoo", live),
                    ("other", sides.get("other")),
                    ("value", (line.typed or {}).get("value")),
                )
            },
        }

    @api.model
    def resolve(self, conflict_id, choices, note=None):
        """Decide about fields of a conflict.

        :param dict choices: ``{field: {take: odoo|other|value, value?, token,
            always?}}``; fields that are left out stay open
        :return: ``{stale: [labels]}``: fields whose values are no longer those that the
            user saw; if there are any, nothing was decided
        """
        conflict = self._seen(conflict_id)
        known = conflict.sudo()
        known.lock_for_update(allow_referencing=True)
        if known.state not in PENDING:
            raise UserError(self.env._("This conflict has been settled already."))
        if not self._may_decide(conflict):
            raise AccessError(
                self.env._(
                    "Operators of SaaS Sync decide this, and who may edit the record."
                )
            )
        todo = conflict._user_lines() & known._todo()
        lines = {line.field: line for line in todo}
        chosen = [
            (lines[name], choice) for name, choice in choices.items() if name in lines
        ]
        stale = [
            line.label for line, choice in chosen if choice["token"] != line._token()
        ]
        if stale or not chosen:
            return {"stale": stale}
        for line, choice in chosen:
            line._decide(choice["take"], choice.get("value"))
            if choice.get("always") and choice["take"] != "value":
                self.env["saas.sync.proposal"]._propose(line, choice["take"])
        conflict._send_decisions(note)
        return {"stale": []}

    # Rights

    @api.model
    def _seen(self, conflict_id):
        """The conflict, if the user may know of it: as operator, or by its record."""
        known = self.sudo().browse(int(conflict_id)).exists()
        if not known or known.company_id not in self.env.companies:
            raise AccessError(self.env._("There is no such conflict, or not for you."))
        conflict = self.browse(known.id)
        record = conflict._user_record()
        if not self.has_access("read") and not (record and record.has_access("read")):
            raise AccessError(self.env._("There is no such conflict, or not for you."))
        return conflict

    @api.model
    def _may_decide(self, conflict):
        if self.env.user.has_group("saas_sync.group_operator"):
            return True
        record = conflict._user_record()
        return bool(record) and record.has_access("write")

    def _user_record(self):
        """The record in the user's rights; its name is for those who may read it."""
        known = self.sudo()
        if known.model not in self.env:
            return None
        record = self.env[known.model].browse(known.res_id).exists()
        return record if record and record.has_access("read") else None

    def _user_lines(self):
        """The lines of those fields that the user may read on the record."""
        return self.sudo().line_ids.filtered(lambda line: line._may("read"))

    def _todo(self):
        return self.line_ids.filtered(lambda line: not line.settled)

    @api.model
    def _name_of(self, login):
        user = (
            self.env["res.users"].sudo().search([("login", "=", login or "")], limit=1)
        )
        return user.name or login or None

    # On its way to the sidecar

    def _decide_alike(self, take, note=None):
        """Take one side for every field that the user may see.

        :return: the conflicts of which something was decided
        """
        done = self.browse()
        for conflict in self.filtered(lambda c: c.state in PENDING):
            conflict.sudo().lock_for_update(allow_referencing=True)
            todo = conflict._user_lines() & conflict.sudo()._todo()
            for line in todo:
                line._decide(take)
            if todo:
                conflict._send_decisions(note)
                done += conflict
        return done

    def _send_decisions(self, note=None):
        """Queue every decision there is: of several rows only the last one counts."""
        known = self.sudo()
        if note:
            known.note = note
        known.write({"state": "resolving", "problem": False})
        decisions = {
            line.field: line._decision() for line in known._todo() if line.choice
        }
        self.env["saas.sync.outbox"]._queue(
            "resolve",
            known.connection_id,
            known.kind,
            known.external_id,
            {"decisions": decisions, "note": known.note or ""},
        )
        known._send_changed()

    @api.model
    def _refuse(self, wish, message):
        """The sidecar could not carry out a decision: the conflict is open again."""
        if not wish or wish.command != "resolve":
            return
        conflicts = self.search(
            [
                ("connection_id", "=", wish.connection_id.id),
                ("kind", "=", wish.kind),
                ("external_id", "=", wish.external_id),
                ("state", "=", "resolving"),
            ]
        )
        why = message or self.env._("no reason")
        conflicts.write({"state": "open", "problem": why})
        conflicts._send_changed()
