/** What the marketing and sales people of the same company do at HubSpot; each chapter is played once, in this order. */
import type { Sandbox } from './sandbox.ts';
import type { ObjectType } from './schema.ts';

/** Names by which the demo finds the story's records again. */
export const CAST = {
  buyer: 'Aurora Biotech AB',
  /** Known to Salesforce, too, which comes before HubSpot. */
  shared: { name: 'Polarlys Shipping AS', domain: 'polarlys.example', phone: '+47 55 10 20 30' },
  first: 'Tidewater Labs Ltd',
  second: 'Tidewater Laboratories',
  person: { email: 'saga.lind@aurora-biotech.example', name: 'Saga Lind' },
  deal: 'Sampling robots for Lund',
} as const;

export function beginning(sandbox: Sandbox): void {
  const { shared, person } = CAST;
  const buyer = sandbox.create('companies', {
    name: CAST.buyer,
    domain: 'aurora-biotech.example',
    phone: '+46 46 100 00',
    ...place('Scheelevägen 2', '223 81', 'Lund', 'Sweden'),
  });
  const polarlys = sandbox.create('companies', {
    name: shared.name,
    domain: shared.domain,
    phone: shared.phone,
    ...place('Bryggen 5', '5003', 'Bergen', 'Norway'),
  });
  sandbox.create('companies', {
    name: CAST.first,
    domain: 'tidewater-labs.example',
    ...place('2 Harbour Row', 'BS1 5TY', 'Bristol', 'United Kingdom'),
  });
  employ(sandbox, buyer, {
    firstname: 'Saga',
    lastname: 'Lind',
    email: person.email,
    jobtitle: 'Lab Manager',
  });
  employ(sandbox, polarlys, { firstname: 'Eirik', lastname: 'Dahl', email: 'eirik.dahl@polarlys.example' });
  sandbox.create('products', { name: 'Sampling robot', hs_sku: 'ROBO-7', price: '8900' });
  sandbox.create('products', { name: 'Training, day', hs_sku: 'TRAIN-DAY', price: '950' });
}

export function robotsAreWon(sandbox: Sandbox): void {
  const deal = sandbox.create('deals', {
    dealname: CAST.deal,
    pipeline: 'default',
    dealstage: 'contractsent',
    amount: '19700',
    closedate: '2026-11-19T12:00:00Z',
    deal_currency_code: 'EUR',
    payment_terms: 'Net 30',
  });
  sandbox.associate('deals', deal, 'companies', idOf(sandbox, 'companies', CAST.buyer), 'Primary');
  sandbox.associate('deals', deal, 'contacts', personId(sandbox));
  for (const [sku, quantity] of [
    ['ROBO-7', '2'],
    ['TRAIN-DAY', '2'],
  ] as const) {
    const product = sandbox.all('products').find(({ properties }) => properties['hs_sku'] === sku);
    const { name = '', price = '' } = product?.properties ?? {};
    sandbox.addLine(deal, { name, price, quantity, hs_product_id: product?.id ?? '' });
  }
  sandbox.moveDeal(deal, 'Closed Won');
}

/** Of a company whose telephone number is Salesforce's to say. */
export function sharedPhoneChanges(sandbox: Sandbox, phone: string): void {
  sandbox.update('companies', idOf(sandbox, 'companies', CAST.shared.name), { phone });
}

export function twinAppears(sandbox: Sandbox): void {
  const address = place('Harbour Row 2', 'BS1 5TY', 'Bristol', 'United Kingdom');
  sandbox.create('companies', { name: CAST.second, domain: 'tidewater-laboratories.example', ...address });
}

/** Answers the new id. */
export const twinsAreMerged = (sandbox: Sandbox): string =>
  sandbox.merge('companies', idOf(sandbox, 'companies', CAST.first), idOf(sandbox, 'companies', CAST.second));

/** Id of a living record by its name. Throws Error if there is none. */
export function idOf(sandbox: Sandbox, type: ObjectType, name: string): string {
  const found = sandbox
    .all(type)
    .find(({ properties: { name: own, dealname } }) => (own ?? dealname) === name);
  if (!found) throw new Error(`HubSpot has no ${type} "${name}"`);
  return found.id;
}

/** The person whose telephone number the story follows. */
export const personId = (sandbox: Sandbox): string =>
  sandbox.portal.findBy('contacts', 'email', CAST.person.email)?.id ?? '';

function employ(sandbox: Sandbox, company: string, values: Record<string, string>): void {
  const person = sandbox.create('contacts', values);
  sandbox.associate('contacts', person, 'companies', company, 'Primary');
}

const place = (address: string, zip: string, city: string, country: string) => ({
  address,
  zip,
  city,
  country,
});
