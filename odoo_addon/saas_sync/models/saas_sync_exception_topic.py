"""What an exception is about, in words for everybody: no amount, no person."""

from odoo import api, fields, models

# Whom an exception concerns: who can end it. The sidecar says which.
CONCERNS = [
    ("operator", "Operator"),
    ("accountant", "Accountant"),
    ("admin", "Administrator"),
    ("developer", "Developer"),
]
CONCERN_OF_CAUSE = {
    "transient": "admin",
    "rate_limited": "admin",
    "connection": "admin",
    "missing_mapping": "accountant",
    "business_rule": "accountant",
    "unknown_outcome": "admin",
    "bug": "developer",
}
TOPICS = [
    ("tax", "A tax rate has no Odoo tax"),
    ("ambiguous", "Several Odoo records could be meant"),
    ("no_match", "No Odoo record fits"),
    ("record_missing", "The Odoo record was deleted"),
    ("both_sides", "Changed in Odoo and at the source"),
    ("refused", "Odoo refuses a value"),
    ("period", "The period is closed"),
    ("amounts", "The amounts differ"),
    ("posted", "Differs from what is posted"),
    ("reset", "Reset, cancelled or deleted in Odoo"),
    ("payment", "A payment does not fit its invoice"),
    ("currency", "A currency or its rate is missing"),
    ("set_up", "The accounting is not set up"),
    ("waits", "Waits for a record that stands still"),
    ("source", "Not understandable at the source"),
    ("gone", "Not found at the source"),
    ("rule", "A rule does not fit"),
    ("rights", "A right or a key is missing"),
    ("passing", "Something is down for the moment"),
    ("defect", "A defect"),
    ("other", "Something else"),
]
# From so many open exceptions on, their groups start folded.
MANY = 40
TOPIC_OF_CODE = {
    "tax_unmapped": "tax",
    "ambiguous_match": "ambiguous",
    "no_match": "no_match",
    "record_missing": "record_missing",
    "both_sides_changed": "both_sides",
    "refused_by_odoo": "refused",
    "constraint_violated": "refused",
    "invalid_value": "refused",
    "odoo_refused": "refused",
    "period_locked": "period",
    "amounts_differ": "amounts",
    "amounts_disagree": "source",
    "posted_differs": "posted",
    "posted_was_reset": "reset",
    "record_cancelled": "reset",
    "record_deleted": "reset",
    "nothing_open": "payment",
    "allocation_differs": "payment",
    "accounts_differ": "payment",
    "currency_unknown": "currency",
    "currency_inactive": "currency",
    "currency_precision": "currency",
    "rate_missing": "currency",
    "connection_not_set_up": "set_up",
    "waits_for_record": "waits",
    "unknown_at_vendor": "gone",
    "model_unknown": "rule",
    "field_unknown": "rule",
    "rule_expression": "rule",
    "access_denied": "rights",
    "may_not_write": "rights",
    "field_not_writable": "rule",
    "field_missing_there": "rule",
}
TOPIC_OF_CAUSE = {
    "transient": "passing",
    "rate_limited": "passing",
    "unknown_outcome": "passing",
    "connection": "rights",
    "invalid_data": "source",
    "bug": "defect",
}


class SaasSyncException(models.Model):
    _inherit = "saas.sync.exception"

    topic = fields.Selection(
        TOPICS,
        string="What Is Wrong",
        compute="_compute_topic",
        store=True,
        index=True,
        compute_sudo=True,
    )
    concerns = fields.Selection(
        CONCERNS,
        string="Concerns",
        compute="_compute_concerns",
        store=True,
        readonly=False,
        compute_sudo=True,
        index=True,
        help="Who can put it right.",
    )
    document = fields.Char(
        readonly=True,
        index=True,
        help="The document it belongs to: that of a payment is the invoice it pays.",
    )
    headline = fields.Char(compute="_compute_headline", string="In Short")
    summary = fields.Char(compute="_compute_headline", string="Why")

    @api.depends("code", "cause", "kind")
    def _compute_topic(self):
        for exception in self:
            topic = TOPIC_OF_CODE.get(exception.code)
            if exception.kind == "tax_rate" and topic in ("no_match", "ambiguous"):
                # One cause for people: the rate, and the invoices that need it.
                topic = "tax"
            exception.topic = topic or TOPIC_OF_CAUSE.get(exception.cause, "other")

    @api.depends("cause")
    def _compute_concerns(self):
        """For exceptions of before, and of a sidecar that does not say it."""
        for exception in self:
            exception.concerns = exception.concerns or CONCERN_OF_CAUSE.get(
                exception.cause, "operator"
            )

    @api.depends("label", "message", "partner", "amount", "currency_id", "state")
    @api.depends_context("uid", "lang")
    def _compute_headline(self):
        """Accountants read the whole sentence; operators neither amount nor person."""
        informed = self._may_see_amounts()
        topics = dict(self._fields["topic"]._description_selection(self.env))
        for exception, known in zip(self, self.sudo(), strict=True):
            topic = topics.get(known.topic, "")
            exception.summary = known.message if informed else topic
            exception.headline = known._sentence(
                known._headline() if informed else known.label, exception.summary
            )

    # Grouped by what is wrong: few are shown at once, many only counted at first.

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, view_type == "list" and self._are_many())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "list" and self._are_many():
            arch.set("expand", "0")
        return arch, view

    @api.model
    def _are_many(self):
        waiting = [("state", "in", ("open", "retrying"))]
        return self.sudo().search_count(waiting, limit=MANY) == MANY

    @api.depends("label", "topic")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """Names go far: into activities, mails, search results. So neither amounts nor
        persons, whoever looks."""
        topics = dict(self._fields["topic"]._description_selection(self.env))
        for exception in self:
            topic = topics.get(exception.topic, "")
            exception.display_name = f"{exception.label}: {topic}"

    def _may_see_amounts(self):
        return self.env.user.has_group("saas_sync.group_accountant")

    def _headline(self):
        """The record in words of the business: what, for whom, how much."""
        self.ensure_one()
        headline = self.label
        if self.partner and self.kind == "customer":
            headline = f"{self.partner} ({self.external_id})"
        elif self.partner:
            headline = self.env._(
                "%(record)s for %(partner)s", record=headline, partner=self.partner
            )
        if self.currency_id and self.amount:
            headline += f", {self.currency_id.format(self.amount)},"
        return headline

    def _sentence(self, record, why):
        """"Invoice A-1 for Acme, €119.00, is not posted: …"."""
        self.ensure_one()
        if self.state in ("resolved", "ignored"):
            return f"{record.removesuffix(',')}: {why}"
        values = {"record": record, "why": why}
        if self.kind in ("invoice", "credit_note"):
            return self.env._("%(record)s is not posted: %(why)s", **values)
        if self.kind in ("payment", "refund"):
            return self.env._("%(record)s is not booked: %(why)s", **values)
        if self.res_id:
            return self.env._("%(record)s is not up to date: %(why)s", **values)
        return self.env._("%(record)s is not in Odoo: %(why)s", **values)
