# Turns a fresh database into the template: run by `odoo shell` after the modules are installed.
# ruff: noqa: F821  (env comes from the shell)
from odoo.tools.misc import file_path

company = env.ref('base.main_company')
germany = env.ref('base.de')
euro = env.ref('base.EUR')

# The generic chart of accounts was loaded for a company without a country, which made it American. The context key
# keeps Odoo from installing the German localisation when the country changes.
company = company.with_context(chart_template_load=True)
company.write({
    'name': 'Northwind Europe',
    'street': 'Speicherstraße 1',
    'zip': '20457',
    'city': 'Hamburg',
    'state_id': False,
    'country_id': germany.id,
    'currency_id': euro.id,
})
company.account_fiscal_country_id = germany
for model in ('account.tax.group', 'account.tax', 'account.fiscal.position'):
    records = env[model].with_context(active_test=False).search([('country_id', '=', env.ref('base.us').id)])
    records.write({'country_id': germany.id})
assert company.chart_template == 'generic_coa' and company.currency_id == euro

# Units per euro. JPY has no decimals and KWD has three: the two cases that break careless money code.
for code, rate in (('USD', 1.10), ('JPY', 160.0), ('KWD', 0.33)):
    currency = env.ref(f'base.{code}')
    currency.active = True
    env['res.currency.rate'].search([('currency_id', '=', currency.id)]).unlink()
    env['res.currency.rate'].create({
        'currency_id': currency.id,
        'company_id': company.id,
        'name': '2020-01-01',
        'rate': rate,
    })
env['res.currency.rate'].search([('currency_id', '=', euro.id)]).unlink()
env.ref('base.group_user').write({'implied_ids': [(4, env.ref('base.group_multi_currency').id)]})

# Nothing here talks to the outside: no mail server, no update notification, no Odoo in-app services.
env['ir.mail_server'].search([]).unlink()
update_notification = env.ref('mail.ir_cron_module_update_notification', raise_if_not_found=False)
if update_notification:
    update_notification.active = False
for key in ('iap.endpoint', 'iap.partner_autocomplete.endpoint', 'enrich.endpoint', 'reveal.endpoint'):
    env['ir.config_parameter'].set_param(key, 'http://127.0.0.1:1')

# Debian's package leaves this library out; the bundle would then log an error on every page, and Odoo's browser
# tests count that as a failure.
library = 'mail/static/lib/selfie_segmentation/selfie_segmentation.js'
try:
    file_path(library)
except FileNotFoundError:
    env['ir.asset'].create({
        'name': 'Library missing from the Debian package',
        'bundle': 'web.assets_backend',
        'directive': 'remove',
        'path': library,
    })

env.cr.commit()
