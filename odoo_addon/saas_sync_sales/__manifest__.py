{
    "name": "SaaS Sync Sales",
    "summary": "Deals of a CRM as opportunities, won deals as checked orders, and the "
    "standing of orders and customers back to the CRM",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "license": "LGPL-3",
    "author": "saas_sync contributors, Odoo Community Association (OCA)",
    "development_status": "Beta",
    "depends": ["saas_sync_billing", "sale_management", "sale_crm"],
    "data": [
        "security/saas_sync_sales_groups.xml",
        "security/ir.model.access.csv",
        "security/saas_sync_sales_rules.xml",
        "data/ir_cron.xml",
        "views/saas_sync_amendment_views.xml",
        "views/saas_sync_exception_views.xml",
        "views/crm_lead_views.xml",
        "views/res_partner_views.xml",
        "views/sale_order_views.xml",
    ],
    "auto_install": False,
}
