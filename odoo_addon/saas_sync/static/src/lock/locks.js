// Generated from static/src/lock/locks.ts by "npm run build". Edit that file, not this one.
// Tells the fields of a form which of them another system owns: one RPC per record, refreshed over Odoo's bus.
import { useEffect, useState } from '@odoo/owl';
import { registry } from '@web/core/registry';
import { useService } from '@web/core/utils/hooks';
export class LockService {
    asked = new Map();
    orm;
    sync;
    constructor(orm, sync) {
        this.orm = orm;
        this.sync = sync;
    }
    /** The locks of one record. All fields of a form ask in one RPC; a failed look-up answers none. */
    locks(model, id) {
        const key = `${model},${id}`;
        const known = this.asked.get(key);
        if (known)
            return known;
        const asked = this.ask(model, id).finally(() => this.asked.delete(key));
        this.asked.set(key, asked);
        return asked;
    }
    /** @returns the function that ends the subscription. */
    subscribe(model, id, listener) {
        return this.sync.subscribe(model, id, listener);
    }
    async ask(model, id) {
        try {
            const models = await this.sync.linkedModels();
            if (!models.has(model))
                return [];
            return (await this.orm.silent.call('saas.sync.link', 'locks', [model, id]));
        }
        catch {
            // A lock is an extra: Odoo itself tells when the connection is lost.
            return [];
        }
    }
}
export const lockService = {
    dependencies: ['orm', 'saas_sync'],
    start(_env, { orm, saas_sync: sync }) {
        return new LockService(orm, sync);
    },
};
registry.category('services').add('saas_sync_locks', lockService);
/** Keeps the lock of one field at hand for a component, through changes of the record. */
export function useLock(target) {
    const service = useService('saas_sync_locks');
    const state = useState({ lock: null });
    function watch(model, id, field) {
        state.lock = null;
        if (!id)
            return undefined;
        let gone = false;
        const load = async () => {
            const locks = await service.locks(model, id);
            if (!gone)
                state.lock = locks.find((lock) => lock.field === field) ?? null;
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
        return [model, id, field];
    });
    return state;
}
