/** A made-up CRM for tests: customers in a map, read and written through its session, with news of every change. */
import * as z from 'zod';
import type { Connector, Push, Session } from '../../sidecar/domain/connector.ts';
import type { Event } from '../../sidecar/domain/event.ts';
import { UnknownOutcome, type Failure } from '../../sidecar/domain/failure.ts';
import type { Clock } from '../../sidecar/engine/index.ts';

type Fields = Record<string, string | number | boolean | null>;

interface Row {
  fields: Fields;
  changedAt: number;
  changedBy: string;
  odooKey: string | null;
}

export class Crm {
  rows = new Map<string, Row>();
  /** Ids of records that changed, once for every change, our own included. */
  news: string[] = [];
  reads: string[] = [];
  pushes: { id: string | null; told: Fields; news: boolean }[] = [];
  /** Thrown by the next pushes while set; nothing is written. */
  refusal: Failure | undefined;
  /** So many answers to pushes get lost, after they took effect. */
  lose = 0;
  /** So many were. */
  lost = 0;
  /** How it spells what it is told. */
  spelling: (name: string, value: Fields[string]) => Fields[string] = (_name, value) => value;
  /** Called before a push takes effect. */
  beforePush: (() => void) | undefined;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #mayWrite: boolean;

  constructor(clock: Pick<Clock, 'now'>, mayWrite = true) {
    this.#clock = clock;
    this.#mayWrite = mayWrite;
  }

  /** Somebody edits a record there, or makes it. */
  edit(id: string, fields: Fields, by = 'eve'): void {
    const row = this.rows.get(id) ?? { fields: {}, odooKey: null, changedAt: 0, changedBy: by };
    this.rows.set(id, {
      ...row,
      fields: { ...row.fields, ...fields },
      changedAt: this.#clock.now(),
      changedBy: by,
    });
    this.news.push(id);
  }

  session(): Session {
    return {
      streams: [],
      atOnce: 20,
      probe: async () => ({ account: 'crm', details: {} }),
      read: async (kind, externalId) => {
        this.reads.push(externalId);
        const body = structuredClone(this.rows.get(externalId) ?? null);
        return { kind, externalId, readAt: this.#clock.now(), body };
      },
      async *changes() {
        yield { items: [], cursor: '0' };
      },
      async *list() {},
      ...(this.#mayWrite ? { push: (push: Push) => this.#push(push) } : {}),
    };
  }

  async #push({ externalId, odooKey, values, custom }: Push) {
    await Promise.resolve();
    this.beforePush?.();
    if (this.refusal) throw this.refusal;
    const told: Fields = { ...values, ...custom };
    const known = externalId ?? [...this.rows].find(([, row]) => row.odooKey === odooKey)?.[0];
    const id = known ?? `new-${this.rows.size + 1}`;
    const fields = Object.fromEntries(
      Object.entries(told).map(([name, value]) => [name, this.spelling(name, value)]),
    );
    const before = this.rows.get(id)?.fields ?? {};
    const news = Object.entries(fields).some(([name, value]) => (before[name] ?? null) !== value);
    this.pushes.push({ id: externalId, told, news });
    if (news || !known) this.edit(id, fields, 'sync user');
    if (odooKey !== null) this.rows.get(id)!.odooKey = odooKey;
    if (this.lose > 0) {
      this.lose--;
      this.lost++;
      throw new UnknownOutcome('answer_lost', 'The answer was lost');
    }
    return { externalId: id, created: known === undefined };
  }
}

const WRITABLE = ['name', 'phone', 'email', 'website', 'note'];

/** A connector of this name; `writes`: it can be told things. */
export function crmConnector(system: string, writes: boolean): Connector {
  return {
    system,
    title: `${system[0]!.toUpperCase()}${system.slice(1)}`,
    kinds: ['customer'],
    ...(writes ? { writable: { customer: WRITABLE } } : {}),
    options: z.strictObject({}),
    credentials: {},
    receive: () => ({ deliveries: [] }),
    translate(snapshot, context) {
      const row = snapshot.body as Row | null;
      if (row === null) return { events: [], follow: [] };
      const { name, ...fields } = row.fields;
      const event: Event = {
        ref: { connection: context.connection, kind: 'customer', externalId: snapshot.externalId },
        version: snapshot.readAt,
        action: 'observed',
        changedAt: row.changedAt,
        changedBy: row.changedBy,
        reason: context.reason,
        label: `Customer ${snapshot.externalId}`,
        entity: { kind: 'customer', name: String(name), status: 'active', odooKey: row.odooKey, ...fields },
      };
      return { events: [event], follow: [] };
    },
    open: () => {
      throw new Error('tests hand their own sessions in');
    },
  };
}
