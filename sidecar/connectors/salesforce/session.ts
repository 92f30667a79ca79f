/** One open line to one Salesforce org. */
import type { Connection } from '../../domain/connection.ts';
import type { Session, SessionDeps } from '../../domain/connector.ts';
import { ConnectionBroken } from '../../domain/failure.ts';
import { changes, newMemory } from './changes.ts';
import { openClient } from './client.ts';
import { shapesOf } from './describe.ts';
import { list, WHOLE } from './list.ts';
import { SPECS, STREAMS } from './objects.ts';
import { pusherOf } from './push.ts';
import { AT_ONCE, readerOf, type Reading } from './read.ts';
import { API_VERSION, optionsOf, TITLE } from './settings.ts';
import { unseen } from './soql.ts';
import { textIn } from './text.ts';

/** Opens the line without calling anybody yet: what is missing for the login is told by the first call. */
export function open(connection: Connection, deps: SessionDeps): Session {
  const client = openClient(connection, deps);
  const shapes = shapesOf(client, deps.now);
  const reading: Reading = { client, shapes, options: optionsOf(connection), now: deps.now };
  const memory = newMemory();
  return {
    streams: STREAMS,
    whole: WHOLE,
    atOnce: AT_ONCE,
    probe: () => probe(reading, connection),
    budget: () => client.budget(),
    read: readerOf(reading),
    push: pusherOf(reading),
    changes: (cursor) => changes({ ...reading, connection: connection.id, memory }, cursor),
    list: (stream, cursor, options) => list(reading, stream, cursor, options),
  };
}

async function probe(
  { client, shapes, options }: Reading,
  connection: Connection,
): ReturnType<Session['probe']> {
  const { instance, organization } = await client.login();
  const { records } = await client.query('SELECT Id, Name, IsSandbox FROM Organization', false, 0);
  const org = records[0] ?? {};
  checkEnvironment(connection, org['IsSandbox']);
  shapes.forget();
  for (const { object, kind } of SPECS) if (!(await shapes.of(object))) throw unseen(object, kind);
  const account = await shapes.of('Account');
  return {
    account: organization ?? (textIn(org['Id']) || 'org of the login'),
    details: {
      api_version: API_VERSION,
      environment: connection.environment,
      instance,
      readable: SPECS.map(({ object }) => object).join(', '),
      currencies: account?.fields.has('CurrencyIsoCode') ? 'several' : (options.currency ?? 'not set'),
      key_field: account?.fields.get(options.key_field)?.externalId ? options.key_field : 'not there',
    },
  };
}

function checkEnvironment({ id, environment }: Connection, sandbox: unknown): void {
  if (typeof sandbox !== 'boolean' || sandbox === (environment === 'test')) return;
  const got = sandbox ? 'test' : 'live';
  throw new ConnectionBroken(
    'wrong_environment',
    `The org of connection ${id} is ${got}, the connection ${environment}`,
    {
      hint: `Use the other org of ${TITLE}, or set environment: ${got}.`,
    },
  );
}
