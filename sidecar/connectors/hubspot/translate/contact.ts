/** HubSpot contact → contact. The labels of its association with its company say what the person does there. */
import type { Contact } from '../../../domain/entity/index.ts';
import type { Event } from '../../../domain/event.ts';
import type { WireRelated } from '../schema.ts';
import { ASSOCIATION } from '../vocabulary.ts';
import { addressesOf, eventOf, textOf, told, type Input } from './event.ts';

export function translateContact(input: Input): Event {
  const { object, account, owner, companies } = input.body;
  const text = (name: string) => textOf(object, name);
  const company = companies && primaryOf(companies, ASSOCIATION.contactToPrimaryCompany);
  const name = [text('firstname'), text('lastname')].filter(Boolean).join(' ');
  return eventOf(
    input,
    {
      kind: 'contact',
      name: name || text('email') || object.id,
      status: object.archived === true ? 'archived' : 'active',
      ...told({
        customer: company === undefined ? undefined : (company?.id ?? null),
        title: text('jobtitle'),
        email: text('email'),
        phone: text('phone'),
        mobile: text('mobilephone'),
        roles: company === undefined ? undefined : rolesOf(company?.labels ?? []),
        addresses: addressesOf(object),
        language: languageOf(text('hs_language')),
        owner,
        odooKey: text(account.key_property),
      }),
    },
    `Contact ${object.id}`,
  );
}

/** The association marked as primary, else the oldest; null: there is none. */
export function primaryOf(related: readonly WireRelated[], primary: number): WireRelated | null {
  return related.find(({ types }) => types.includes(primary)) ?? [...related].sort(byId)[0] ?? null;
}

/** Ids are numbers too large for some: the shorter one is smaller. */
export const byId = (a: { id: string }, b: { id: string }): number =>
  a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

type Role = NonNullable<Contact['roles']>[number];

const ROLES: readonly (readonly [RegExp, Role])[] = [
  [/billing|invoice|accounting|accounts payable|finance|rechnung|buchhaltung/i, 'billing'],
  [/technical|technik|engineer|\bit\b/i, 'technical'],
  [/decision|decid|buyer|champion|sponsor|entscheid/i, 'decision'],
];

/** "Primary" says which company is meant, nothing about the person. */
export function rolesOf(labels: readonly string[]): Role[] {
  const roles = labels
    .filter((label) => !/^primary/i.test(label))
    .map((label) => ROLES.find(([words]) => words.test(label))?.[1] ?? 'other');
  return [...new Set(roles)].sort();
}

/** `de-at` → `de-AT`; what is no language tag tells nothing. */
function languageOf(text: string | null | undefined): string | null | undefined {
  if (!text) return text;
  try {
    return Intl.getCanonicalLocales(text.replace('_', '-'))[0];
  } catch {
    return undefined;
  }
}
