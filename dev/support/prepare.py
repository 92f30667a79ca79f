"""Makes a company ready for the sync, as its people would: taxes, people, the service user and its key, journals.

Run in Odoo's shell by dev/support/prepare.ts, which fills in CONNECTION, SYSTEM and SYSTEM_NAME. Repeatable. Prints the key.
"""

company = env["res.company"].search([], order="id", limit=1)
admin = env.ref("base.user_admin")
admin.group_ids += env.ref("saas_sync.group_admin") + env.ref("account.group_account_manager")

TAXES = [
    ("19%", 19.0, "tax_excluded"),
    ("20% included", 20.0, "tax_included"),
    # Two that fit "VAT 7%": only a person can tell which one is meant.
    ("7% books", 7.0, "tax_excluded"),
    ("7% food", 7.0, "tax_excluded"),
]
for name, amount, override in TAXES:
    if not env["account.tax"].search([("name", "=", name), ("type_tax_use", "=", "sale")]):
        group = env["account.tax.group"].create({"name": f"VAT {amount:g}%", "company_id": company.id})
        env["account.tax"].create({
            "name": name,
            "tax_group_id": group.id,
            "amount": amount,
            "amount_type": "percent",
            "type_tax_use": "sale",
            "price_include_override": override,
            "company_id": company.id,
        })

PEOPLE = [
    ("accountant", "Ada Accountant", ["account.group_account_user"]),
    # Works on exceptions, and sees neither amounts nor persons in them.
    ("operator", "Olga Operator", ["saas_sync.group_operator"]),
    ("sales", "Sam Sales", ["sales_team.group_sale_salesman"]),
]
for login, name, groups in PEOPLE:
    if not env["res.users"].search([("login", "=", login)]):
        env["res.users"].with_context(no_reset_password=True).create({
            "name": name,
            "login": login,
            "password": login,
            "email": f"{login}@northwind.example",
            "group_ids": [(4, env.ref("base.group_user").id)] + [(4, env.ref(g).id) for g in groups],
        })

as_admin = env(user=admin.id)
settings = as_admin["res.config.settings"].create({})
settings.action_saas_sync_service_user()
key = as_admin["saas.sync.key"].create({"duration": "365"})._create_key()

connections = as_admin["saas.sync.connection"].sudo()
connection = connections.search([("code", "=", CONNECTION)]) or connections.create({
    "code": CONNECTION,
    "name": SYSTEM_NAME,
    "system": SYSTEM,
    "system_name": SYSTEM_NAME,
    "environment": "test",
    "company_id": company.id,
})
connection.sudo(False).action_setup_accounting()
env.cr.commit()
print("KEY", key)
