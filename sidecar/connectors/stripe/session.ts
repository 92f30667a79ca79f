/** One open line to one Stripe account. */
import type { Connection } from '../../domain/connection.ts';
import type { Session, SessionDeps } from '../../domain/connector.ts';
import { ConnectionBroken } from '../../domain/failure.ts';
import { changes } from './changes.ts';
import { openAccount, type Client } from './client.ts';
import { list, STREAMS, WHOLE } from './list.ts';
import { readObject } from './objects.ts';
import { API_VERSION, optionsOf } from './settings.ts';

/** Opens the line without calling anybody yet. Throws ConfigurationError if the key is missing. */
export function open(connection: Connection, deps: SessionDeps): Session {
  const account = openAccount(connection, deps);
  const seen = new Map<string, number>();
  return {
    streams: STREAMS,
    probe: () => probe(account.at(0), connection),
    budget: () => account.budget(),
    read: async (kind, externalId, priority = 1) => {
      const readAt = deps.now();
      return { kind, externalId, readAt, body: await readObject(account.at(priority), kind, externalId) };
    },
    changes: (cursor) =>
      changes({ client: account.at(1), connection: connection.id, now: deps.now, seen }, cursor),
    list: (stream, cursor, options) => list(account.at(3), deps.now, stream, cursor, options),
    whole: WHOLE,
  };
}

/** What a key must be able to read; a restricted key is asked for each. */
const NEEDED = [
  'events',
  'tax_rates',
  'customers',
  'products',
  'prices',
  'invoices',
  'invoice_payments',
  'payment_intents',
  'charges',
  'credit_notes',
  'refunds',
  'balance_transactions',
];

async function probe(client: Client, connection: Connection): ReturnType<Session['probe']> {
  checkKey(connection);
  let account = optionsOf(connection).account;
  let livemode: boolean | undefined;
  for (const resource of NEEDED) {
    const { data } = await client.page(`/v1/${resource}`, [['limit', 1]]);
    const newest = data[0];
    if (typeof newest?.['livemode'] === 'boolean') livemode = newest['livemode'];
    if (resource === 'invoices' && typeof newest?.['account_name'] === 'string')
      account ??= newest['account_name'];
  }
  checkMode(connection, livemode);
  return {
    account: account ?? 'account of the key',
    details: {
      api_version: API_VERSION,
      environment: connection.environment,
      key: isRestricted(connection) ? 'restricted' : 'secret',
      readable: NEEDED.join(', '),
    },
  };
}

const isRestricted = (connection: Connection) =>
  connection.secrets['api_key']?.[0]?.startsWith('rk_') ?? false;

/** The mode is written in the key: sk_live_…, rk_test_…. */
function checkKey(connection: Connection): void {
  const mode = /^(?:sk|rk)_(live|test)_/.exec(connection.secrets['api_key']?.[0] ?? '')?.[1];
  if (mode !== undefined) checkMode(connection, mode === 'live');
}

function checkMode(connection: Connection, livemode: boolean | undefined): void {
  if (livemode === undefined || livemode === (connection.environment === 'live')) return;
  const got = livemode ? 'live' : 'test';
  throw new ConnectionBroken(
    'wrong_environment',
    `The key of connection ${connection.id} is for ${got} data, the connection is ${connection.environment}`,
    { hint: `Use a ${connection.environment} key, or set environment: ${got}.` },
  );
}
