/** The properties that an administrator makes before Odoo is connected, as docs/connect-hubspot.md lists them. */
import type { Portal } from './portal.ts';
import type { NewProperty } from './schema.ts';

const KEY: NewProperty = { name: 'odoo_key', label: 'Odoo key', unique: true };

const ON_COMPANIES: readonly NewProperty[] = [
  KEY,
  { name: 'vat_number', label: 'VAT number' },
  { name: 'odoo_standing', label: 'Payment standing (Odoo)' },
  { name: 'odoo_open_amount', label: 'Open amount (Odoo)', type: 'number' },
  { name: 'odoo_credit_hold', label: 'Credit hold (Odoo)', type: 'bool' },
];

const ON_DEALS: readonly NewProperty[] = [
  { name: 'odoo_order_state', label: 'Order state (Odoo)' },
  { name: 'odoo_order_name', label: 'Order (Odoo)' },
  { name: 'odoo_delivered', label: 'Delivered (Odoo)' },
  { name: 'odoo_invoiced', label: 'Invoiced (Odoo)' },
  { name: 'odoo_invoiced_amount', label: 'Invoiced amount (Odoo)', type: 'number' },
  { name: 'odoo_paid_amount', label: 'Paid amount (Odoo)', type: 'number' },
  { name: 'odoo_payment_state', label: 'Payment state (Odoo)' },
  { name: 'payment_terms', label: 'Payment terms' },
  { name: 'contract_start', label: 'Contract start', type: 'date' },
  { name: 'contract_end', label: 'Contract end', type: 'date' },
  { name: 'purchase_order', label: 'Purchase order' },
  { name: 'legal_entity', label: 'Legal entity' },
];

export function readyForOdoo(portal: Portal): void {
  for (const property of ON_COMPANIES) portal.addProperty('companies', property);
  portal.addProperty('contacts', KEY);
  for (const property of ON_DEALS) portal.addProperty('deals', property);
}
