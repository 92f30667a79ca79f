/** Snapshots as our session reads them from HubSpot, with invented data; overrides on top. */
import type { Snapshot } from '../../sidecar/domain/connector.ts';
import type { WireBody, WireObject, WireRelated } from '../../sidecar/connectors/hubspot/schema.ts';
import type { HubSpotKind } from '../../sidecar/connectors/hubspot/vocabulary.ts';

export type Values = Record<string, string | null>;

const CHANGED = '2026-11-20T09:30:00.000Z';

export const account: WireBody['account'] = {
  portal: 1001,
  host: 'app-eu1.hubspot.com',
  currency: 'EUR',
  key_property: 'odoo_key',
  fields: {
    vat: 'vat_number',
    payment_terms: 'payment_terms',
    contract_start: 'contract_start',
    contract_end: 'contract_end',
    purchase_order: 'purchase_order',
    legal_entity: 'legal_entity',
  },
};

const EMPTY_ADDRESS = { address: null, address2: null, city: null, state: null, zip: null, country: null };

export const wireObject = (id: string, properties: Values, archived = false): WireObject => ({
  id,
  properties: { hs_object_id: id, createdate: '2026-10-01T08:00:00.000Z', ...properties },
  archived,
});

export const related = (id: string, types: number[], labels: string[] = []): WireRelated => ({
  id,
  types,
  labels,
});

export const wireCompany = (properties: Values = {}, more: Partial<WireBody> = {}): WireBody => ({
  object: wireObject('20000000001', {
    name: 'Ada Engines GmbH',
    domain: 'ada-engines.example',
    website: null,
    phone: '+49 30 555000',
    description: null,
    ...EMPTY_ADDRESS,
    hubspot_owner_id: '70001',
    hs_merged_object_ids: null,
    hs_updated_by_user_id: '11',
    hs_lastmodifieddate: CHANGED,
    vat_number: null,
    odoo_key: null,
    ...properties,
  }),
  account,
  owner: 'sally@example.com',
  editor: 'sally@example.com',
  parents: [],
  ...more,
});

export const wireContact = (properties: Values = {}, more: Partial<WireBody> = {}): WireBody => ({
  object: wireObject('10000000001', {
    firstname: 'Grace',
    lastname: 'Muster',
    email: 'grace@ada-engines.example',
    phone: null,
    mobilephone: '+49 170 555000',
    jobtitle: 'Head of Purchasing',
    hs_language: 'de-at',
    ...EMPTY_ADDRESS,
    hubspot_owner_id: null,
    hs_updated_by_user_id: null,
    lastmodifieddate: CHANGED,
    odoo_key: null,
    ...properties,
  }),
  account,
  owner: null,
  companies: [related('20000000001', [1, 279], ['Primary'])],
  ...more,
});

export const wireProduct = (properties: Values = {}, more: Partial<WireBody> = {}): WireBody => ({
  object: wireObject('50000000001', {
    name: 'Analytical Engine',
    description: null,
    hs_sku: 'AE-1',
    price: '1250.00',
    hs_product_type: 'inventory',
    recurringbillingfrequency: null,
    hs_lastmodifieddate: CHANGED,
    ...properties,
  }),
  account,
  ...more,
});

export const wireLine = (id: string, properties: Values = {}): WireObject =>
  wireObject(id, {
    name: 'Analytical Engine',
    hs_sku: 'AE-1',
    hs_product_id: '50000000001',
    quantity: '2',
    price: '1250',
    discount: null,
    hs_discount_percentage: null,
    amount: '2500',
    recurringbillingfrequency: null,
    hs_recurring_billing_start_date: null,
    hs_position_on_quote: '0',
    hs_lastmodifieddate: CHANGED,
    ...properties,
  });

export const wireDeal = (properties: Values = {}, more: Partial<WireBody> = {}): WireBody => ({
  object: wireObject('30000000001', {
    dealname: 'Two engines',
    description: null,
    amount: '2500',
    deal_currency_code: 'EUR',
    dealstage: 'contractsent',
    pipeline: 'default',
    dealtype: 'newbusiness',
    closedate: '2026-11-30T23:30:00Z',
    hs_closed_won_date: null,
    hs_is_closed: 'false',
    hs_is_closed_won: 'false',
    hs_deal_stage_probability: '0.9',
    closed_lost_reason: null,
    hubspot_owner_id: '70001',
    hs_lastmodifieddate: CHANGED,
    payment_terms: null,
    contract_start: null,
    contract_end: null,
    purchase_order: null,
    legal_entity: null,
    ...properties,
  }),
  account,
  owner: 'sally@example.com',
  companies: [related('20000000001', [5, 341], ['Primary'])],
  contacts: [related('10000000001', [3])],
  lines: [wireLine('60000000001')],
  stage: { label: 'Contract Sent', closed: false, probability: 0.9 },
  pipeline: 'Sales Pipeline',
  ...more,
});

export const WON = { label: 'Closed Won', closed: true, probability: 1 };
export const LOST = { label: 'Closed Lost', closed: true, probability: 0 };

export const archived = (body: WireBody): WireBody => ({
  ...body,
  object: { ...body.object, archived: true },
});

export const snapshot = (
  kind: HubSpotKind,
  body: WireBody | null,
  externalId = body?.object.id ?? '1',
): Snapshot => ({ kind, externalId, readAt: 1_795_000_000_000, body });

export const context = {
  connection: 'hubspot-eu',
  timeZone: 'Europe/Berlin',
  environment: 'test' as const,
  reason: 'listing',
};

/** An event of a webhook. */
export const wireEvent = (subscriptionType: string, objectId: number, more: object = {}) => ({
  eventId: 501,
  subscriptionId: 701,
  portalId: 1001,
  appId: 301,
  occurredAt: 1_794_999_000_000,
  subscriptionType,
  attemptNumber: 0,
  objectId,
  changeSource: 'CRM_UI',
  sourceId: 'userId:11',
  ...more,
});
