/** A made-up system for tests of the engine: its records are `Thing`s in a map, its connector reads them. */
import * as z from 'zod';
import type { Connection } from '../../sidecar/domain/connection.ts';
import type { Connector, Page, Session, Snapshot } from '../../sidecar/domain/connector.ts';
import type { NewDelivery } from '../../sidecar/domain/delivery.ts';
import type { Event } from '../../sidecar/domain/event.ts';
import { Failure, Refused } from '../../sidecar/domain/failure.ts';
import type { Kind, Reference } from '../../sidecar/domain/reference.ts';
import type { Clock } from '../../sidecar/engine/index.ts';
import { hint } from '../../sidecar/engine/intake.ts';

/** A vendor's record in tests: what it says, and which records it needs in Odoo or leads to. */
export interface Thing {
  name: string;
  needs?: string[];
  leads?: string[];
  /** Its translation throws. */
  wrong?: boolean;
  /** UTC ms; the beginning of time unless given. */
  createdAt?: number;
}

/** `customer:c1` → reference. */
export function refOf(connection: string, name: string): Reference {
  const [kind, externalId] = name.split(':') as [Kind, string];
  return { connection, kind, externalId };
}

export class Vendor {
  things = new Map<string, Thing>();
  reads: string[] = [];
  /** Thrown by the next reads, probes and feeds while set. */
  failure: Failure | undefined;
  feed: NewDelivery[] = [];
  /** Where each listed page began. */
  pages: number[] = [];
  /** Listing page size. */
  pageSize = 2;
  /** Kinds of which the listing holds every record. */
  whole: readonly Kind[] = [];
  /** From when on each listing was asked for; null: all of it. */
  asked: (number | null)[] = [];

  session(clock: Clock): Session {
    const kinds = () => this.whole;
    return {
      streams: ['all'],
      probe: async () => {
        this.#guard();
        return { account: 'acct', details: {} };
      },
      read: async (kind, externalId) => {
        this.reads.push(`${kind}:${externalId}`);
        this.#guard();
        return this.#snapshot(`${kind}:${externalId}`, clock.now());
      },
      changes: (cursor) => this.#changes(cursor),
      list: (_stream, cursor, options) => this.#list(cursor, clock, options?.createdSince ?? null),
      whole: {
        get all() {
          return kinds();
        },
      },
    };
  }

  #guard(): void {
    const { failure } = this;
    if (failure) throw failure;
  }

  #isOf(key: string, since: number | null): boolean {
    return since === null || (this.things.get(key)?.createdAt ?? 0) >= since;
  }

  #snapshot(key: string, readAt: number): Snapshot {
    const { kind, externalId } = refOf('', key);
    return { kind, externalId, readAt, body: this.things.get(key) ?? null };
  }

  async *#changes(cursor: string | null): AsyncGenerator<Page<NewDelivery>> {
    this.#guard();
    const from = cursor === null ? this.feed.length : Number(cursor);
    yield { items: this.feed.slice(from), cursor: String(this.feed.length) };
  }

  async *#list(cursor: string | null, clock: Clock, since: number | null): AsyncGenerator<Page<Snapshot>> {
    if (cursor === null) this.asked.push(since);
    const keys = [...this.things.keys()].filter((key) => this.#isOf(key, since)).sort();
    for (let at = Number(cursor ?? 0); at < keys.length; at += this.pageSize) {
      this.#guard();
      this.pages.push(at);
      const items = keys.slice(at, at + this.pageSize).map((key) => this.#snapshot(key, clock.now()));
      yield { items, cursor: String(at + this.pageSize) };
    }
  }
}

/** Reads `Thing`s; each becomes one event. */
export const thingConnector: Connector = {
  system: 'things',
  title: 'Things Inc.',
  kinds: ['customer', 'product', 'invoice'],
  options: z.strictObject({ color: z.enum(['red', 'blue']).optional() }),
  credentials: { key: 'the key', webhook: 'the webhook secret' },
  receive(raw, connection) {
    if (raw.headers['x-secret'] !== connection.secrets['webhook']?.[0])
      throw new Refused(401, 'bad_signature', 'The signature does not fit', {
        hint: 'Copy the secret of the endpoint.',
      });
    const stamp = Number(raw.headers['x-stamp'] ?? raw.receivedAt);
    if (Math.abs(raw.receivedAt - stamp) > 300_000)
      throw new Refused(401, 'stale_timestamp', 'The message is older than five minutes');
    let told: { id: string; about: string; type: string };
    try {
      told = JSON.parse(raw.body.toString()) as typeof told;
    } catch {
      throw new Refused(400, 'body_not_json', 'The body is not JSON');
    }
    if (told.type === 'noise') return { deliveries: [], ignored: 'event type noise is not synchronised' };
    const ref = refOf(connection.id, told.about);
    const about = { id: told.id, origin: 'hook' as const, reason: told.type, now: raw.receivedAt };
    return { deliveries: [{ ...hint(ref, about), body: raw.body }] };
  },
  translate(snapshot, context) {
    const thing = snapshot.body as Thing | null;
    const ref = { connection: context.connection, kind: snapshot.kind, externalId: snapshot.externalId };
    if (thing === null) return { events: [], follow: [] };
    if (thing.wrong) throw new Failure('invalid_data', 'does_not_add_up', `${thing.name}: 1 + 1 is not 3`);
    const entity = {
      kind: 'product' as const,
      name: thing.name,
      type: 'good' as const,
      status: 'active' as const,
      unit: (thing.needs ?? []).join(' '),
    };
    const label = `Thing ${snapshot.externalId}`;
    const event: Event = {
      ref,
      version: snapshot.readAt,
      action: 'observed',
      reason: context.reason,
      label,
      entity,
    };
    return { events: [event], follow: (thing.leads ?? []).map((name) => refOf(context.connection, name)) };
  },
  open: () => {
    throw new Error('tests hand their own sessions in');
  },
};

export const connectionNamed = (id: string): Connection => ({
  id,
  system: 'things',
  company: 'base.main_company',
  environment: 'test',
  time_zone: 'UTC',
  options: {},
  baseUrl: undefined,
  secrets: { webhook: ['s3cret'], key: ['k3y-of-the-vendor'] },
});
