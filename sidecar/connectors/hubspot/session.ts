/** One open line to one HubSpot portal. */
import type { Connection } from '../../domain/connection.ts';
import type { Session, SessionDeps } from '../../domain/connector.ts';
import { ConnectionBroken, InvalidData } from '../../domain/failure.ts';
import type { Priority } from '../../domain/priority.ts';
import { gather } from '../kit/gather.ts';
import { openAccount, type Portal } from './account.ts';
import { changes } from './changes.ts';
import { openLine, type Client } from './client.ts';
import { list, STREAMS, WHOLE } from './list.ts';
import { BATCH, readMany, type Reader } from './objects.ts';
import { pusher } from './push.ts';
import type { WireBody } from './schema.ts';
import { openSearch } from './search.ts';
import { optionsOf, TITLE } from './settings.ts';
import { isKind, TYPE_OF, type HubSpotKind } from './vocabulary.ts';

interface Reading {
  kind: HubSpotKind;
  id: string;
  priority: Priority;
}

/** Opens the line without calling anybody yet. Throws ConfigurationError if the credentials are missing. */
export function open(connection: Connection, deps: SessionDeps): Session {
  const options = optionsOf(connection);
  const line = openLine(connection, deps);
  const account = openAccount(line.at(0), options, deps.now);
  const reader: Reader = { client: (priority) => line.at(priority), account };
  const search = openSearch(deps);
  const seen = new Map<string, number>();
  const readOne = gather<Reading, WireBody | null>({
    most: BATCH,
    group: ({ kind, priority }) => `${kind}/${priority}`,
    together: async (items) => {
      const [{ kind, priority }] = items as readonly [Reading];
      const ids = items.map(({ id }) => id);
      const found = await readMany(reader, kind, ids, priority);
      return ids.map((id) => found.get(id) ?? null);
    },
  });
  return {
    streams: STREAMS,
    whole: WHOLE,
    atOnce: BATCH,
    probe: () => probe(line.at(0), connection, () => account.portal.get()),
    budget: () => line.budget(),
    read: async (kind, externalId, priority = 1) => {
      if (!isKind(kind)) throw new InvalidData('unknown_kind', `${TITLE} has no records of kind ${kind}`);
      const readAt = deps.now();
      return { kind, externalId, readAt, body: await readOne({ kind, id: externalId, priority }) };
    },
    changes: (cursor) =>
      changes({ client: line.at(1), search, connection: connection.id, now: deps.now, seen }, cursor),
    list: (stream, cursor, wish) => list({ reader, search, now: deps.now }, stream, cursor, wish),
    push: pusher({ reader, timeZone: connection.time_zone, keyProperty: options.key_property }),
  };
}

/** Each kind of record is asked for once, as scopes are given by kind. */
const NEEDED = [
  ...Object.values(TYPE_OF).map((type) => `/crm/v3/objects/${type}`),
  '/crm/v3/objects/line_items',
  '/crm/v3/owners/',
];

async function probe(
  client: Client,
  connection: Connection,
  portalOf: () => Promise<Portal>,
): ReturnType<Session['probe']> {
  const portal = await portalOf();
  checkPortal(portal, connection);
  checkEnvironment(portal, connection);
  for (const path of NEEDED) await client.get(path, [['limit', 1]]);
  await client.get('/crm/v3/pipelines/deals');
  return {
    account: String(portal.portalId),
    details: {
      environment: connection.environment,
      account_type: portal.accountType ?? 'unknown',
      currency: portal.companyCurrency ?? 'unknown',
      access: connection.secrets['refresh_token'] ? 'OAuth' : 'private app',
    },
  };
}

function checkPortal({ portalId }: Portal, connection: Connection): void {
  const { portal } = optionsOf(connection);
  if (portal === undefined || portal === portalId) return;
  throw new ConnectionBroken(
    'other_account',
    `The token of connection ${connection.id} is for portal ${portalId}, not ${portal}`,
    { hint: `Use a token of portal ${portal}, or correct options.portal.` },
  );
}

/** Real data of a standard account must not go into a test connection, nor the other way round. */
function checkEnvironment({ accountType }: Portal, connection: Connection): void {
  if (accountType === undefined) return;
  const got = accountType === 'STANDARD' ? 'live' : 'test';
  if (got === connection.environment) return;
  throw new ConnectionBroken(
    'wrong_environment',
    `The token of connection ${connection.id} is for a ${accountType} account, the connection is ${connection.environment}`,
    { hint: `Use a token of a ${connection.environment} account, or set environment: ${got}.` },
  );
}
