"""One button that makes the journals and accounts a connection needs."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class SaasSyncConnection(models.Model):
    _inherit = "saas.sync.connection"

    def action_setup_accounting(self):
        """Create the journals and accounts that are missing; what is there stays.
        Callable by RPC.

        Needs SaaS Sync's administrator and Accounting's administrator in one person.
        """
        for group in ("saas_sync.group_admin", "account.group_account_manager"):
            if not self.env.user.has_group(group):
                raise AccessError(
                    self.env._(
                        "Setting up the accounting of a connection needs the "
                        "administrators' rights "
                        "of both SaaS Sync and Accounting."
                    )
                )
        made = []
        for connection in self:
            made += connection.with_company(connection.company_id)._setup_accounting()
        if not made:
            return self._notify(
                self.env._("The accounting of this connection is set up already.")
            )
        return self._notify(
            self.env._(
                "Created: %s.", ", ".join(record.display_name for record in made)
            )
        )

    def _setup_accounting(self):
        """Fill what is empty of one connection; returns the records made."""
        self.ensure_one()
        made = []

        def put(name, make):
            if not self[name]:
                self[name] = make()
                made.append(self[name])

        if not self.income_account_id:
            self.income_account_id = (
                self.sale_journal_id.default_account_id
                or self._setup_find_income_account()
            )
        put("sale_journal_id", self._setup_sale_journal)
        put(
            "clearing_account_id",
            lambda: self._setup_account(
                self.env._("%s clearing", self._billing_label())
            ),
        )
        put("payment_journal_id", self._setup_payment_journal)
        put("external_journal_id", self._setup_external_journal)
        return made

    def _setup_find_income_account(self):
        company = self.company_id
        account = company.income_account_id or self.env["account.account"].search(
            [
                *self.env["account.account"]._check_company_domain(company),
                ("account_type", "=", "income"),
            ],
            limit=1,
        )
        if not account:
            raise UserError(
                self.env._(
                    "Company %s has no income account. Install a chart of accounts "
                    "(Accounting › Configuration › Settings), then set up again.",
                    company.name,
                )
            )
        return account

    def _setup_sale_journal(self):
        return self.env["account.journal"].create(
            {
                "name": self.env._(
                    "%(system)s (%(code)s) invoices",
                    system=self._billing_label(),
                    code=self.code,
                ),
                "type": "sale",
                "code": self._setup_journal_code(),
                "company_id": self.company_id.id,
                "default_account_id": self.income_account_id.id,
                "refund_sequence": True,
                # With the hash a document could not be taken back to draft, which the
                # accountant may need.
                "restrict_mode_hash_table": False,
                "alias_name": False,
            }
        )

    def _setup_payment_journal(self):
        name = self.env._(
            "%(system)s (%(code)s) payments",
            system=self._billing_label(),
            code=self.code,
        )
        return self._setup_money_journal(name, self.clearing_account_id)

    def _setup_external_journal(self):
        label = self._billing_label()
        account = self._setup_account(self.env._("Paid outside %s", label))
        name = self.env._(
            "Paid outside %(system)s (%(code)s)", system=label, code=self.code
        )
        return self._setup_money_journal(name, account)

    def _setup_money_journal(self, name, account):
        journal = self.env["account.journal"].create(
            {
                "name": name,
                "type": "bank",
                "code": self._setup_journal_code(),
                "company_id": self.company_id.id,
            }
        )
        lines = (
            journal.inbound_payment_method_line_ids
            + journal.outbound_payment_method_line_ids
        )
        lines.filtered(lambda line: line.code == "manual").payment_account_id = account
        return journal

    def _setup_account(self, name):
        accounts = self.env["account.account"]
        prefix = self.company_id.bank_account_code_prefix or "1014"
        digits = len(self.income_account_id.code or "") or 6
        return accounts.create(
            {
                "name": f"{name} ({self.code})",
                "code": accounts._search_new_account_code(prefix.ljust(digits, "0")),
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [fields.Command.link(self.company_id.id)],
            }
        )

    def _setup_journal_code(self):
        """A free journal code of at most five characters: STR1, STR2…"""
        prefix = (
            "".join(c for c in (self.system or "").upper() if c.isalnum())[:3] or "SYN"
        )
        taken = set(
            self.env["account.journal"]
            .with_context(active_test=False)
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("code", "=like", f"{prefix}%"),
                ]
            )
            .mapped("code")
        )
        return next(
            code
            for number in range(1, 100)
            if (code := f"{prefix}{number}") not in taken
        )
