// Tells every screen which links a record has: one RPC per model and tick, refreshed over Odoo's bus.
import { useEffect, useState } from '@odoo/owl';
import { RPCError } from '@web/core/network/rpc';
import { registry } from '@web/core/registry';
import { type BusService, type Orm, useService } from '@web/core/utils/hooks';
import type { LinkState } from '@saas_sync/states/states';

/** One link of one record, as `saas.sync.link.badges` answers it. */
export interface Badge {
  id: number;
  res_id: number;
  /** Code of the connection: its name in the sidecar's configuration. */
  connection: string;
  connection_name: string;
  /** Technical name of the connected system, e.g. `stripe`. */
  system: string;
  system_name: string;
  environment: 'test' | 'live';
  kind: string;
  external_id: string;
  label: string | null;
  state: LinkState;
  /** UTC, in the server's notation; null before the first synchronisation. */
  last_sync: string | null;
  last_error: string | null;
  /** The record's page in the connected system. */
  url: string | null;
  /** The open exception, if the user may know of it. */
  exception_id: number | null;
  /** The open conflict of the record, and on how many fields both sides differ. */
  conflict_id: number | null;
  conflict_fields: number;
}

/** Payload of the bus message `saas_sync.changed`. An empty list stands for too many records to name them. */
interface Changed {
  models: Record<string, number[]>;
}

interface Lookup {
  resolve(badges: Badge[]): void;
  reject(reason: unknown): void;
}

type Batch = Map<string, Map<number, Lookup[]>>;

/** @returns whether the server refused for lack of rights, which is nothing to bother a person with. */
function isAccessError(error: unknown): boolean {
  return error instanceof RPCError && error.exceptionName === 'odoo.exceptions.AccessError';
}

export class SyncService {
  private batch: Batch | null = null;
  private models: Promise<Set<string>> | null = null;
  private listeners = new Map<string, Set<() => void>>();
  private orm: Orm;

  constructor(orm: Orm) {
    this.orm = orm;
  }

  /** The models that have at least one link; empty for users who may not see links. */
  linkedModels(): Promise<Set<string>> {
    this.models ??= this.fetchLinkedModels();
    return this.models;
  }

  /**
   * The links of one record. All questions of one tick are asked in one RPC per model.
   * @throws RPCError whatever the server answers, except a lack of rights: that is an empty answer.
   */
  async badges(model: string, id: number): Promise<Badge[]> {
    const models = await this.linkedModels();
    return models.has(model) ? this.enqueue(model, id) : [];
  }

  /**
   * Asks the sidecar to read the record's counterparts again. The bus tells the outcome.
   * @throws RPCError when the user may not
   */
  async syncNow(model: string, id: number, linkIds: number[]): Promise<void> {
    await this.orm.call('saas.sync.link', 'sync_now', [linkIds]);
    this.notify([`${model},${id}`]);
  }

  /** @returns the function that ends the subscription. */
  subscribe(model: string, id: number, listener: () => void): () => void {
    const key = `${model},${id}`;
    const listeners = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (!listeners.size) this.listeners.delete(key);
    };
  }

  /** How many records somebody watches; for tests that look for leaks. */
  get watched(): number {
    return this.listeners.size;
  }

  /** Handles the bus message `saas_sync.changed`. */
  async onChanged({ models }: Changed): Promise<void> {
    const known = await this.linkedModels();
    for (const [model, ids] of Object.entries(models)) {
      known.add(model);
      const watched = [...this.listeners.keys()].filter((key) => key.startsWith(`${model},`));
      this.notify(ids.length ? ids.map((id) => `${model},${id}`) : watched);
    }
  }

  private notify(keys: string[]): void {
    // Copied first: a listener may unsubscribe itself or others while it runs.
    const listeners = keys.flatMap((key) => [...(this.listeners.get(key) ?? [])]);
    for (const listener of listeners) listener();
  }

  private async fetchLinkedModels(): Promise<Set<string>> {
    try {
      const models = await this.orm.silent.call('saas.sync.link', 'linked_models');
      return new Set(models as string[]);
    } catch (error) {
      if (isAccessError(error)) return new Set();
      // The network may be back at the next question.
      this.models = null;
      return new Set();
    }
  }

  private enqueue(model: string, id: number): Promise<Badge[]> {
    if (!this.batch) {
      this.batch = new Map();
      void Promise.resolve().then(() => this.flush());
    }
    const byId = this.batch.get(model) ?? new Map<number, Lookup[]>();
    this.batch.set(model, byId);
    return new Promise((resolve, reject) => {
      byId.set(id, [...(byId.get(id) ?? []), { resolve, reject }]);
    });
  }

  private flush(): void {
    const batch = this.batch ?? new Map();
    this.batch = null;
    for (const [model, byId] of batch) void this.ask(model, byId);
  }

  private async ask(model: string, byId: Map<number, Lookup[]>): Promise<void> {
    try {
      const badges = await this.fetchBadges(model, [...byId.keys()]);
      for (const [id, lookups] of byId) {
        const own = badges.filter((badge) => badge.res_id === id);
        for (const lookup of lookups) lookup.resolve(own);
      }
    } catch (error) {
      for (const lookup of [...byId.values()].flat()) lookup.reject(error);
    }
  }

  private async fetchBadges(model: string, ids: number[]): Promise<Badge[]> {
    try {
      return (await this.orm.silent.call('saas.sync.link', 'badges', [model, ids])) as Badge[];
    } catch (error) {
      if (isAccessError(error)) return [];
      throw error;
    }
  }
}

export const syncService = {
  dependencies: ['orm', 'bus_service'],
  start(_env: unknown, { orm, bus_service: bus }: { orm: Orm; bus_service: BusService }): SyncService {
    const service = new SyncService(orm);
    bus.subscribe('saas_sync.changed', (payload: Changed) => void service.onChanged(payload));
    void bus.start();
    return service;
  },
};

registry.category('services').add('saas_sync', syncService);

/**
 * Keeps the links of a record at hand for a component, from mount to unmount and through changes of the record.
 * Painting never waits for them. A failed look-up leaves what was shown before.
 * @param known what to show until the first answer
 */
export function useBadges(
  target: () => { model: string; id: number | false },
  known: Badge[] = [],
): { badges: Badge[] } {
  const service = useService('saas_sync');
  const state = useState({ badges: known });
  let first = true;

  function watch(model: string, id: number | false): (() => void) | undefined {
    if (!first) state.badges = [];
    first = false;
    if (!id) return undefined;
    let newest = 0;
    const load = async () => {
      const mine = ++newest;
      try {
        const badges = await service.badges(model, id);
        if (mine === newest) state.badges = badges;
      } catch {
        // Silent on purpose: a badge is an extra, and Odoo itself tells when the connection is lost.
      }
    };
    const unsubscribe = service.subscribe(model, id, () => void load());
    void load();
    return () => {
      newest = -1;
      unsubscribe();
    };
  }

  useEffect(watch, () => {
    const { model, id } = target();
    return [model, id] as [string, number | false];
  });
  return state;
}
