{
    "name": "SaaS Sync Billing",
    "summary": "Invoices, credit notes, payments and refunds of a billing system, "
    "booked to the cent",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "saas_sync contributors, Odoo Community Association (OCA)",
    "development_status": "Beta",
    "depends": ["saas_sync", "account", "product"],
    "data": [
        "security/saas_sync_billing_groups.xml",
        "security/ir.model.access.csv",
        "security/saas_sync_billing_rules.xml",
        "views/saas_sync_connection_views.xml",
        "views/saas_sync_exception_views.xml",
        "views/account_move_views.xml",
        "views/product_template_views.xml",
    ],
    "auto_install": False,
}
