from odoo import api, fields, models
from odoo.exceptions import UserError

from .saas_sync_exception import OPEN_STATES

CHOICE_CODES = ("ambiguous_match", "no_match", "tax_unmapped")
MODEL_OF_KIND = {
    "tax_rate": "account.tax",
    "customer": "res.partner",
    "product": "product.template",
    "price": "product.template",
}


class SaasSyncException(models.Model):
    """Mapping in place: the record chosen here is linked, and what waited is retried.

    An addon with a better chooser (a many2one with a domain) overrides
    :meth:`_chosen_record`; one with other models overrides :meth:`_choice_model`.
    """

    _inherit = "saas.sync.exception"

    can_choose = fields.Boolean(compute="_compute_target_model")
    target_model = fields.Char(compute="_compute_target_model")
    chosen_id = fields.Many2oneReference(
        string="Odoo Record", model_field="target_model", copy=False
    )
    candidates_text = fields.Text(
        string="Candidates", compute="_compute_candidates_text"
    )

    @api.depends("kind", "code", "cause", "state")
    def _compute_target_model(self):
        for exception in self:
            model = exception._choice_model()
            wanted = (
                exception.cause == "missing_mapping" or exception.code in CHOICE_CODES
            )
            exception.target_model = model
            exception.can_choose = bool(
                model and wanted and exception.state in OPEN_STATES
            )

    @api.depends("args")
    def _compute_candidates_text(self):
        for exception in self:
            candidates = (exception.args or {}).get("candidates") or []
            exception.candidates_text = "\n".join(
                f"{candidate.get('name')} (#{candidate.get('id')})"
                for candidate in candidates
            )

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
        record = self.env[self.target_model].browse(self.chosen_id).exists()
        record.check_access("read")
        return record

    def action_use_chosen(self):
        """Link the chosen record and retry everything that waited for it."""
        self.ensure_one()
        self._check_operator()
        if not self.can_choose:
            raise UserError(self.env._("There is nothing to choose here."))
        record = self._chosen_record()
        if not record:
            raise UserError(self.env._("Choose the Odoo record first."))
        kind, external_id = self._choice_key()
        self._link_choice(kind, external_id, record)
        self.message_post(
            body=self.env._(
                "%(key)s is now linked to %(record)s.",
                key=external_id,
                record=record.display_name,
            )
        )
        return self._waiting_for(kind, external_id).action_retry()

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
