/** A HubSpot session against a simulated portal in the same process: no port, and a clock that pauses move on. */
import { setImmediate } from 'node:timers/promises';
import type { Connection } from '../../sidecar/domain/connection.ts';
import type { Push, Session, Transport } from '../../sidecar/domain/connector.ts';
import type { NewDelivery } from '../../sidecar/domain/delivery.ts';
import { Failure } from '../../sidecar/domain/failure.ts';
import { hubspot } from '../../sidecar/connectors/hubspot/index.ts';
import { Sandbox, type SandboxOptions } from '../sandbox/hubspot/sandbox.ts';

export const START = Date.parse('2026-11-22T08:00:00Z');
export const HOOK = 'https://sync.example.com/hooks/hubspot-eu';
export const SECRET = 'app-secret';

export interface World {
  sandbox: Sandbox;
  session: Session;
  connection: Connection;
  clock: { now: number };
  /** Another session, as after a restart. */
  reopen(): Session;
  /** Calls to paths that hold the text. */
  calls(text: string): number;
}

export const connectionTo = (baseUrl: string, more: Partial<Connection> = {}): Connection => ({
  id: 'hubspot-eu',
  system: 'hubspot',
  company: 'base.main_company',
  environment: 'test',
  baseUrl,
  time_zone: 'Europe/Berlin',
  secrets: { access_token: ['pat-eu1-sandbox'], webhook_secret: [SECRET] },
  options: { public_url: HOOK, fields: { vat: 'vat_number', payment_terms: 'payment_terms' } },
  ...more,
});

export function hubspotWorld(
  options: SandboxOptions = {},
  more: (sandbox: Sandbox) => Partial<Connection> = () => ({}),
): World {
  const clock = { now: START };
  const sandbox = new Sandbox({ clock: () => clock.now, ...options });
  const connection = connectionTo('http://hubspot.example', more(sandbox));
  const reopen = (): Session =>
    hubspot.open(connection, {
      now: () => clock.now,
      sleep: async (ms) => {
        clock.now += ms;
        await setImmediate();
      },
      transport: carriedTo(sandbox),
    });
  const calls = (text: string) => sandbox.calls.filter(({ path }) => path.includes(text)).length;
  return { sandbox, connection, clock, reopen, calls, session: reopen() };
}

/** The transport of a session to a sandbox in the same process. */
export const carriedTo =
  (sandbox: Sandbox): Transport =>
  async ({ method, url, headers, body }) => {
    const { pathname: path, search } = new URL(url);
    const lower = Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text]),
    );
    const request = { method, path, query: search.slice(1), headers: lower, body: body?.toString() ?? '' };
    const answer = sandbox.handle(request);
    await setImmediate();
    if ('cutAfterMs' in answer) throw Object.assign(new Error('cut'), { code: 'ECONNABORTED' });
    const told = Object.entries(answer.headers).map(([name, text]) => [name.toLowerCase(), text]);
    const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
    return { status: answer.status, headers: Object.fromEntries(told), body: Buffer.from(text) };
  };

export const push = (kind: Push['kind'], externalId: string | null, more: Partial<Push> = {}): Push => ({
  kind,
  externalId,
  odooKey: null,
  values: {},
  custom: {},
  priority: 0,
  ...more,
});

/** What a promise fails with; throws if it does not, or with something that is no Failure. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('did not fail');
}

/** One look at the feed: what it tells, and the cursor to go on from. */
export async function look(
  session: Session,
  cursor: string | null,
): Promise<{ told: NewDelivery[]; cursor: string }> {
  const told: NewDelivery[] = [];
  let last = cursor ?? '';
  for await (const page of session.changes(cursor)) {
    told.push(...page.items);
    last = page.cursor;
  }
  return { told, cursor: last };
}
