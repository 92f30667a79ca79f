/** The HubSpot sandbox as a process of its own: its records are old ones, so that only a listing shows them. */
import { startHubSpotSandbox } from '../../../test/sandbox/hubspot/index.ts';
import { answer, given } from '../child.ts';

/** A company and so many of its people. */
const PEOPLE = 5;
const MONTH_MS = 30 * 24 * 3_600_000;

const { webhook } = given<{ webhook: { url: string; secret: string } }>();
let agoMs = 0;
const hubspot = await startHubSpotSandbox({ webhook, clock: () => Date.now() - agoMs });
let companies: string[] = [];
let contacts: string[] = [];
let numbered = 0;

/** As it was a month ago: nothing is told of it, and nobody finds it among what changed. */
function longAgo<T>(work: () => T): T {
  hubspot.portal.silent = true;
  agoMs = MONTH_MS;
  try {
    return work();
  } finally {
    agoMs = 0;
    hubspot.portal.silent = false;
  }
}

function company(): void {
  const number = String((numbered += 1)).padStart(6, '0');
  const id = hubspot.create('companies', {
    name: `Company ${number}`,
    domain: `company-${number}.example`,
    phone: `+49 30 ${number}`,
    address: `Straße ${numbered}`,
    city: 'Berlin',
    zip: '10115',
    country: 'Germany',
  });
  companies.push(id);
  for (let person = 1; person <= PEOPLE; person++) contactOf(id, number, person);
}

function contactOf(of: string, number: string, person: number): void {
  const id = hubspot.create('contacts', {
    firstname: `Person ${person}`,
    lastname: `Of ${number}`,
    email: `person-${person}@company-${number}.example`,
    phone: `+49 171 ${number}${person}`,
    jobtitle: ['Buyer', 'Engineer', 'Head of finance', 'Founder', 'Assistant'][person % PEOPLE]!,
  });
  hubspot.associate('contacts', id, 'companies', of, 'Primary');
  contacts.push(id);
}

/** The value of a property once it is the one that is waited for: answers when that was, in UTC ms. */
async function holds(wish: {
  id: string;
  property: string;
  value: string;
  patienceMs: number;
}): Promise<number> {
  const until = Date.now() + wish.patienceMs;
  while (hubspot.portal.get('contacts', wish.id).values.get(wish.property) !== wish.value) {
    if (Date.now() > until)
      throw new Error(`Contact ${wish.id} was not told ${wish.property} = ${wish.value}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return Date.now();
}

answer({
  about: () => ({ url: hubspot.url }),
  /** Lets in as many calls as the vendor does, or as many as come. */
  limit: (tenSecondly: number) => {
    hubspot.meter.limits.tenSecondly = tenSecondly;
  },
  contacts: (count: number) =>
    longAgo(() => {
      const before = { companies: companies.length, contacts: contacts.length };
      for (let each = 0; each < count / PEOPLE; each++) company();
      return {
        companies: companies.length - before.companies,
        contacts: contacts.length - before.contacts,
      };
    }),
  /** Takes all records out of every listing, as if the next ones were the first. */
  forget: () =>
    longAgo(() => {
      for (const id of contacts) hubspot.forget('contacts', id);
      for (const id of companies) hubspot.forget('companies', id);
      [companies, contacts] = [[], []];
    }),
  /** The id of the nth contact. */
  contact: (number: number) => contacts[number - 1],
  holds,
});
