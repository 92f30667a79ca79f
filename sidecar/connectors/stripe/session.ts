/** One open line to one Stripe account. */
import type { Connection } from '../../domain/connection.ts';
import type { Session, SessionDeps } from '../../domain/connector.ts';
import { ConnectionBroken } from '../../domain/failure.ts';
import { changes } from './changes.ts';
import { createClient, type Client } from './client.ts';
import { list, STREAMS } from './list.ts';
import { readObject } from './objects.ts';
import { API_VERSION, optionsOf } from './settings.ts';

/** Opens the line without calling anybody yet. Throws ConfigurationError if the key is missing. */
export function open(connection: Connection, deps: SessionDeps): Session {
  const client = createClient(connection, deps);
  const seen = new Map<string, number>();
  return {
    streams: STREAMS,
    probe: () => probe(client, connection),
    read: async (kind, externalId) => {
      const readAt = deps.now();
      return { kind, externalId, readAt, body: await readObject(client, kind, externalId) };
    },
    changes: (cursor) => changes({ client, connection: connection.id, now: deps.now, seen }, cursor),
    list: (stream, cursor) => list(client, deps.now, stream, cursor),
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
