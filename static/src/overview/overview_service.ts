// The state of all connections, shared by the systray and the overview, refreshed over Odoo's bus.
import { reactive } from '@odoo/owl';
import { browser } from '@web/core/browser/browser';
import { registry } from '@web/core/registry';
import type { Contact } from '@saas_sync/first_contact/first_contact';
import type { BusService, Orm } from '@web/core/utils/hooks';
import type { ConnectionState } from '@saas_sync/states/states';

/** One kind of look at the other system; whatever a sidecar left out is absent or null. */
export interface Stream {
  /** A listing of the other system, or `events` for its log of changes. */
  name: string;
  /** ISO 8601: everything that happened before is known. */
  fresh_at?: string | null;
  /** How far a look under way has come; null between two looks. */
  progress?: string | number | null;
  /** ISO 8601: when the next look is due. */
  next_at?: string | null;
  /** ISO 8601: from then on a complete reading is overdue. */
  late_at?: string | null;
  /** What the last whole reading found: records listed, and how many of them were news. */
  last?: { listed: number; put: number } | null;
}

/** What the other system's limits still allow. */
export interface Budget {
  left?: number;
  of?: number;
  /** The time for which `of` calls are allowed, in milliseconds. */
  per_ms?: number;
  /** ISO 8601: when all of it is there again, if the other system says so. */
  resets_at?: string | null;
}

/** Deletions that wait for a decision, because more is gone than is usual. */
export interface Brake {
  stream: string;
  kind?: string;
  /** How many records of how many are gone. */
  absent?: number;
  of?: number;
  /** Some of them; empty for those who do not decide. */
  examples?: string[];
  /** ISO 8601. */
  since?: string | null;
  /** The decision that is on its way to the sidecar. */
  decided?: 'release_brake' | 'keep_absent' | null;
}

export interface ConnectionOverview {
  id: number;
  /** The connection's name in the sidecar's configuration. */
  code: string;
  name: string;
  system: string;
  system_name: string;
  environment: 'test' | 'live';
  company: string;
  state: ConnectionState;
  message: string | null;
  hint: string | null;
  /** Deliveries that wait to be applied. */
  backlog: number;
  /** Records that wait for another record. */
  waiting: number;
  open_exceptions: number;
  /** UTC in the server's notation, like `reported_at`. */
  last_event_at: string | null;
  reported_at: string | null;
  /** Nothing was reported for so long that the sidecar must be assumed to be down. */
  silent: boolean;
  counters: Record<string, number>;
  /** Until the backlog is worked off, as of the last report, in milliseconds. */
  eta_ms: number | null;
  /** When a resting or broken connection is tried again. */
  next_try_at: string | null;
  budget: Budget | null;
  streams: Stream[];
  brakes: Brake[];
  /** While people review what a first sync would do; null before and after. */
  contact?: Contact | null;
}

/** Open exceptions with one error code. */
export interface Cause {
  code: string;
  /** One of the ten failure classes. */
  cause: string;
  /** The class in words. */
  label: string;
  /** What the newest of them says; absent while an older addon answers. */
  example?: string;
  count: number;
  /** Sums in major units by ISO 4217 code. */
  amounts: Record<string, number>;
}

export interface LinkCount {
  /** Code of the connection. */
  connection: string;
  kind: string;
  count: number;
}

export interface SetupStep {
  done: boolean;
  title: string;
  hint: string;
  /** External id of the action with which the step is done. */
  action: string | null;
}

export interface OverviewData {
  connections: ConnectionOverview[];
  open_exceptions: Cause[];
  /** Records on which both sides differ and a person has to decide. */
  open_conflicts: number;
  links: LinkCount[];
  setup: SetupStep[];
}

/** Payload of the bus message `saas_sync.overview`: the number of open exceptions. */
interface Changed {
  open?: number;
}

/** Several messages within this time cause one refresh. In milliseconds. */
const SOON = 500;
/** A sidecar reports every few seconds; while nobody looks closely, figures may be this old. In milliseconds. */
const CALM = 60_000;

export class OverviewService {
  /** `data` is null until the first answer; `failed` while the last look-up had no answer. */
  state = reactive({ data: null as OverviewData | null, failed: false });
  private orm: Orm;
  private running: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private timerIsCalm = false;
  private watchers = 0;
  private open: number | undefined;

  constructor(orm: Orm) {
    this.orm = orm;
  }

  /** Looks again; questions asked while an answer is under way share it. Never throws. */
  refresh(): Promise<void> {
    this.running ??= this.fetch().finally(() => (this.running = null));
    return this.running;
  }

  /** Follows every message closely until the returned function is called. */
  watch(): () => void {
    this.watchers += 1;
    return () => (this.watchers -= 1);
  }

  /** Handles the bus message `saas_sync.overview`. As long as nobody looked, nobody needs the figures. */
  onChanged({ open }: Changed): void {
    if (!this.state.data) return;
    const calm = this.watchers === 0 && open === this.open;
    this.open = open;
    if (this.timer !== undefined && (calm || !this.timerIsCalm)) return;
    browser.clearTimeout(this.timer);
    this.timerIsCalm = calm;
    this.timer = browser.setTimeout(() => this.refresh(), calm ? CALM : SOON);
  }

  private async fetch(): Promise<void> {
    browser.clearTimeout(this.timer);
    this.timer = undefined;
    try {
      const data = await this.orm.silent.call('saas.sync.connection', 'overview');
      Object.assign(this.state, { data, failed: false });
    } catch {
      // What was shown stays, marked as possibly outdated; Odoo itself tells when the connection is lost.
      this.state.failed = true;
    }
  }
}

export const overviewService = {
  dependencies: ['orm', 'bus_service'],
  start(_env: unknown, { orm, bus_service: bus }: { orm: Orm; bus_service: BusService }): OverviewService {
    const service = new OverviewService(orm);
    bus.subscribe('saas_sync.overview', (payload: Changed) => service.onChanged(payload));
    void bus.start();
    return service;
  },
};

registry.category('services').add('saas_sync_overview', overviewService);
