"""Creates, posts, pays and reconciles DATA["invoices"] in batches of 50, committed as the path does: the invoices,
then their payments. Prints how long that took; what they need (customers, products) is made before.
"""

import time

from odoo import Command
from odoo.addons.saas_sync.models.saas_sync_api_batch import FAST

STEP = 50
connection = env["saas.sync.connection"].search([("code", "=", DATA["connection"])])
company = connection.company_id
env = env(context=dict(env.context, **FAST, allowed_company_ids=company.ids))
connection = connection.with_env(env)


def by_name(model, names):
    found = env[model].search([("name", "in", list(names))])
    known = set(found.mapped("name"))
    found += env[model].create([{"name": name} for name in names if name not in known])
    return {record.name: record for record in found}


rows = DATA["invoices"]
customers = by_name("res.partner", {row["partner"] for row in rows})
products = by_name("product.template", {line["product"] for row in rows for line in row["lines"]})
tax = env["account.tax"].search([("name", "=", DATA["tax"]), ("type_tax_use", "=", "sale")], limit=1)
journal = connection.payment_journal_id
method = connection._billing_method_line(journal, "inbound")
euro = env.ref("base.EUR")
env.cr.commit()
env.invalidate_all()


def invoice_values(row):
    return {
        "move_type": "out_invoice",
        "company_id": company.id,
        "journal_id": connection.sale_journal_id.id,
        "partner_id": customers[row["partner"]].id,
        "currency_id": euro.id,
        "invoice_date": row["date"],
        "date": row["date"],
        "invoice_payment_term_id": False,
        "invoice_date_due": row["due"],
        "payment_reference": row["reference"],
        "ref": row["ref"],
        "invoice_user_id": False,
        "invoice_line_ids": [
            Command.create({
                "display_type": "product",
                "name": line["name"],
                "product_id": products[line["product"]].product_variant_id.id,
                "quantity": line["quantity"],
                "price_unit": line["price_unit"],
                "tax_ids": [Command.set(tax.ids)],
            })
            for line in row["lines"]
        ],
    }


def payment_values(move):
    return {
        "payment_type": "inbound",
        "partner_type": "customer",
        "partner_id": move.commercial_partner_id.id,
        "amount": move.amount_total,
        "currency_id": euro.id,
        "date": move.invoice_date,
        "memo": move.ref,
        "journal_id": journal.id,
        "company_id": company.id,
        "payment_method_line_id": method.id,
    }


def receivable(lines):
    return lines.filtered(lambda line: line.account_id.account_type == "asset_receivable")


begun, cpu = time.monotonic(), time.process_time()
for start in range(0, len(rows), STEP):
    moves = env["account.move"].create([invoice_values(row) for row in rows[start : start + STEP]])
    moves.action_post()
    env.cr.commit()
    payments = env["account.payment"].create([payment_values(move) for move in moves])
    payments.action_post()
    env["account.move.line"]._reconcile_plan([
        receivable(move.line_ids) + receivable(payment.move_id.line_ids)
        for move, payment in zip(moves, payments, strict=True)
    ])
    env.cr.commit()
seconds, cpu = time.monotonic() - begun, time.process_time() - cpu
paid = env["account.move"].search_count([
    ("ref", "in", [row["ref"] for row in rows]),
    ("payment_state", "in", ("paid", "in_payment")),
])
assert paid == len(rows), f"{paid} of {len(rows)} invoices are paid"
print("SECONDS", seconds, "CPU", cpu)
