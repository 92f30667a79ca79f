/** Many records at once, as an import of theirs makes them. */
import type { Org } from './org.ts';

export interface Seeding {
  accounts: number;
  /** Per account; 2 unless given. */
  contacts?: number;
  /** How many share one second's stamp; 200 unless given: the rows of one batch. */
  perSecond?: number;
}

const CITIES = ['Bergen', 'Aarhus', 'Tampere', 'Kiel', 'Gdańsk', 'Turku', 'Malmö', 'Riga'];

/** Adds accounts with contacts; the last of them is stamped now, the others before. */
export function seed(
  org: Org,
  { accounts, contacts = 2, perSecond = 200 }: Seeding,
): { accounts: string[]; contacts: string[] } {
  const made = { accounts: [] as string[], contacts: [] as string[] };
  const stampedAgoMs = (index: number) => Math.floor((accounts - 1 - index) / perSecond) * 1000;
  for (let index = 0; index < accounts; index += 1) {
    const number = String(index + 1).padStart(6, '0');
    const how = { by: org.person, stampedAgoMs: stampedAgoMs(index) };
    const values = {
      Name: `Werft ${number} AS`,
      Phone: `+47 55 ${number}`,
      Website: `https://werft-${number}.example`,
      BillingStreet: `Kaiweg ${index + 1}`,
      BillingCity: CITIES[index % CITIES.length],
      BillingPostalCode: String(10_000 + (index % 80_000)),
      BillingCountry: 'Norway',
    };
    const account = org.insert('Account', values, how).Id;
    made.accounts.push(account);
    for (let person = 0; person < contacts; person += 1)
      made.contacts.push(
        org.insert(
          'Contact',
          {
            AccountId: account,
            FirstName: ['Ida', 'Jonas', 'Liv', 'Emil'][person % 4],
            LastName: `Fjord ${number}`,
            Email: `p${person}.${number}@werft-${number}.example`,
          },
          how,
        ).Id,
      );
  }
  return made;
}
