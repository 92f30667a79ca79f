"""Correcting a value for this delivery: the sidecar keeps the correction and applies it
until the record changes at its source.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .saas_sync_exception import ACCOUNTANT, OPEN_STATES

TYPED = ("char", "text", "html", "selection", "date", "integer", "float")


class SaasSyncException(models.Model):
    _inherit = "saas.sync.exception"

    correctable = fields.Json(
        readonly=True,
        groups=ACCOUNTANT,
        help="Fields that may be corrected here, with their masked values.",
    )
    source_digest = fields.Char(readonly=True)
    can_correct = fields.Boolean(compute="_compute_can_correct", compute_sudo=True)
    has_fix = fields.Boolean(compute="_compute_has_fix", compute_sudo=True)
    correction = fields.Json(readonly=True, groups=ACCOUNTANT)

    @api.depends("correctable", "state", "can_choose")
    def _compute_can_correct(self):
        for exception in self:
            exception.can_correct = bool(
                exception.correctable
                and exception.state in OPEN_STATES
                and not exception.can_choose
                and exception.topic in ("refused", "both_sides", "source")
            )

    @api.depends("can_choose", "can_correct")
    def _compute_has_fix(self):
        """Whether there is something better to press first than Retry."""
        for exception in self:
            exception.has_fix = exception.can_choose or exception.can_correct

    def action_correct(self):
        """Ask for the right value and a note."""
        self.ensure_one()
        self._check_accountant()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct a Value"),
            "res_model": "saas.sync.correct",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_exception_id": self.id},
        }

    def _correct(self, values, note):
        """Send ``{field: value}`` to the sidecar, for this delivery only.

        Values are not told in chatters: they may be personal data.
        """
        self.ensure_one()
        self._check_accountant()
        if self.state not in OPEN_STATES:
            raise UserError(self.env._("This exception has ended already."))
        known = {row["field"] for row in self._correctable_rows()}
        if not values or set(values) - known:
            raise UserError(self.env._("This value cannot be corrected here."))
        names = ", ".join(self._correctable_labels()[name] for name in values)
        self._retry("correct", {"values": values, "note": note}, command="correct")
        # In the form in which the sidecar keeps it, and would learn it again.
        self.sudo().correction = {
            "source_digest": self.source_digest or "",
            "values": values,
            "note": note,
            "author": self.env.user.login,
            "at": int(fields.Datetime.now().timestamp() * 1000),
        }
        self._log(
            self.env._(
                "%(user)s corrected %(fields)s for this delivery.",
                user=self.env.user.name,
                fields=names,
            )
        )

    def _correctable_rows(self):
        """What can be typed in: a relation is chosen at its source, not here."""
        self.ensure_one()
        rows = []
        for row in self.correctable or []:
            model = self.env.get(row.get("model"))
            field = model is not None and model._fields.get(row["field"])
            if field and field.type in TYPED:
                rows.append(row)
        return rows

    def _correctable_labels(self):
        """What Odoo's screens call the fields, in the user's language."""
        return {
            row["field"]: self.env[row["model"]]
            .sudo()
            .fields_get([row["field"]], ["string"])[row["field"]]["string"]
            for row in self._correctable_rows()
        }

    def _keep_correction(self):
        """Remember the correction with the link, for a sidecar that lost its memory;
        and tell the Odoo record's own chatter who corrected what, and why."""
        if self.fixed_how != "correct" or not self.correction:
            return
        link = self.env["saas.sync.link"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("kind", "=", self.kind),
                ("external_id", "=", self.external_id),
            ]
        )
        link.correction = self.correction
        record = self.env[link.model].browse(link.res_id).exists() if link else None
        if not record or not hasattr(record, "_message_log"):
            return
        labels = self._correctable_labels()
        self._log(
            self.env._(
                "%(user)s corrected %(fields)s of what %(system)s sent: %(note)s",
                user=self.fixed_by_id.name,
                fields=", ".join(
                    labels.get(name, name) for name in self.correction["values"]
                ),
                system=self.system_name or self.connection_id.name,
                note=self.correction["note"],
            ),
            record,
        )
