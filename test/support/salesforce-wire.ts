/** A Salesforce org with a connection to it, for tests. */
import { generateKeyPairSync } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Connection } from '../../sidecar/domain/connection.ts';
import type { Page, Session } from '../../sidecar/domain/connector.ts';
import type { Event } from '../../sidecar/domain/event.ts';
import type { Kind } from '../../sidecar/domain/reference.ts';
import { salesforce } from '../../sidecar/connectors/salesforce/index.ts';
import {
  startSalesforceSandbox,
  type SalesforceSandbox,
  type SandboxOptions,
} from '../sandbox/salesforce/index.ts';

export const WEBHOOK_TOKEN = 'a long random text';

export interface Wired {
  org: SalesforceSandbox;
  connection: Connection;
  session: Session;
}

/** A connection to a sandbox, by client credentials unless told otherwise. */
export function connectionTo(
  org: SalesforceSandbox,
  options: Record<string, unknown> = {},
  secrets: Record<string, string[]> = { client_secret: [org.clientSecret] },
): Connection {
  return {
    id: 'crm',
    system: 'salesforce',
    company: 'base.main_company',
    environment: 'test',
    baseUrl: org.url,
    time_zone: 'Europe/Berlin',
    secrets: { client_id: [org.clientId], webhook_secret: [WEBHOOK_TOKEN], ...secrets },
    options: { currency: 'EUR', fields: { vat: 'VAT__c' }, ...options },
  };
}

export const NOW = Date.parse('2026-11-22T08:00:00Z');

/** A running org and an open line to it, both by the org's clock, which stands still but for what the line waits. */
export async function wired(
  sandbox: SandboxOptions = {},
  options: Record<string, unknown> = {},
): Promise<Wired> {
  const org = await startSalesforceSandbox({ now: () => NOW, ...sandbox });
  const connection = connectionTo(org, options);
  return { org, connection, session: lineTo(org, connection) };
}

/** Another line to the same org, as after a restart. */
export function lineTo(org: SalesforceSandbox, connection: Connection): Session {
  const sleep = async (ms: number): Promise<void> => {
    await setImmediate();
    org.advance(ms);
  };
  return salesforce.open(connection, { now: () => org.org.now(), sleep });
}

/** What a record is in our words, as read now. */
export async function eventsOf(session: Session, kind: Kind, id: string): Promise<Event[]> {
  const snapshot = await session.read(kind, id);
  return salesforce.translate(snapshot, {
    connection: 'crm',
    timeZone: 'Europe/Berlin',
    environment: 'test',
    reason: 'test',
  }).events;
}

export async function eventOf(session: Session, kind: Kind, id: string): Promise<Event> {
  const [event] = await eventsOf(session, kind, id);
  if (!event) throw new Error(`${kind} ${id} led to no event`);
  return event;
}

/** All items of all pages, and the cursor after them. */
export async function drained<T>(
  source: AsyncIterable<Page<T>>,
): Promise<{ items: T[]; cursor: string; pages: number }> {
  const items: T[] = [];
  let cursor = '';
  let pages = 0;
  for await (const page of source) {
    items.push(...page.items);
    cursor = page.cursor;
    pages += 1;
  }
  return { items, cursor, pages };
}

/** Keys of a connected app that logs in by JWT. */
export function keyPair(): { privateKey: string; publicKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
