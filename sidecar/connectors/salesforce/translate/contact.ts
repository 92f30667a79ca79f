/** Contact, with its roles at accounts and in deals → contact. */
import type { Translation } from '../../../domain/connector.ts';
import type { Contact } from '../../../domain/entity/index.ts';
import { WireContact } from '../schema.ts';
import { eventOf, readWire, type Input } from './event.ts';
import { addressOf, idOrNull, nameOf, ownerOf, textOf, told } from './values.ts';

type Role = NonNullable<Contact['roles']>[number];

/** Roles are words of the org's own; those of the vendor's standard list, and what they have in common with most others. */
const MEANING: readonly [RegExp, Role][] = [
  [/bill|invoice|account(s|ing)|payable|finance|procure/i, 'billing'],
  [/techn|evaluat|engineer|\bIT\b|developer|\buser\b/i, 'technical'],
  [/decision|economic|executive|sponsor|buyer|signat|owner|ceo/i, 'decision'],
];

export function translateContact(input: Input): Translation {
  const wire = readWire(WireContact, input);
  const extra = told({ department: textOf(wire['Department']) });
  return { events: [eventOf(input, entityOf(wire, input), 'Contact', extra)], follow: [] };
}

function entityOf(wire: WireContact, { org, record, snapshot }: Input): Contact {
  const full = [wire.FirstName, wire.LastName].filter((part) => part?.trim()).join(' ');
  const address = addressOf(record, 'Mailing', 'main');
  return {
    kind: 'contact',
    name: nameOf(wire.Name, full, wire.Email, snapshot.externalId),
    status: wire.IsDeleted === true ? 'archived' : 'active',
    ...told({
      customer: idOrNull(wire.AccountId),
      title: textOf(wire.Title),
      email: textOf(wire.Email),
      phone: textOf(wire.Phone),
      mobile: textOf(wire.MobilePhone),
      roles: rolesOf(wire),
      addresses: address && [address],
      owner: ownerOf(wire.Owner),
      odooKey: textOf(record[org.key]),
    }),
  };
}

function rolesOf(wire: WireContact): Role[] | undefined {
  if (wire.AccountContactRoles === undefined && wire.OpportunityContactRoles === undefined) return undefined;
  const words = [...(wire.AccountContactRoles ?? []), ...(wire.OpportunityContactRoles ?? [])].flatMap(
    ({ Role }) => Role ?? [],
  );
  const roles = words.map((word) => roleOf(word));
  return [...new Set(roles)].sort();
}

/** A role of the org's in our words. */
export function roleOf(word: string): Role {
  return MEANING.find(([pattern]) => pattern.test(word))?.[1] ?? 'other';
}
