from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class SaasSyncCorrect(models.TransientModel):
    """Asks for the right value of what Odoo refused; the failing field comes first."""

    _name = "saas.sync.correct"
    _description = "Correct a Value of a SaaS Sync Exception"

    exception_id = fields.Many2one("saas.sync.exception", required=True)
    headline = fields.Char(related="exception_id.headline")
    line_ids = fields.One2many(
        "saas.sync.correct.line",
        "wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    note = fields.Char(required=True)

    @api.depends("exception_id")
    def _compute_line_ids(self):
        for wizard in self:
            exception = wizard.exception_id
            exception._check_accountant()
            labels = exception._correctable_labels()
            wizard.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "field": row["field"],
                        "name": labels[row["field"]],
                        "current": row["value"],
                        "type": row.get("type") or "text",
                    }
                )
                for row in exception._correctable_rows()
            ]

    def action_correct(self):
        """Send what was filled in or emptied, and have it tried again."""
        self.ensure_one()
        values = {
            line.field: line._value()
            for line in self.line_ids
            if line.wanted or line.empty
        }
        if not values:
            raise UserError(self.env._("Enter the right value first."))
        self.exception_id._correct(values, self.note)
        return {"type": "ir.actions.act_window_close"}


class SaasSyncCorrectLine(models.TransientModel):
    """One value that may be corrected."""

    _name = "saas.sync.correct.line"
    _description = "Value to Correct"
    _order = "id"

    wizard_id = fields.Many2one("saas.sync.correct", required=True, ondelete="cascade")
    field = fields.Char(required=True)
    name = fields.Char("Value", required=True)
    current = fields.Char("As Received")
    type = fields.Selection(
        [("text", "Text"), ("date", "Date"), ("number", "Number")], required=True
    )
    wanted = fields.Char("Correct Value")
    empty = fields.Boolean("Leave Empty")

    def _value(self):
        """The value in the protocol's form; raises in words if it is none."""
        self.ensure_one()
        text = (self.wanted or "").strip()
        if self.empty or not text:
            return None
        try:
            if self.type == "number":
                return float(text.replace(",", "."))
            if self.type == "date":
                return fields.Date.to_string(fields.Date.to_date(text))
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(field)s must look like %(example)s.",
                    field=self.name,
                    example="2026-12-31" if self.type == "date" else "19.5",
                )
            ) from error
        return text
