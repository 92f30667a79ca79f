"""Conflicts as the sidecar tells them: opened, refreshed, settled."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..tools.kinds import RANK
from .saas_sync_api_report import moment, parts
from .saas_sync_conflict import PENDING
from .saas_sync_conflict_line import SIDES

TOLD = (*SIDES, "odoo_by", "odoo_at", "other_by", "other_at")


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _report_conflicts(self, rows, exceptions=()):
        known, existing = self._conflict_world(rows)
        conflicts = self.env["saas.sync.conflict"]
        new, refreshed = [], conflicts.browse()
        for row in {self._exception_key(row): row for row in rows}.values():
            connection = known.get(row["connection"])
            told = parts(row.get("fields"), "field")
            if not connection or row["kind"] not in RANK or not told:
                continue
            conflict = existing.get(self._exception_key(row))
            if conflict:
                conflict._refresh(row, told)
                refreshed += conflict
            else:
                new.append(conflicts._reported(connection, row, told))
        (refreshed + conflicts.create(new))._name_difference()._send_changed()

        # What failed before is a conflict now, unless it still fails as well.
        failing = {self._exception_key(row) for row in exceptions}
        self._report_resolved(
            [row for row in rows if self._exception_key(row) not in failing]
        )

    def _report_settled(self, rows):
        _known, existing = self._conflict_world(rows)
        ids = [conflict.id for conflict in existing.values()]
        self.env["saas.sync.conflict"].browse(ids)._settle()

    def _conflict_world(self, rows):
        """Connections by code, and pending conflicts by key."""
        connections = (
            self.env["saas.sync.connection"]
            .with_context(active_test=False)
            .search([("code", "in", [row["connection"] for row in rows])])
        )
        pending = self.env["saas.sync.conflict"].search(
            [
                ("connection_id", "in", connections.ids),
                ("external_id", "in", [row["external_id"] for row in rows]),
                ("state", "in", PENDING),
            ]
        )
        wanted = {self._exception_key(row) for row in rows}
        keyed = {(c.connection_id.code, c.kind, c.external_id): c for c in pending}
        return (
            {connection.code: connection for connection in connections},
            {key: conflict for key, conflict in keyed.items() if key in wanted},
        )


class SaasSyncConflict(models.Model):
    _inherit = "saas.sync.conflict"

    @api.model
    def _before(self, connection):
        """What a sidecar that lost its memory must know was in conflict."""
        pending = self.search(
            [("connection_id", "=", connection.id), ("state", "in", PENDING)],
            limit=10000,
            order="id",
        )
        return [
            {
                "id": conflict.id,
                "kind": conflict.kind,
                "external_id": conflict.external_id,
                "cause": "conflict",
                "code": "both_sides_changed",
                "label": conflict.label,
                "message": self.env._(
                    "Both sides differ in: %(fields)s", fields=conflict.difference
                ),
                "hint": self.env._("Somebody has to decide, in SaaS Sync > Conflicts."),
            }
            for conflict in pending
        ]

    @api.model
    def _reported(self, connection, row, told):
        lines = [{"field": t["field"], **self._line_values(t)} for t in told]
        return {
            "connection_id": connection.id,
            "company_id": connection.company_id.id,
            "kind": row["kind"],
            "external_id": row["external_id"],
            "since": moment(row.get("since")) or fields.Datetime.now(),
            "line_ids": [fields.Command.create(values) for values in lines],
            **self._row_values(row),
        }

    @api.model
    def _row_values(self, row):
        return {
            "model": row["model"],
            "res_id": row["res_id"],
            "label": row.get("label") or row["external_id"],
            "url": row.get("url") or False,
        }

    @api.model
    def _line_values(self, told):
        why = told.get("why")
        return {
            "why": why if why == "owned_elsewhere" else "both_changed",
            "sides": {name: told.get(name) for name in TOLD},
        }

    def _refresh(self, row, told):
        """Told again: a choice holds as long as the values do between which it was
        made; a field that is told no longer is settled."""
        self.write(self._row_values(row))
        lines = {line.field: line for line in self.line_ids}
        for each in told:
            line = lines.pop(each["field"], None)
            values = {**self._line_values(each), "settled": False}
            if not line:
                line = self.env["saas.sync.conflict.line"]
                line.create({**values, "conflict_id": self.id, "field": each["field"]})
                continue
            before = line.sides or {}
            if line.settled or any(before.get(n) != values["sides"][n] for n in SIDES):
                values |= {"choice": False, "typed": False, "decided_by_id": False}
            line.write(values)
        for line in lines.values():
            line.settled = True
        if self.state == "resolving" and not self._is_under_way():
            self.state = "open"

    def _is_under_way(self):
        """Whether a decision has not reached the sidecar yet."""
        return bool(
            self.env["saas.sync.outbox"].search_count(
                [
                    ("command", "=", "resolve"),
                    ("connection_id", "=", self.connection_id.id),
                    ("kind", "=", self.kind),
                    ("external_id", "=", self.external_id),
                    ("state", "in", ("pending", "taken")),
                ],
                limit=1,
            )
        )

    def _name_difference(self):
        """Names of the fields in question, by which equal cases are grouped."""
        for conflict in self:
            todo = conflict._todo()
            conflict.write(
                {
                    "difference": ", ".join(sorted(todo.mapped("label"))),
                    "field_count": len(todo),
                }
            )
        return self

    def _settle(self):
        """Both sides agree: note by whose word, and close what was to be done."""
        for conflict in self:
            decided = conflict._todo().filtered("choice")
            by_person = conflict.state == "resolving" and decided
            conflict.write(
                {
                    "state": "resolved",
                    "resolved_at": fields.Datetime.now(),
                    "resolution": "decided" if by_person else "agreed",
                    "resolved_by_id": decided[:1].decided_by_id.id
                    if by_person
                    else False,
                    "problem": False,
                }
            )
            conflict.line_ids.write({"settled": True})
            conflict._tell_settled()
        if self.activity_ids:
            self.activity_ids.action_feedback(feedback=self.env._("It is settled."))
        self._send_changed()

    def _tell_ending(self):
        """ "Settled on …: Ada took Odoo's Name and Salesforce's Phone." No value."""
        if self.state != "resolved":
            return False
        at = format_datetime(self.env, self.resolved_at, dt_format="short")
        if self.resolution != "decided":
            return self.env._("Both sides agree again since %(at)s.", at=at)
        return self.env._(
            "Settled on %(at)s. %(story)s", at=at, story=self._tell_choices()
        )

    def _tell_choices(self):
        """Who decided which fields, and for whose value."""
        words = {
            "odoo": self.env._("Odoo's"),
            "other": self.env._("%(system)s's", system=self.system_name),
            "value": self.env._("a typed value"),
        }
        stories = []
        for user, lines in (
            self.line_ids.filtered("choice").grouped("decided_by_id").items()
        ):
            taken = ", ".join(f"{line.label} ({words[line.choice]})" for line in lines)
            stories.append(
                self.env._(
                    "%(user)s decided: %(fields)s.", user=user.name, fields=taken
                )
            )
        return " ".join(stories)

    def _tell_settled(self):
        """A line below the conflict, and below the record if a person decided."""
        self._note(self, self._tell_ending())
        record = self.env[self.model].browse(self.res_id).exists()
        if self.resolution == "decided" and hasattr(record, "_message_log"):
            self._note(
                record,
                self.env._(
                    "%(system)s and Odoo differed. %(story)s",
                    system=self.system_name or self.connection_id.name,
                    story=self._tell_choices(),
                ),
            )

    @api.model
    def _note(self, record, text):
        author = self.env.user.partner_id.id
        record._message_log(body=Markup("%s") % text, author_id=author)
