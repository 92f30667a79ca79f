"""What the demo's company did before it was connected: August is closed, and one customer was entered twice.

Run in Odoo's shell by dev/demo/company.ts, once. Each of the two leads to exceptions that an accountant settles in Odoo.
"""

from datetime import date

company = env["res.company"].search([], order="id", limit=1)
company.sale_lock_date = date(2026, 8, 31)

TWICE = [
    {"name": "Spreewerk Studio", "email": "office@spreewerk.example", "city": "Berlin", "is_company": True},
    {"name": "Spreewerk (old address)", "email": "office@spreewerk.example", "city": "Potsdam", "is_company": True},
]
env["res.partner"].create(TWICE)
env.cr.commit()
