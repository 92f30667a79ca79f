"""Cents: a draft is posted only if tax by tax, untaxed and total are what the vendor
says.
"""

from odoo import Command, models

from odoo.addons.saas_sync.tools.errors import SyncError

from ..tools.amounts import Totals, show, tax_lines, to_major


class SaasSyncApi(models.AbstractModel):
    _inherit = "saas.sync.api"

    def _move_align(self, connection, move, wanted, exponent, tolerance):
        """Make a draft's totals equal ``wanted``, moving at most ``tolerance`` minor
        units per amount.

        Writes nothing if they agree already. Raises ``amounts_differ`` beyond the
        tolerance; call it in a savepoint.
        """
        actual = Totals.of_move(move, exponent)
        missing = actual.missing(wanted)
        if not missing.largest():
            return
        if missing.largest() <= tolerance and self._move_adjust(
            connection, move, missing, exponent
        ):
            actual = Totals.of_move(move, exponent)
            missing = actual.missing(wanted)
            if not missing.largest():
                return
        raise self._move_amounts_differ(connection, move, actual, wanted, exponent)

    def _move_adjust(self, connection, move, missing, exponent):
        """Put differences of taxes on the tax lines, and of the base on a line without
        tax, in one write.
        """
        commands = []
        for tax_id, minor in missing.taxes.items():
            line = self._move_tax_line(move, tax_id)
            if not line:
                return False
            amount = line.amount_currency + move.direction_sign * to_major(
                minor, exponent
            )
            commands.append(Command.update(line.id, {"amount_currency": amount}))
        if missing.untaxed:
            commands.append(
                Command.create(
                    self._move_rounding_line(connection, missing.untaxed, exponent)
                )
            )
        move.write({"line_ids": commands})
        return True

    def _move_tax_line(self, move, tax_id):
        lines = tax_lines(move).filtered(
            lambda line: (line.group_tax_id or line.tax_line_id).id == tax_id
        )
        return lines.sorted(lambda line: abs(line.amount_currency))[-1:]

    def _move_rounding_line(self, connection, minor, exponent):
        return {
            "display_type": "product",
            "name": self.env._("Rounding"),
            "quantity": 1.0,
            "price_unit": to_major(minor, exponent),
            "tax_ids": [Command.clear()],
            "account_id": (
                connection.rounding_account_id or connection.income_account_id
            ).id,
        }

    def _move_amounts_differ(self, connection, move, actual, wanted, exponent):
        currency = move.currency_id.name
        missing = actual.missing(wanted)
        details = []
        args = {}
        names = {
            "untaxed": self.env._("the amount before tax"),
            "total": self.env._("the total"),
        }
        for field, name in names.items():
            if getattr(missing, field):
                details.append((name, getattr(missing, field)))
        for tax_id, minor in missing.taxes.items():
            tax = self.env["account.tax"].browse(tax_id)
            details.append((self.env._("tax '%s'", tax.name), minor))
        for field in ("untaxed", "tax", "total"):
            args[field] = {
                "odoo": getattr(actual, field),
                "wanted": getattr(wanted, field),
            }
        args["taxes"] = [
            {
                "tax_id": tax_id,
                "odoo": actual.taxes.get(tax_id, 0),
                "wanted": wanted.taxes.get(tax_id, 0),
            }
            for tax_id in {**actual.taxes, **wanted.taxes}
        ]
        return SyncError(
            "amounts_differ",
            self.env._(
                "Odoo computes %(odoo)s, %(system)s says %(wanted)s: %(details)s.",
                odoo=show(actual.total, exponent, currency),
                system=connection._billing_label(),
                wanted=show(wanted.total, exponent, currency),
                details=", ".join(
                    self.env._(
                        "%(name)s differs by %(amount)s",
                        name=name,
                        amount=show(abs(minor), exponent, currency).split()[0],
                    )
                    for name, minor in details
                ),
            ),
            hint=self.env._(
                "The draft is kept. Compare its taxes (rate, included in price, "
                "rounding) with those of the vendor, "
                "map the right tax, then retry."
            ),
            args={**args, "currency": currency, "exponent": exponent},
        )
