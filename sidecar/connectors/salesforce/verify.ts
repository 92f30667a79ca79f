/**
 * How we know that a message is the org's. Salesforce signs nothing: Flow sends a secret of ours in a header, and in front of outbound
 * messages stands a proxy that checks the vendor's client certificate and adds the same header. All that a message can do is make us look.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import type { Connection } from '../../domain/connection.ts';
import type { RawDelivery } from '../../domain/connector.ts';
import { Refused } from '../../domain/failure.ts';
import { headerOf } from '../kit/signature.ts';
import { longId } from './ids.ts';
import { optionsOf } from './settings.ts';

const TOKEN_HEADER = 'X-Saas-Sync-Token';

/** Throws Refused if the message carries none of our secrets. */
export function verify(raw: RawDelivery, connection: Connection): void {
  const secrets = connection.secrets['webhook_secret'] ?? [];
  if (secrets.length === 0)
    throw new Refused(401, 'no_webhook_secret', `Connection ${connection.id} has no webhook_secret`, {
      hint: `Think of a long random text, let credentials.webhook_secret point to it, and let Flow send it as ${TOKEN_HEADER}.`,
    });
  const given = headerOf(raw.headers, TOKEN_HEADER) ?? bearerIn(raw);
  if (!given)
    throw new Refused(401, 'token_missing', `The message carries no ${TOKEN_HEADER}`, {
      hint: 'Only the org may send here. Set the header in the named credential of the Flow, or in the proxy for outbound messages.',
    });
  // Every secret is tried, so that the time taken does not tell which one matched.
  let matched = false;
  for (const secret of secrets) matched = isSame(secret, given) || matched;
  if (!matched)
    throw new Refused(401, 'token_mismatch', `${TOKEN_HEADER} is none of our secrets`, {
      hint: 'Compare webhook_secret with what the named credential or the proxy sends.',
    });
}

const bearerIn = ({ headers }: RawDelivery): string | undefined =>
  /^Bearer (\S+)$/i.exec(headerOf(headers, 'authorization') ?? '')?.[1];

/** Hashes have one length, so that nothing is told of the secret's. */
const isSame = (a: string, b: string): boolean =>
  timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));

/** A message of another org is not for this connection. Throws Refused. */
export function checkOrganization(named: string | undefined, connection: Connection): void {
  const want = longId(optionsOf(connection).organization ?? '');
  const got = longId(named ?? '');
  if (want === undefined || got === undefined || want === got) return;
  throw new Refused(400, 'other_account', `The message belongs to the org ${got}`, {
    hint: `Correct options.organization of connection ${connection.id}, or make a connection of its own for it.`,
    args: { got, want },
  });
}
