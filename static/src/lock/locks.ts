// Tells the fields of a form which of them another system owns: one RPC per record, refreshed over Odoo's bus.
import { useEffect, useState } from '@odoo/owl';
import { registry } from '@web/core/registry';
import { type Orm, useService } from '@web/core/utils/hooks';
import type { SyncService } from '@saas_sync/sync_service/sync_service';

/** One field that another system owns, as `saas.sync.link.locks` answers it. */
export interface Lock {
  field: string;
  system: string;
  system_name: string;
  /** Name of the connection. */
  connection: string;
  /** What becomes of an edit in Odoo. */
  against: 'revert' | 'warn' | 'propose' | 'block';
  /** UTC, in the server's notation. */
  last_changed: string;
}

export class LockService {
  private asked = new Map<string, Promise<Lock[]>>();
  private orm: Orm;
  private sync: SyncService;

  constructor(orm: Orm, sync: SyncService) {
    this.orm = orm;
    this.sync = sync;
  }

  /** The locks of one record. All fields of a form ask in one RPC; a failed look-up answers none. */
  locks(model: string, id: number): Promise<Lock[]> {
    const key = `${model},${id}`;
    const known = this.asked.get(key);
    if (known) return known;
    const asked = this.ask(model, id).finally(() => this.asked.delete(key));
    this.asked.set(key, asked);
    return asked;
  }

  /** @returns the function that ends the subscription. */
  subscribe(model: string, id: number, listener: () => void): () => void {
    return this.sync.subscribe(model, id, listener);
  }

  private async ask(model: string, id: number): Promise<Lock[]> {
    try {
      const models = await this.sync.linkedModels();
      if (!models.has(model)) return [];
      return (await this.orm.silent.call('saas.sync.link', 'locks', [model, id])) as Lock[];
    } catch {
      // A lock is an extra: Odoo itself tells when the connection is lost.
      return [];
    }
  }
}

export const lockService = {
  dependencies: ['orm', 'saas_sync'],
  start(_env: unknown, { orm, saas_sync: sync }: { orm: Orm; saas_sync: SyncService }): LockService {
    return new LockService(orm, sync);
  },
};

registry.category('services').add('saas_sync_locks', lockService);

/** Keeps the lock of one field at hand for a component, through changes of the record. */
export function useLock(target: () => { model: string; id: number | false; field: string }): {
  lock: Lock | null;
} {
  const service = useService('saas_sync_locks');
  const state = useState<{ lock: Lock | null }>({ lock: null });

  function watch(model: string, id: number | false, field: string): (() => void) | undefined {
    state.lock = null;
    if (!id) return undefined;
    let gone = false;
    const load = async () => {
      const locks = await service.locks(model, id);
      if (!gone) state.lock = locks.find((lock) => lock.field === field) ?? null;
    };
    const unsubscribe = service.subscribe(model, id, () => void load());
    void load();
    return () => {
      gone = true;
      unsubscribe();
    };
  }

  useEffect(watch, () => {
    const { model, id, field } = target();
    return [model, id, field] as [string, number | false, string];
  });
  return state;
}
