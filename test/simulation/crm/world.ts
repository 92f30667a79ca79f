/** One simulated world of two-way synchronisation: CRMs, network, sidecar, Odoo and people on one scheduler. */
import { Faults } from '../faults.ts';
import { sendUntilTaken, type Message } from '../hooks.ts';
import { odooWire } from '../odoo-wire.ts';
import { isFault } from '../plan.ts';
import { randomOf, type Random } from '../random.ts';
import { Owner, Scheduler } from '../scheduler.ts';
import type { ConflictReport } from '../../../sidecar/engine/index.ts';
import { DISK_FULL, startSidecar, type Sidecar, type Tampering } from '../sidecar.ts';
import { Verdict } from '../verdict.ts';
import { watchOdoo, watchStore } from '../watch.ts';
import type { CrmDeps, CrmSide } from './crm.ts';
import { HubSpotSide } from './hubspot.ts';
import { cellName, Ledger, words } from './ledger.ts';
import { crmLine, type Telling } from './line.ts';
import { CrmOdoo } from './odoo.ts';
import type { Written } from './office.ts';
import { Clerk } from './people.ts';
import { COUNTED, isOffice, isSale, WINDOWS, type Entry } from './plan.ts';
import { CONNECTORS, rulesOf, type System } from './rules.ts';

export const START = Date.UTC(2026, 10, 2, 8);
const SYSTEMS: readonly System[] = ['hubspot'];
const RULES = rulesOf(SYSTEMS);

/** Signatures and the feeds' overlap allow for five minutes. */
const TOLERATED_SKEW_MS = 240_000;
/** A look takes several requests in a row, and is to meet what people do meanwhile. */
const SLACK_MS = 4_000;
/** When nothing is to go wrong any more, time may run in longer strides. */
const QUIET_SLACK_MS = 10_000;
/** A look that needs several requests in a row waits for promises in between. */
const TURNS = 3;

/** Where a crash strikes: while the first is under way, right after the second if there is one. */
const MOMENTS: readonly (readonly [pending: RegExp, after?: RegExp])[] = [
  [/store commits/],
  [/odoo commits apply/],
  [/odoo apply answers/],
  [/vendor .* answers/],
  [/vendor .*(update|upsert|composite).* arrives/],
  [/vendor .*(update|upsert|composite).* answers/],
  [/hook/],
];

export interface WorldOptions {
  seed: number;
  bug?: Tampering;
  told?: (line: string) => void;
}

export class World {
  readonly scheduler: Scheduler;
  readonly verdict = new Verdict();
  readonly faults = new Faults();
  readonly odoo: CrmOdoo;
  readonly ledger = new Ledger();
  readonly clerk: Clerk;
  readonly sides: readonly CrmSide[];
  readonly telling: Telling = { told: 0, needless: 0, unheard: 0 };
  /** Conflicts between a person and the sync's own word. */
  readonly vain = new Set<string>();
  /** How often people made one company of two, and how often a store was lost. */
  merges = 0;
  losses = 0;
  /** Undefined while no process runs. */
  sidecar: Sidecar | undefined;
  /** When each feed was read last, UTC ms of the true time. */
  readonly polledAt = new Map<string, number>();
  /** Entries of the plan that are still to come. */
  expected = 0;
  /** Milliseconds by which the sidecar's clock is wrong. */
  skew = 0;
  /** It was further off than signatures and the feeds' overlap tolerate. */
  clockWasOff = false;
  readonly #bug: Tampering;
  readonly #random: Random;
  readonly #acknowledged = new Map<string, string>();
  readonly #messages = new Map<string, (event: unknown) => Message>();
  #owner = new Owner('sidecar 0');
  #lives = 0;
  #strikes: { moment: (typeof MOMENTS)[number]; ms: number }[] = [];

  constructor({ seed, bug = {}, told }: WorldOptions) {
    this.#random = randomOf(seed).fork('crm world');
    this.#bug = bug;
    this.scheduler = new Scheduler(this.#random.fork('order'), START);
    this.scheduler.told = told;
    this.scheduler.turns = TURNS;
    this.scheduler.slack = SLACK_MS;
    const { scheduler, ledger } = this;
    this.odoo = new CrmOdoo(() => scheduler.now);
    this.odoo.office.wrote = (written) => this.#wrote(written);
    this.odoo.disputed = (conflict) => this.#disputed(conflict);
    this.clerk = new Clerk(this.odoo.office, scheduler, ledger, this.#random.fork('clerk'), SYSTEMS);
    const deps: CrmDeps = {
      scheduler,
      ledger,
      carry: (connection, messageOf) => void this.#messages.set(connection, messageOf),
      news: (connection, event) => this.#tell(connection, event),
      polled: (connection) => void this.polledAt.set(connection, scheduler.now),
      merged: (system, before, survivor) => this.#forgive(system, [...before, survivor]),
    };
    this.sides = [new HubSpotSide(deps)];
    for (const side of this.sides) side.open();
    this.start(undefined);
  }

  /** Puts the plan on the scheduler, to begin now. */
  expectAll(entries: readonly Entry[]): void {
    this.expected += entries.length;
    for (const entry of entries)
      this.scheduler.after(entry.at, `plan #${entry.id} ${entry.what}`, () => {
        this.expected--;
        this.#act(entry);
      });
  }

  async step(): Promise<void> {
    await this.scheduler.step();
    const [strike] = this.#strikes;
    if (strike && this.sidecar && this.#isMoment(strike.moment)) {
      this.#strikes.shift();
      this.crash(strike.ms);
    }
  }

  #isMoment([pending, after]: (typeof MOMENTS)[number]): boolean {
    return this.scheduler.waiting(pending) > 0 && (!after || after.test(this.scheduler.last));
  }

  /** Nothing goes wrong from here on. */
  heal(): void {
    this.scheduler.note('everything works from here on');
    this.scheduler.slack = QUIET_SLACK_MS;
    this.faults.end();
    this.#strikes = [];
    this.clerk.tidyUp();
  }

  /** The process is gone between two steps; what waited in it is never heard of again. */
  crash(ms: number, forget = false): void {
    const { sidecar } = this;
    if (!sidecar) return;
    this.scheduler.note(`crash${forget ? ', and the store is lost' : ''}`);
    const bytes = forget ? undefined : sidecar.store.bytes();
    this.#bury(sidecar);
    this.#restart(ms, bytes);
  }

  /** The end of the simulation. */
  retire(): void {
    if (this.sidecar) this.#bury(this.sidecar);
  }

  start(from: Buffer | undefined): void {
    // A sidecar that cannot write does not start; whoever watches over it tries again.
    if (this.faults.holds('disk_full', this.scheduler.now)) return this.#restart(10_000, from);
    const owner = (this.#owner = new Owner(`sidecar ${++this.#lives}`));
    const { scheduler, faults, verdict, telling } = this;
    const random = this.#random.fork(`life ${this.#lives}`);
    this.sidecar = startSidecar({
      scheduler,
      random,
      owner,
      skew: () => this.skew,
      odoo: odooWire({ scheduler, random: random.fork('odoo'), faults, model: this.odoo, owner }),
      accounts: this.sides.map((side) => ({
        connection: side.connection,
        connector: CONNECTORS[side.system],
        transport: crmLine({ scheduler, random: random.fork(side.system), faults, side, owner, telling }),
      })),
      rules: RULES,
      from,
      diskFull: () => faults.holds('disk_full', scheduler.now),
      tampering: this.#bug,
      watch: { store: (store) => watchStore(store, verdict), odoo: (odoo) => watchOdoo(odoo, verdict) },
      logged: (level, message, fields) => {
        scheduler.told?.(`    ${level} ${message} ${JSON.stringify(fields)}`);
        const isDefect = level === 'error' && !message.includes(DISK_FULL);
        verdict.expect(!isDefect, 'no_defect', () => `${message} ${JSON.stringify(fields)}`);
      },
    });
    if (!from) this.#acknowledged.clear();
    for (const [id, connection] of this.#acknowledged)
      verdict.expect(
        this.sidecar.store.delivery(connection, id) !== undefined,
        'acknowledged_is_durable',
        () => `${id} was acknowledged and is lost`,
      );
  }

  #bury(sidecar: Sidecar): void {
    this.#owner.alive = false;
    this.sidecar = undefined;
    // Of a dead process this only ends the clockwork of its calendar; nothing else of it hears anything any more.
    void sidecar.engine.stop();
    sidecar.store.abandon();
  }

  #restart(ms: number, bytes: Buffer | undefined): void {
    this.scheduler.after(ms, 'the sidecar starts', () => this.start(bytes));
  }

  #stop(ms: number): void {
    const { sidecar } = this;
    const owner = this.#owner;
    if (!sidecar) return;
    const stopped = async () => {
      await sidecar.engine.stop();
      if (owner.alive) this.crash(ms);
    };
    void stopped();
  }

  /** A webhook sets out: lost, twice, late, or just so. */
  #tell(connection: string, event: unknown): void {
    const { scheduler, faults } = this;
    const random = this.#random;
    if (!this.sidecar) return;
    if (faults.holds('hooks_lost', scheduler.now)) return;
    const message = this.#messages.get(connection)!(event);
    const late = faults.holds('hooks_late', scheduler.now) ? 60_000 : 300;
    for (let copy = faults.holds('hooks_twice', scheduler.now) ? 2 : 1; copy > 0; copy--)
      sendUntilTaken(
        { scheduler, random, door: () => this.#door(connection) },
        message,
        random.between(1, late),
      );
  }

  #door(connection: string) {
    const { sidecar } = this;
    const owner = this.#owner;
    if (!sidecar) return undefined;
    return async (raw: Parameters<Sidecar['hook']>[1]) => {
      const ids = await sidecar.hook(connection, raw);
      if (owner.alive) for (const id of ids) this.#acknowledged.set(id, connection);
    };
  }

  /** What Odoo's fields hold, and who wrote it. */
  #wrote({ record, field, by, before }: Written): void {
    const { ledger, scheduler } = this;
    const name = cellName('odoo', `${record.model},${record.id}`, field);
    const value = words(record.values[field]);
    scheduler.note(`    odoo ${field} of ${record.model} ${record.id} is ${value}`);
    if (by === undefined) ledger.sync(name, value, words(before));
    else ledger.person(name, value, scheduler.now);
  }

  /** A conflict is between two people: neither value is what the sync itself wrote there. */
  #disputed({ connection, kind, external_id: id, model, res_id, fields }: ConflictReport): void {
    for (const { field, odoo, other } of fields) {
      const there = this.ledger.cell(cellName(connection, `${kind}:${id}`, field));
      const here = this.ledger.cell(cellName('odoo', `${model},${res_id}`, field));
      if (there.synced === words(other) || here.synced === words(odoo))
        this.vain.add(`${field} of ${kind} ${id}: ${words(odoo)} or ${words(other)}`);
    }
  }

  #forgive(system: System, ids: readonly string[]): void {
    this.merges++;
    for (const id of ids) {
      this.ledger.forgive(`${system} customer:${id} `);
      const link = this.odoo.office.links.get(`${system}/customer:${id}`);
      if (link) this.ledger.forgive(`odoo ${link.model},${link.res_id} `);
    }
  }

  #act(entry: Entry): void {
    const { what, ms, of, pick, side } = entry;
    if (isSale(what)) return this.sides[Math.floor(side * this.sides.length)]!.act(entry);
    if (isOffice(what)) return this.clerk.act(entry);
    const until = this.scheduler.now + ms;
    if (WINDOWS.has(what)) return this.faults.during(what, until);
    if (isFault(what) && COUNTED.has(what)) return this.faults.next(what, of);
    if (what === 'told_lost') return this.faults.next(what, Math.ceil(of / 3));
    if (what === 'crash') this.#strikes.push({ moment: MOMENTS[Math.floor(pick * MOMENTS.length)]!, ms });
    if (what === 'crash_now') this.crash(ms);
    if (what === 'lose_store') {
      this.losses++;
      this.crash(ms, true);
    }
    if (what === 'stop') this.#stop(ms);
    if (what === 'freeze') this.#owner.frozenUntil = this.ledger.frozenAt = until;
    if (what === 'clock_jump') {
      this.skew += pick < 0.5 ? -ms : ms;
      this.clockWasOff ||= Math.abs(this.skew) > TOLERATED_SKEW_MS;
    }
    this.faults.count(what);
  }
}
