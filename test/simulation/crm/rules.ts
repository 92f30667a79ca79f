/** The product's own rules, with one field of a customer for each way of deciding, and births at the CRMs. */
import { fileURLToPath } from 'node:url';
import { hubspot } from '../../../sidecar/connectors/hubspot/index.ts';
import { salesforce } from '../../../sidecar/connectors/salesforce/index.ts';
import type { Kind } from '../../../sidecar/domain/reference.ts';
import type { RulesPort } from '../../../sidecar/engine/index.ts';
import { loadRules, rulesPort } from '../../../sidecar/rules/index.ts';

export const CONNECTORS = { hubspot, salesforce };
export type System = keyof typeof CONNECTORS;

/** Who decides about a field that is looked at: the first system of a list that is linked, `odoo`, the newest, or a person. */
export type Decider = readonly System[] | 'odoo' | 'newest' | 'manual' | 'told';

const CRMS: readonly System[] = ['salesforce', 'hubspot'];

/** What is compared between the sides, by kind and Odoo's field. */
export const DECIDERS = {
  customer: {
    name: CRMS,
    phone: 'newest',
    zip: 'manual',
    city: 'odoo',
    street: CRMS,
    saas_sync_standing: 'told',
  },
  contact: { name: 'manual', function: 'manual', phone: 'manual' },
  deal: { name: CRMS, saas_sync_order_state: 'told', saas_sync_order_name: 'told' },
} as const satisfies Partial<Record<Kind, Record<string, Decider>>>;
export type Compared = keyof typeof DECIDERS;

const BORN = [['is_company', '=', true]];

/** What the engine is given as its decisions, with these systems connected. */
export function rulesOf(systems: readonly System[]): RulesPort {
  const writable = Object.fromEntries(systems.map((system) => [system, CONNECTORS[system].writable]));
  const rules = loadRules(fileURLToPath(new URL('../../../sync-rules', import.meta.url)));
  const customer = rules.byKind.get('customer');
  if (!customer || !('fields' in customer)) throw new Error('there is no rule for customers');
  const { fields } = customer;
  fields['phone'] = { ...fields['phone']!, owner: 'newest' };
  fields['zip'] = { ...fields['zip']!, owner: 'manual' };
  fields['city'] = { ...fields['city']!, owner: 'odoo' };
  fields['street'] = { ...fields['street']!, against: 'propose' };
  for (const system of systems) customer.born[system] = BORN;
  return rulesPort(rules, writable);
}
