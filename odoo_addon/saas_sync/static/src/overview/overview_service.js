// Generated from static/src/overview/overview_service.ts by "npm run build". Edit that file, not this one.
// The state of all connections, shared by the systray and the overview, refreshed over Odoo's bus.
import { reactive } from '@odoo/owl';
import { browser } from '@web/core/browser/browser';
import { registry } from '@web/core/registry';
/** Several messages within this time cause one refresh. In milliseconds. */
const SOON = 500;
/** A sidecar reports every few seconds; while nobody looks closely, figures may be this old. In milliseconds. */
const CALM = 60_000;
export class OverviewService {
    /** `data` is null until the first answer; `failed` while the last look-up had no answer. */
    state = reactive({ data: null, failed: false });
    orm;
    running = null;
    timer;
    timerIsCalm = false;
    watchers = 0;
    open;
    constructor(orm) {
        this.orm = orm;
    }
    /** Looks again; questions asked while an answer is under way share it. Never throws. */
    refresh() {
        this.running ??= this.fetch().finally(() => (this.running = null));
        return this.running;
    }
    /** Follows every message closely until the returned function is called. */
    watch() {
        this.watchers += 1;
        return () => (this.watchers -= 1);
    }
    /** Handles the bus message `saas_sync.overview`. As long as nobody looked, nobody needs the figures. */
    onChanged({ open }) {
        if (!this.state.data)
            return;
        const calm = this.watchers === 0 && open === this.open;
        this.open = open;
        if (this.timer !== undefined && (calm || !this.timerIsCalm))
            return;
        browser.clearTimeout(this.timer);
        this.timerIsCalm = calm;
        this.timer = browser.setTimeout(() => this.refresh(), calm ? CALM : SOON);
    }
    async fetch() {
        browser.clearTimeout(this.timer);
        this.timer = undefined;
        try {
            const data = await this.orm.silent.call('saas.sync.connection', 'overview');
            Object.assign(this.state, { data, failed: false });
        }
        catch {
            // What was shown stays, marked as possibly outdated; Odoo itself tells when the connection is lost.
            this.state.failed = true;
        }
    }
}
export const overviewService = {
    dependencies: ['orm', 'bus_service'],
    start(_env, { orm, bus_service: bus }) {
        const service = new OverviewService(orm);
        bus.subscribe('saas_sync.overview', (payload) => service.onChanged(payload));
        void bus.start();
        return service;
    },
};
registry.category('services').add('saas_sync_overview', overviewService);
