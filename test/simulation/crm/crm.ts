/** What the simulated world knows of a CRM, whichever it is. */
import type { Connection } from '../../../sidecar/domain/connection.ts';
import type { Transport } from '../../../sidecar/domain/connector.ts';
import type { Message } from '../hooks.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Ledger } from './ledger.ts';
import type { Entry } from './plan.ts';
import type { Compared, System } from './rules.ts';

/** What a CRM tells the world. */
export interface CrmDeps {
  scheduler: Scheduler;
  ledger: Ledger;
  /** How the CRM's news become messages. */
  carry(connection: string, messageOf: (event: unknown) => Message): void;
  /** Something happened that a webhook tells of. */
  news(connection: string, event: unknown): void;
  /** The last part of the feed is being read. */
  polled(connection: string): void;
  /** People made one record of several. */
  merged(system: System, before: string[], survivor: string): void;
}

/** A record that a request writes. */
export interface Told {
  kind: Compared;
  id: string;
  /** Only what is told and never read is in it. */
  custom: boolean;
}

export interface CrmSide {
  readonly system: System;
  readonly connection: Connection;
  /** What there is before the story begins. */
  open(): void;
  /** Does it if there is anything to do it to. */
  act(entry: Entry): void;
  /** All records that live. */
  ids(kind: Compared): string[];
  /** By Odoo's fields; undefined: there is no such record. */
  fields(kind: Compared, id: string): Record<string, string> | undefined;
  /** The keys of Odoo's records that companies carry. */
  keys(): string[];
  /** One request, answered in one moment: how many records it told, and which of them held all of it already. */
  ask(request: Parameters<Transport>[0]): {
    answer: Awaited<ReturnType<Transport>>;
    told: number;
    needless: string[];
  };
}
