"""Where a connection's documents are booked, and the way to them."""

from odoo import api, fields, models

ACCOUNTING_FIELDS = [
    "sale_journal_id",
    "payment_journal_id",
    "external_journal_id",
    "clearing_account_id",
    "income_account_id",
]


class SaasSyncConnection(models.Model):
    _inherit = "saas.sync.connection"

    sale_journal_id = fields.Many2one(
        "account.journal",
        string="Invoices Journal",
        check_company=True,
        domain="[('type', '=', 'sale')]",
        help="Invoices and credit notes are numbered and booked here, apart from "
        "your own.",
    )
    payment_journal_id = fields.Many2one(
        "account.journal",
        string="Payments Journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash'))]",
        help="Payments and refunds that went through the other system.",
    )
    external_journal_id = fields.Many2one(
        "account.journal",
        string="Outside Payments Journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash'))]",
        help="Payments that the other system only knows of: bank transfers, cash.",
    )
    clearing_account_id = fields.Many2one(
        "account.account",
        string="Clearing Account",
        check_company=True,
        help="Money that the other system holds until it pays out.",
    )
    income_account_id = fields.Many2one(
        "account.account",
        string="Income Account",
        check_company=True,
        domain="[('account_type', 'in', ('income', 'income_other'))]",
        help="For lines without a product; a product's own account goes first.",
    )
    rounding_account_id = fields.Many2one(
        "account.account",
        string="Rounding Account",
        check_company=True,
        help="For cents by which inclusive taxes are rounded differently; empty "
        "means the income account.",
    )
    lock_date_policy = fields.Selection(
        [
            ("hold", "Wait for a person"),
            ("first_open_day", "Book on the first open day"),
        ],
        string="In a Closed Period",
        default="hold",
        required=True,
        help="What happens to a document whose date is in a closed period. Its own "
        "date stays on it; where it is booked is said in its chatter.",
    )
    accounting_ready = fields.Boolean(compute="_compute_accounting_ready")
    invoice_count = fields.Integer(compute="_compute_billing_counts")
    payment_count = fields.Integer(compute="_compute_billing_counts")

    @api.depends("streams", *ACCOUNTING_FIELDS)
    def _compute_accounting_ready(self):
        for connection in self:
            connection.accounting_ready = not connection._has_books() or all(
                connection[name] for name in ACCOUNTING_FIELDS
            )

    def _has_books(self):
        """Whether documents come from there; a CRM needs no journals."""
        streams = {stream["name"] for stream in self.streams or []}
        return not streams or not streams.isdisjoint(("invoices", "payments"))

    def _compute_billing_counts(self):
        invoices = self._posted_counts("account.move")
        payments = self._posted_counts("account.payment")
        for connection in self:
            connection.invoice_count = invoices.get(connection.id, 0)
            connection.payment_count = payments.get(connection.id, 0)

    def _posted_counts(self, model):
        groups = (
            self.env["saas.sync.receipt"]
            .sudo()
            ._read_group(
                [
                    ("connection_id", "in", self.ids),
                    ("model", "=", model),
                    ("rung", "=", "posted"),
                ],
                ["connection_id"],
                ["__count"],
            )
        )
        return {connection.id: count for connection, count in groups}

    def _billing_label(self):
        """The other system's name for people: "Stripe"."""
        return self.system_name or self.system.capitalize()

    # Where things are booked

    def _billing_payment_journal(self, channel):
        """The journal of a payment: through the vendor (``processor``) or past it
        (``external``).
        """
        self.ensure_one()
        return (
            self.external_journal_id
            if channel == "external"
            else self.payment_journal_id
        )

    def _billing_method_line(self, journal, payment_type):
        """The manual payment method of a journal, one with a clearing account first."""
        lines = (
            journal.inbound_payment_method_line_ids
            if payment_type == "inbound"
            else journal.outbound_payment_method_line_ids
        )
        return lines.sorted(
            lambda line: (line.code != "manual", not line.payment_account_id)
        )[:1]

    # Screens

    def action_view_invoices(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        action["domain"] = [("journal_id", "in", self.sale_journal_id.ids)]
        action["context"] = {"create": False}
        return action

    def action_view_payments(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_account_payments"
        )
        action["domain"] = [
            (
                "journal_id",
                "in",
                (self.payment_journal_id + self.external_journal_id).ids,
            )
        ]
        action["context"] = {"create": False}
        return action

    @api.model
    def _setup_steps(self):
        return super()._setup_steps() + [
            {
                "done": connection.accounting_ready,
                "title": self.env._("Set up accounting for %s", connection.name),
                "hint": self.env._(
                    "One button on the connection makes its journals and clearing "
                    "account."
                ),
                "action": "saas_sync.saas_sync_connection_action",
            }
            for connection in self.search([])
        ]
