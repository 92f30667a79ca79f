"""What invoices and payments share: their environment, references, money checks,
periods and reconciliation.
"""

from odoo import fields, models

from odoo.addons.saas_sync.tools.errors import SyncError

from ..tools.amounts import fits, show


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _billing_check_money(self, connection, item, amounts, date, rates):
        """Raise unless Odoo can hold these amounts in the document's currency, and
        knows its rate on this date.
        """
        code, exponent, currency = (
            item.values["currency"],
            item.values["exponent"],
            item.currency,
        )
        if not currency:
            raise SyncError(
                "currency_unknown",
                self.env._("Odoo has no currency %s.", code),
                hint=self.env._(
                    "Create it in Accounting › Configuration › Currencies with a rate, "
                    "then retry."
                ),
                args={"currency": code},
            )
        if not currency.active:
            raise SyncError(
                "currency_inactive",
                self.env._("Currency %s is not active in Odoo.", code),
                hint=self.env._(
                    "Activate it in Accounting › Configuration › Currencies, then "
                    "retry."
                ),
                args={"currency": code},
            )
        lost = next(
            (
                minor
                for minor in amounts
                if not fits(minor, exponent, currency.rounding)
            ),
            None,
        )
        if lost is not None:
            raise SyncError(
                "currency_precision",
                self.env._(
                    "Odoo rounds %(currency)s to %(rounding)s and cannot hold "
                    "%(amount)s.",
                    currency=code,
                    rounding=f"{currency.rounding:g}",
                    amount=show(lost, exponent, code),
                ),
                hint=self.env._(
                    "Give the currency more decimal places in Accounting › "
                    "Configuration › Currencies."
                ),
                args={"currency": code, "rounding": currency.rounding},
            )
        oldest = rates.get(code)
        if currency != connection.company_id.currency_id and (
            not oldest or oldest > date
        ):
            raise SyncError(
                "rate_missing",
                self.env._(
                    "Odoo has no exchange rate of %(currency)s for %(date)s.",
                    currency=code,
                    date=date,
                ),
                hint=self.env._(
                    "Enter a rate at or before that date in Accounting › Configuration "
                    "› Currencies, then retry."
                ),
                args={"currency": code, "date": str(date)},
            )

    def _billing_rate_dates(self, connection, items):
        """The date of the oldest exchange rate of each foreign currency of a batch, by
        currency code.
        """
        codes = {item.values["currency"] for item in items} - {
            connection.company_id.currency_id.name
        }
        if not codes:
            return {}
        groups = self.env["res.currency.rate"]._read_group(
            [
                ("currency_id.name", "in", list(codes)),
                ("company_id", "in", [False, connection.company_id.sudo().root_id.id]),
            ],
            ["currency_id"],
            ["name:min"],
        )
        return {currency.name: oldest for currency, oldest in groups}

    # Periods

    def _billing_locks(self, company):
        """The lock dates of a company and its parents, by field. Nobody's exceptions
        count for a synchronisation.
        """
        names = [
            "fiscalyear_lock_date",
            "hard_lock_date",
            "sale_lock_date",
            "tax_lock_date",
        ]
        parents = company.sudo().parent_ids
        return {
            name: max((date for date in parents.mapped(name) if date), default=None)
            for name in names
        }

    def _billing_check_period(self, locks, date, taxed, label, journal_type="sale"):
        """Raise ``period_locked`` if a document of this date cannot be booked on it."""
        date = fields.Date.to_date(date)
        names = ["fiscalyear_lock_date", "hard_lock_date"]
        names += ["sale_lock_date"] if journal_type == "sale" else []
        names += ["tax_lock_date"] if taxed else []
        violated = [
            (locks[name], name) for name in names if locks[name] and date <= locks[name]
        ]
        if not violated:
            return
        lock_date, name = max(violated)
        raise SyncError(
            "period_locked",
            self.env._(
                "%(document)s belongs to %(date)s, and the period up to %(lock_date)s "
                "is closed (%(lock)s).",
                document=label,
                date=date,
                lock_date=lock_date,
                lock=self.env["res.company"]._fields[name].string,
            ),
            hint=self.env._(
                "Open the period in Accounting › Lock Dates and retry, "
                "or enter the document by hand in an open period and ignore this "
                "exception."
            ),
            args={"date": str(date), "lock_date": str(lock_date), "lock": name},
        )

    # Reconciliation

    def _billing_receivable(self, move):
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _billing_matched(self, lines, others):
        """Whether any of these journal items has been reconciled with any of those."""
        counterparts = (
            lines.matched_debit_ids.debit_move_id
            | lines.matched_credit_ids.credit_move_id
        )
        return bool(counterparts & others)

    def _billing_reconcile(self, groups):
        """Reconcile groups of journal items in order and in one plan; what is closed or
        has no partner is left.
        """
        plan = []
        for lines in groups:
            open_lines = lines.filtered(
                lambda line: (
                    line.account_id.account_type == "asset_receivable"
                    and line.parent_state == "posted"
                    and not line.reconciled
                )
            )
            for same_account in open_lines.grouped("account_id").values():
                if len(same_account.move_id) > 1:
                    plan.append(same_account)
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)
