"""Changes as the sidecar sends them."""

import json

DAY = "2026-10-05"


def ref(kind, external_id):
    """A value that points to a linked record."""
    return {"ref": {"kind": kind, "external_id": external_id}}


class Changes:
    """Makes changes; ``serial`` counts their versions."""

    def change(self, op, kind, external_id, values, climb, **extra):
        """The envelope around ``values``; a digest of their content unless given."""
        content = json.dumps([values, climb], sort_keys=True)
        return {
            "op": op,
            "key": {"kind": kind, "external_id": external_id},
            "model": "account.payment" if op == "payment" else "account.move",
            "version": next(self.serial),
            "digest": f"{hash(content):x}",
            "label": f"{kind} {external_id}",
            "rule": f"{kind}@1",
            "reason": "test",
            "values": values,
            "climb": climb,
            **extra,
        }

    def invoice(
        self,
        external_id,
        lines=None,
        expected=None,
        climb=("drafted", "posted"),
        kind="invoice",
        **values,
    ):
        """An invoice of one seat at 100.00 plus 19 % unless said otherwise.

        :param lines: ``(price_unit, quantity, [tax rates])`` each
        :param expected: ``(untaxed, tax, total, {tax rate: amount})``
        """
        lines = lines or [("100", "1", ["txr_19"])]
        untaxed, tax, total, taxes = expected or (10000, 1900, 11900, {"txr_19": 1900})
        return self.change(
            "move",
            kind,
            external_id,
            {
                "move_type": "out_refund" if kind == "credit_note" else "out_invoice",
                "partner": ref("customer", "cus_1"),
                "invoice_date": DAY,
                "invoice_date_due": None,
                "currency": "EUR",
                "exponent": 2,
                "payment_reference": f"NO-{external_id}",
                "ref": external_id,
                "narration": None,
                "lines": [
                    {
                        "name": f"Seat {number}",
                        "quantity": quantity,
                        "price_unit": price,
                        "product": ref("product", "prod_1") if number == 0 else None,
                        "taxes": [ref("tax_rate", rate) for rate in rates],
                    }
                    for number, (price, quantity, rates) in enumerate(lines)
                ],
                "reversed_entry": None,
                "expected": {
                    "untaxed": untaxed,
                    "tax": tax,
                    "total": total,
                    "taxes": [
                        {"tax": ref("tax_rate", rate), "amount": amount}
                        for rate, amount in taxes.items()
                    ],
                },
                "tolerance": 2,
                "void_date": None,
                **values,
            },
            list(climb),
        )

    def credit_note(self, external_id, invoice, **extra):
        return self.invoice(
            external_id,
            kind="credit_note",
            reversed_entry=ref("invoice", invoice),
            **extra,
        )

    def payment(
        self,
        external_id,
        amount=11900,
        invoices=None,
        kind="payment",
        climb=None,
        **values,
    ):
        """A payment of ``invoices`` (``{external id: amount}``), or a refund for
        ``kind="refund"``.
        """
        invoices = invoices or {}
        return self.change(
            "payment",
            kind,
            external_id,
            {
                "payment_type": "outbound" if kind == "refund" else "inbound",
                "partner": ref("customer", "cus_1"),
                "amount": amount,
                "currency": "EUR",
                "exponent": 2,
                "date": "2026-10-06",
                "memo": external_id,
                "channel": "processor",
                "allocations": [
                    {"move": ref("invoice", invoice), "amount": part}
                    for invoice, part in invoices.items()
                ],
                "failed_date": None,
                **values,
            },
            climb or ["posted", *(f"reconciled:{invoice}" for invoice in invoices)],
        )
