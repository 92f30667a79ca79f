from odoo import api, fields, models
from odoo.exceptions import UserError

from .saas_sync_exception import ACCOUNTANT, OPEN_STATES

CHOICE_CODES = ("ambiguous_match", "no_match", "tax_unmapped", "record_missing")
GONE_CODES = ("record_missing", "record_deleted")
MODEL_OF_KIND = {
    "tax_rate": "account.tax",
    "customer": "res.partner",
    "product": "product.template",
    "price": "product.template",
}


class SaasSyncException(models.Model):
    """Mapping in place: the record chosen here is linked, and what waited is retried.

    An addon with a better chooser (a many2one with a domain) extends
    :meth:`_choice_fields`; one with other models overrides :meth:`_choice_model`.
    """

    _inherit = "saas.sync.exception"

    can_choose = fields.Boolean(compute="_compute_target_model", compute_sudo=True)
    can_make_anew = fields.Boolean(compute="_compute_target_model", compute_sudo=True)
    target_model = fields.Char(compute="_compute_target_model", compute_sudo=True)
    has_chooser = fields.Boolean(compute="_compute_target_model", compute_sudo=True)
    chosen_id = fields.Many2oneReference(
        string="Odoo Record", model_field="target_model", copy=False, groups=ACCOUNTANT
    )
    chosen_partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        groups=ACCOUNTANT,
        check_company=True,
        help="Whom the other system means; remembered from now on.",
    )
    candidates = fields.Json(compute="_compute_candidates", groups=ACCOUNTANT)

    @api.depends("kind", "code", "cause", "state", "args")
    def _compute_target_model(self):
        for exception in self:
            model = exception._choice_model()
            is_open = exception.state in OPEN_STATES
            exception.target_model = model
            exception.can_choose = bool(
                model and is_open and exception.code in CHOICE_CODES
            )
            exception.can_make_anew = is_open and exception.code in GONE_CODES
            exception.has_chooser = model in exception._choice_fields()

    def _choice_fields(self):
        """The many2one that chooses a record, by model."""
        return {"res.partner": "chosen_partner_id"}

    @api.depends("args", "partner", "can_choose")
    @api.depends_context("uid")
    def _compute_candidates(self):
        for exception in self:
            records = exception._candidate_records() if exception.can_choose else []
            exception.candidates = [
                {"id": record.id, "name": record.display_name, "details": details}
                for record in records
                for details in [exception._candidate_details(record)]
            ]

    def _candidate_records(self):
        """Records that could be meant and that this user may read: those that the
        matching found, else contacts of the same name."""
        self.ensure_one()
        target = self.env[self.target_model]
        if not target.has_access("read"):
            return target
        found = [row["id"] for row in self._told_candidates() if row.get("id")]
        if not found and target._name == "res.partner" and self.partner:
            name = self.partner.strip()
            return target.search(
                [("name", "=ilike", name), *self._company_domain(target)], limit=5
            )
        return target.browse(found).exists()._filtered_access("read")

    def _told_candidates(self):
        """Those of the record to be chosen for; an invoice asks its tax rate."""
        own = (self.args or {}).get("candidates")
        kind, external_id = self._choice_key()
        if own or (kind, external_id) == (self.kind, self.external_id):
            return own or []
        other = self.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("kind", "=", kind),
                ("external_id", "=", external_id),
                ("state", "in", OPEN_STATES),
            ],
            limit=1,
        )
        return (other.args or {}).get("candidates") or []

    def _company_domain(self, target):
        return [("company_id", "in", [False, self.company_id.id])]

    @api.model
    def _candidate_details(self, record):
        """What tells twins apart, in one line."""
        names = [n for n in self._telling_fields() if n in record._fields]
        return " · ".join(str(record[name]) for name in names if record[name])

    @api.model
    def _telling_fields(self):
        return ["vat", "email", "zip", "city", "default_code"]

    def _choice_key(self):
        """The (kind, external id) that a choice maps: for an unmapped tax it is the
        tax rate, not the document that needs it."""
        self.ensure_one()
        tax_rate = (self.args or {}).get("tax_rate")
        if self.code == "tax_unmapped" and tax_rate:
            return "tax_rate", tax_rate
        return self.kind, self.external_id

    def _choice_model(self):
        """Name of the model to choose from, or False if there is nothing to choose."""
        self.ensure_one()
        model = MODEL_OF_KIND.get(self._choice_key()[0])
        return model if model and model in self.env else False

    def _chosen_record(self):
        """The record that the person chose, as that person may see it."""
        self.ensure_one()
        chooser = self._choice_fields().get(self.target_model)
        record = chooser and self[chooser]
        if not record:
            record = self.env[self.target_model].browse(self.chosen_id).exists()
        record.check_access("read")
        return record

    def action_use_chosen(self):
        """Link the chosen record and retry everything that waited for it."""
        self.ensure_one()
        self._check_accountant()
        if not self.can_choose:
            raise UserError(self.env._("There is nothing to choose here."))
        record = self._chosen_record()
        if not record:
            raise UserError(self.env._("Choose the Odoo record first."))
        return self._use(record)

    def action_use_candidate(self, res_id):
        """The same for one of the candidates, with one press."""
        self.ensure_one()
        self._check_accountant()
        if not self.can_choose:
            raise UserError(self.env._("There is nothing to choose here."))
        record = self._candidate_records().filtered(lambda r: r.id == res_id)
        if not record:
            raise UserError(self.env._("This record is no candidate any more."))
        return self._use(record)

    def _use(self, record):
        kind, external_id = self._choice_key()
        self._link_choice(kind, external_id, record)
        waiting = self._waiting_for(kind, external_id)
        waiting._log(
            self.env._(
                "%(user)s linked %(key)s to %(model)s #%(id)s.",
                user=self.env.user.name,
                key=external_id,
                model=self.env["ir.model"]._get(record._name).sudo().name,
                id=record.id,
            )
        )
        # Whatever the first contact left undecided of them is decided by this.
        waiting._retry("choice", {"verdict": "link"})
        return self.env["saas.sync.connection"]._notify(
            self.env._("%(count)s record(s) will be tried again.", count=len(waiting))
        )

    def action_make_anew(self):
        """Forget the link to a record that was deleted, so that it is made again."""
        self._check_accountant()
        gone = self.filtered("can_make_anew")
        for exception in gone:
            key = [
                ("connection_id", "=", exception.connection_id.id),
                ("kind", "=", exception.kind),
                ("external_id", "=", exception.external_id),
            ]
            # What was done to a record that is no more does not stand any more.
            for model in ("saas.sync.link", "saas.sync.receipt"):
                rows = self.env[model].sudo().search(key)
                rows.filtered(
                    lambda row: not self.env[row.model].browse(row.res_id).exists()
                ).unlink()
        gone._log(
            self.env._("%(user)s has it made anew.", user=self.env.user.name)
        )
        gone._retry("made_anew")
        return self.env["saas.sync.connection"]._notify(
            self.env._("%(count)s record(s) will be made anew.", count=len(gone))
        )

    def _link_choice(self, kind, external_id, record):
        """Make or move the link; its digest is emptied so that the retry compares."""
        links = self.env["saas.sync.link"].sudo()
        values = {
            "model": record._name,
            "res_id": record.id,
            "digest": False,
            "base": False,
            "state": "pending",
            "last_error": False,
        }
        link = links.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("kind", "=", kind),
                ("external_id", "=", external_id),
            ]
        )
        if link:
            link.write(values)
        else:
            own = (kind, external_id) == (self.kind, self.external_id)
            link = links.create(
                {
                    **values,
                    "connection_id": self.connection_id.id,
                    "company_id": self.company_id.id,
                    "kind": kind,
                    "external_id": external_id,
                    "label": self.label if own else external_id,
                    "url": self.url if own else False,
                    # A tax is only ever mapped: nothing further will be compared.
                    "state": "pending" if own else "synced",
                    "last_sync": fields.Datetime.now(),
                }
            )
        link._send_changed()

    def _waiting_for(self, kind, external_id):
        """This exception and the open ones that lack the same mapping: the invoices
        that need a tax rate, and the tax rate itself."""
        lacking = self.search(
            [
                ("state", "in", OPEN_STATES),
                ("connection_id", "=", self.connection_id.id),
                ("code", "in", CHOICE_CODES),
            ]
        )
        return self | lacking.filtered(lambda e: e._choice_key() == (kind, external_id))
