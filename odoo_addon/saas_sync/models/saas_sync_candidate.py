from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.kinds import KINDS

# What the first look found of a record.
FINDINGS = [
    ("match", "Found"),
    ("ambiguous", "Not sure"),
    ("duplicate", "Twice in the other system"),
    ("create", "New"),
    ("ignored", "Not wanted by the rules"),
    ("faulty", "Contradicts itself"),
]
# What will happen to it when syncing starts.
PLANS = [
    ("link", "Link"),
    ("create", "Create"),
    ("ignore", "Ignore"),
    ("decide", "To decide"),
    ("leave", "Nothing"),
]
TWINS = [
    ("vat", "the same VAT number"),
    ("mail", "the same e-mail address"),
    ("place", "the same name at the same place"),
    ("record", "the same record in Odoo"),
]
TWIN_KEYS = ("vat_key", "mail_key", "place_key")


class SaasSyncCandidate(models.Model):
    """A record of another system before its first sync: what it is in Odoo."""

    _name = "saas.sync.candidate"
    _description = "First Contact"
    _order = "score desc, name, id"
    _log_access = False
    _check_company_auto = True

    connection_id = fields.Many2one(
        "saas.sync.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    external_id = fields.Char("External ID", required=True, readonly=True)
    run = fields.Char(readonly=True)
    name = fields.Char(readonly=True)
    details = fields.Char(readonly=True, help="What tells it apart from others.")
    traits = fields.Json(readonly=True)
    url = fields.Char(string="Address", readonly=True)
    finding = fields.Selection(FINDINGS, required=True, readonly=True)
    score = fields.Integer(readonly=True, aggregator=None)
    why = fields.Char("Reasons", readonly=True)
    suggestions = fields.Json(readonly=True)
    vat_key = fields.Char(readonly=True)
    mail_key = fields.Char(readonly=True)
    place_key = fields.Char(readonly=True)
    twin_by = fields.Selection(TWINS, string="Twins Share", readonly=True)
    plan = fields.Selection(PLANS, required=True, readonly=True)
    model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        string="Odoo Record", model_field="model", readonly=True
    )
    record_name = fields.Char("In Odoo", compute="_compute_record_name")
    chosen_partner_id = fields.Many2one(
        "res.partner",
        string="Another Contact",
        compute="_compute_chosen_partner_id",
        inverse="_inverse_chosen_partner_id",
        check_company=True,
    )
    twin_ids = fields.Many2many(
        "saas.sync.candidate", string="Twins", compute="_compute_twin_ids"
    )
    comparison = fields.Json(compute="_compute_comparison")
    can_merge = fields.Boolean(compute="_compute_comparison")
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    decided_at = fields.Datetime(readonly=True)
    system_name = fields.Char(related="connection_id.system_name")

    _key_uniq = models.UniqueIndex("(connection_id, kind, external_id)")
    _plan_idx = models.Index("(connection_id, plan, score)")
    _record_idx = models.Index("(connection_id, kind, res_id) WHERE res_id IS NOT NULL")
    _vat_idx = models.Index("(connection_id, kind, vat_key) WHERE vat_key IS NOT NULL")
    _mail_idx = models.Index(
        "(connection_id, kind, mail_key) WHERE mail_key IS NOT NULL"
    )
    _place_idx = models.Index(
        "(connection_id, kind, place_key) WHERE place_key IS NOT NULL"
    )

    def write(self, vals):
        """Decisions are made by the actions; only the choice of a contact is typed."""
        if set(vals) - {"chosen_partner_id"} and not self.env.su:
            raise AccessError(self.env._("What was found is not edited by hand."))
        return super().write(vals)

    @api.depends("model", "res_id", "plan", "suggestions")
    def _compute_record_name(self):
        for model, rows in self.grouped("model").items():
            target = self.env[model] if model in self.env else None
            ids = [row.res_id for row in rows if row.res_id]
            found = target.browse(ids).exists() if ids and target is not None else []
            names = {record.id: record.display_name for record in found}
            for row in rows:
                best = (row.suggestions or [{}])[0].get("name")
                likely = best and row.plan == "decide" and f"{best} ?"
                row.record_name = names.get(row.res_id) or likely

    @api.depends("res_id")
    def _compute_chosen_partner_id(self):
        for row in self:
            of_partners = row.model == "res.partner"
            row.chosen_partner_id = of_partners and row.plan == "link" and row.res_id

    def _inverse_chosen_partner_id(self):
        for row in self:
            if row.chosen_partner_id:
                row._link_to(row.chosen_partner_id)

    def _compute_twin_ids(self):
        for row in self:
            row.twin_ids = row._twins()

    def _twins(self):
        """Records of the same system that look like this one."""
        self.ensure_one()
        alike = [(key, "=", self[key]) for key in TWIN_KEYS if self[key]]
        if self.res_id:
            alike.append(("res_id", "=", self.res_id))
        if not alike:
            return self.browse()
        return self.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("kind", "=", self.kind),
                ("id", "!=", self.id),
                *(["|"] * (len(alike) - 1)),
                *alike,
            ],
            limit=20,
        )

    @api.depends("suggestions", "traits", "model")
    def _compute_comparison(self):
        """What the form shows side by side; records deleted or merged since are left
        out."""
        for row in self:
            told = row.suggestions or []
            known = row.model in self.env
            ids = [suggestion["id"] for suggestion in told]
            alive = set(self.env[row.model].browse(ids).exists().ids) if known else ()
            row.comparison = {
                "model": row.model,
                "system": row.system_name,
                "traits": row.traits or {},
                "suggestions": [s for s in told if s["id"] in alive],
                "chosen": row.res_id if row.plan == "link" else False,
            }
            several = len(row.comparison["suggestions"]) > 1
            row.can_merge = several and row.model == "res.partner"

    # Actions

    def action_open_record(self):
        self.ensure_one()
        return self.env["saas.sync.link"]._open_action(self.model, self.res_id)

    def action_open_external(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}
