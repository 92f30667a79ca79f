/** What the sales people of a small harbour outfitter do at Salesforce; each chapter is played once, in this order. */
import type { Sandbox } from './sandbox.ts';

/** Names by which the demo finds the story's records again. */
export const CAST = {
  /** The same company as a customer at Stripe: its VAT number says so. */
  known: { name: 'Hanse-Kontor', vat: 'DE136695976' },
  buyer: 'Nordsee Offshore GmbH',
  service: 'Nordsee Offshore Service GmbH',
  shared: { name: 'Polarlys Shipping AS', website: 'https://polarlys.example', phone: '+47 55 10 20 30' },
  kept: 'Baltic Cranes OÜ',
  twin: 'Baltic Cranes (Tallinn)',
  person: { first: 'Birte', last: 'Hansen', email: 'birte.hansen@hanse-kontor.example' },
  deals: {
    pier: 'Crane controls for pier 4',
    spares: 'Spare parts 2027',
    tallinn: 'Commissioning in Tallinn',
  },
} as const;

const CLOSES = '2026-11-20';

/** Companies with their addresses and people, and what is sold. */
export function beginning({ people }: Sandbox): void {
  const known = people.create('Account', {
    Name: CAST.known.name,
    VAT__c: CAST.known.vat,
    Website: 'https://hanse-kontor.example',
    Phone: '+49 40 3600',
    ...billing('Speicherstadt 12', '20457 Hamburg'),
    ...shipping('Kai 8, Tor 3', '21129 Hamburg'),
  });
  const buyer = people.create('Account', {
    Name: CAST.buyer,
    Website: 'https://nordsee-offshore.example',
    Phone: '+49 4421 500',
    ...billing('Am Hafen 21\nHaus B', '26382 Wilhelmshaven'),
    ...shipping('Jadestraße 4', '26382 Wilhelmshaven'),
  });
  people.create('Account', {
    Name: CAST.service,
    ParentId: buyer,
    Website: 'https://service.nordsee-offshore.example',
    ...billing('Jadestraße 4', '26382 Wilhelmshaven'),
  });
  const { name, website, phone } = CAST.shared;
  people.create('Account', {
    Name: name,
    Website: website,
    Phone: phone,
    ...billing('Bryggen 5', '5003 Bergen', 'Norway'),
  });
  const { first, last, email } = CAST.person;
  person(people, known, first, last, email, 'Head of Purchasing');
  person(people, buyer, 'Lars', 'Petersen', 'lars.petersen@nordsee-offshore.example', 'Managing Director');
  people.product('Crane control', 'CTRL-100', 4500);
  people.product('Commissioning, day', 'COMM-DAY', 1200);
  people.product('Spare parts kit', 'KIT-1', 380);
}

/** A deal with lines is opened, and won. */
export function pierIsWon({ org, people }: Sandbox): void {
  const deal = people.deal({
    account: idOf(org, 'Account', CAST.buyer),
    name: CAST.deals.pier,
    closeDate: CLOSES,
    lines: [
      { product: product(org, 'CTRL-100'), quantity: 2 },
      { product: product(org, 'COMM-DAY'), quantity: 3 },
    ],
    fields: { Payment_Terms__c: 'Net 30' },
  });
  people.win(deal);
}

/** Sold at a price that nobody in Odoo has agreed to: a fifth below the list. */
export function sparesAreWonTooCheaply({ org, people }: Sandbox): void {
  const lines = [{ product: product(org, 'KIT-1'), quantity: 10, price: 304 }];
  people.win(
    people.deal({
      account: idOf(org, 'Account', CAST.known.name),
      name: CAST.deals.spares,
      closeDate: CLOSES,
      lines,
    }),
  );
}

export function titleChanges({ org, people }: Sandbox, title: string): void {
  people.edit('Contact', idOf(org, 'Contact', `${CAST.person.first} ${CAST.person.last}`), { Title: title });
}

/** The same company a second time, with a deal of its own. */
export function twinSells({ org, people }: Sandbox): void {
  people.create('Account', { Name: CAST.kept, ...billing('Sadama 17', '10111 Tallinn', 'Estonia') });
  const twin = people.create('Account', {
    Name: CAST.twin,
    Phone: '+372 600 1234',
    ...billing('Lootsi 2', '10151 Tallinn', 'Estonia'),
  });
  person(people, twin, 'Kadri', 'Tamm', 'kadri.tamm@baltic-cranes.example', 'Yard Manager');
  const lines = [{ product: product(org, 'COMM-DAY'), quantity: 5 }];
  people.win(people.deal({ account: twin, name: CAST.deals.tallinn, closeDate: CLOSES, lines }));
}

export function twinsAreMerged({ org, people }: Sandbox): void {
  people.merge('Account', idOf(org, 'Account', CAST.kept), idOf(org, 'Account', CAST.twin));
}

type Org = Sandbox['org'];

/** Id of a living record by its name. Throws Error if there is none. */
export function idOf(org: Org, object: string, name: string): string {
  const rows = [...org.table(object).rows.values()];
  const found = rows.find((row) => row['Name'] === name && row['IsDeleted'] !== true);
  if (!found) throw new Error(`Salesforce has no ${object} "${name}"`);
  return found.Id;
}

const product = (org: Org, code: string): string =>
  [...org.table('Product2').rows.values()].find((row) => row['ProductCode'] === code)?.Id ?? '';

function person(
  people: Sandbox['people'],
  account: string,
  first: string,
  last: string,
  mail: string,
  title: string,
): void {
  people.create('Contact', {
    AccountId: account,
    FirstName: first,
    LastName: last,
    Email: mail,
    Title: title,
  });
}

const address =
  (prefix: string) =>
  (street: string, place: string, country = 'Germany') => ({
    [`${prefix}Street`]: street,
    [`${prefix}PostalCode`]: place.split(' ')[0],
    [`${prefix}City`]: place.split(' ').slice(1).join(' '),
    [`${prefix}Country`]: country,
  });
const billing = address('Billing');
const shipping = address('Shipping');
