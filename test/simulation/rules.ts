/** The product's own rules, with one field that belongs to both sides, so that edits are merged and may conflict. */
import { fileURLToPath } from 'node:url';
import type { RulesPort } from '../../sidecar/engine/index.ts';
import { loadRules, rulesPort } from '../../sidecar/rules/index.ts';

const rules = loadRules(fileURLToPath(new URL('../../sync-rules', import.meta.url)));
const customer = rules.byKind.get('customer');
if (customer && 'fields' in customer)
  customer.fields['zip'] = { ...customer.fields['zip']!, owner: 'manual' };
/** What the engine is given as its decisions. */
export const RULES: RulesPort = rulesPort(rules);
