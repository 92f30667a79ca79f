"""What invoices and payments share: their environment, references, money checks,
periods and reconciliation.
"""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date

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

    def _billing_violated(self, locks, date, taxed, journal_type="sale"):
        """The latest lock that forbids booking on a date: ``(lock date, field)``."""
        names = ["fiscalyear_lock_date", "hard_lock_date"]
        names += ["sale_lock_date"] if journal_type == "sale" else []
        names += ["tax_lock_date"] if taxed else []
        violated = [
            (locks[name], name) for name in names if locks[name] and date <= locks[name]
        ]
        return max(violated, default=None)

    def _billing_booking_date(
        self, connection, item, locks, date, taxed, journal_type="sale"
    ):
        """The day on which a document of this date is booked: its own, or, where an
        accountant allows it, the first open one. Raises ``period_locked``.
        """
        date = fields.Date.to_date(date)
        violated = self._billing_violated(locks, date, taxed, journal_type)
        if not violated:
            return date
        lock_date, name = violated
        open_date = lock_date + timedelta(days=1)
        item.leave = self._billing_leave(connection, item)
        if item.leave:
            return open_date
        raise SyncError(
            "period_locked",
            self.env._(
                "Its date is %(date)s, and the period up to %(lock_date)s is closed "
                "(%(lock)s).",
                date=date,
                lock_date=lock_date,
                lock=self.env["res.company"]._fields[name].string,
            ),
            hint=self.env._(
                "Book it on the first open day, or open the period in Accounting › "
                "Lock Dates and retry, or enter the document by hand and ignore this "
                "exception."
            ),
            args={
                "date": str(date),
                "lock_date": str(lock_date),
                "lock": name,
                "open_date": str(open_date),
                "taxed": taxed,
                "journal": journal_type,
            },
        )

    def _billing_leave(self, connection, item):
        """By whose leave a document may be booked on another day than its own, in
        words; empty if by nobody's.
        """
        kind, external_id = item.key
        decided = (
            self.env["saas.sync.exception"]
            .sudo()
            .search(
                [
                    ("connection_id", "=", connection.id),
                    ("kind", "=", kind),
                    ("external_id", "=", external_id),
                    ("first_open_day", "=", True),
                ],
                limit=1,
            )
        )
        if decided:
            return self.env._("decided by %s", decided.fixed_by_id.name or "")
        if connection.lock_date_policy == "first_open_day":
            return self.env._("the policy of connection %s", connection.name)
        return ""

    def _billing_tell_moved(self, item, record, own):
        """Say in the record's chatter that it is booked on another day than its own;
        this mails nobody.
        """
        own = fields.Date.to_date(own)
        if record.date == own:
            return
        record._message_log(
            body=self.env._(
                "Dated %(own)s, which is in a closed period: booked on %(booked)s "
                "(%(leave)s).",
                own=format_date(self.env, own),
                booked=format_date(self.env, record.date),
                leave=item.leave,
            )
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
