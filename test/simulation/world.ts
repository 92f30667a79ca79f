/** One simulated world: vendor, network, sidecar, Odoo and people on one scheduler, from a seed to a verdict. */
import { stripe } from '../../sidecar/connectors/stripe/index.ts';
import { Sandbox } from '../sandbox/stripe/sandbox.ts';
import { Faults } from './faults.ts';
import { sendHooks, type Door } from './hooks.ts';
import { Merchant } from './merchant.ts';
import { vendorLine } from './network.ts';
import { OdooModel, type Defects } from './odoo-model.ts';
import { odooWire } from './odoo-wire.ts';
import { Accountant } from './people.ts';
import { isBusiness, isFault, type Entry } from './plan.ts';
import { randomOf, type Random } from './random.ts';
import { CONNECTION, connection, SECRET } from './account.ts';
import { RULES } from './rules.ts';
import { Owner, Scheduler } from './scheduler.ts';
import { DISK_FULL, startSidecar, type Sidecar, type Tampering } from './sidecar.ts';
import { Verdict } from './verdict.ts';
import { watchOdoo, watchRecords, watchStore } from './watch.ts';

export const START = Date.UTC(2026, 10, 2, 8);
/** A deliberate defect, for the proof that the checks would notice. */
export interface Bug extends Tampering {
  model?: Defects;
}

export interface WorldOptions {
  seed: number;
  bug?: Bug;
  /** Hears every line of the history. */
  told?: (line: string) => void;
}

/** Signatures and the feed's overlap allow for five minutes. */
const TOLERATED_SKEW_MS = 240_000;

/** When nothing is to go wrong any more, time may run in longer strides. */
const QUIET_SLACK_MS = 40_000;

/** Where a crash strikes: while the first is under way, right after the second if there is one. */
const MOMENTS: readonly (readonly [pending: RegExp, after?: RegExp])[] = [
  [/store commits/, /vendor events answers/],
  [/store commits/],
  [/odoo commits apply/],
  [/odoo apply answers/],
  [/vendor .* answers/],
  [/hook/],
];

export class World {
  readonly scheduler: Scheduler;
  readonly verdict = new Verdict();
  readonly faults = new Faults();
  readonly sandbox: Sandbox;
  readonly model: OdooModel;
  readonly accountant: Accountant;
  readonly merchant: Merchant;
  /** Undefined while no process runs. */
  sidecar: Sidecar | undefined;
  /** When the vendor's events were read last, UTC ms of the true time. */
  polledAt = 0;
  /** Entries of the plan that are still to come. */
  expected = 0;
  /** Milliseconds by which the sidecar's clock is wrong. */
  skew = 0;
  /** It was further off than signatures and the feed's overlap tolerate: then the next sweep finds what they missed. */
  clockWasOff = false;
  readonly #bug: Bug;
  readonly #random: Random;
  readonly #hidden: (event: string) => boolean;
  readonly #acknowledged = new Set<string>();
  #owner = new Owner('sidecar 0');
  #lives = 0;
  /** Crashes that wait for their moment, one after the other; `ms` is how long the process is down. */
  #strikes: { moment: (typeof MOMENTS)[number]; ms: number }[] = [];

  constructor({ seed, bug = {}, told }: WorldOptions) {
    this.#random = randomOf(seed).fork('world');
    this.#bug = bug;
    this.scheduler = new Scheduler(this.#random.fork('order'), START);
    this.scheduler.told = told;
    this.sandbox = new Sandbox({
      seed: `simulated ${seed}`,
      now: START / 1000,
      clock: () => this.scheduler.now,
    });
    this.model = new OdooModel(bug.model);
    const watched = watchRecords(this.verdict);
    this.model.wrote = (key, record) => {
      this.scheduler.note(`    odoo wrote ${key} ${'state' in record ? record.state : ''}`);
      watched(key, record);
    };
    const { state } = this.model;
    state.reconciled = (between) => this.scheduler.note(`    odoo matched ${between}`);
    state.taxes.push({
      id: state.newId(),
      type_tax_use: 'sale',
      amount_type: 'percent',
      amount: 19,
      price_include: false,
    });
    this.accountant = new Accountant(
      this.model,
      this.scheduler,
      (customer) => this.sandbox.memory.get('customer', customer)['address'].postal_code,
    );
    this.merchant = new Merchant(this.sandbox);
    const { hidden } = sendHooks({
      scheduler: this.scheduler,
      random: this.#random.fork('hooks'),
      faults: this.faults,
      account: this.sandbox.memory,
      secret: SECRET,
      door: () => this.#door(),
    });
    this.#hidden = hidden;
    this.merchant.open();
    this.start(undefined);
  }

  /** Puts the plan on the scheduler. */
  expectAll(entries: readonly Entry[]): void {
    this.expected += entries.length;
    for (const entry of entries)
      this.scheduler.after(entry.at, `plan #${entry.id} ${entry.what}`, () => {
        this.expected--;
        this.#act(entry);
      });
  }

  /** One step; time passes at the vendor too. */
  async step(): Promise<void> {
    await this.scheduler.step();
    this.sandbox.advance(Math.floor(this.scheduler.now / 1000));
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
    this.accountant.tidyUp();
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
    const { scheduler, faults, sandbox, model, verdict } = this;
    const random = this.#random.fork(`life ${this.#lives}`);
    this.sidecar = startSidecar({
      scheduler,
      random,
      owner,
      skew: () => this.skew,
      odoo: odooWire({ scheduler, random: random.fork('odoo'), faults, model, owner }),
      accounts: [
        {
          connection: connection(sandbox.apiKey),
          connector: stripe,
          transport: vendorLine({
            scheduler,
            random: random.fork('vendor'),
            faults,
            sandbox,
            owner,
            hidden: this.#hidden,
            polled: () => (this.polledAt = scheduler.now),
          }),
        },
      ],
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
    this.#findAcknowledged(from !== undefined);
  }

  /** Everything that was acknowledged to the vendor is there when the store is opened again. */
  #findAcknowledged(kept: boolean): void {
    if (!kept) this.#acknowledged.clear();
    for (const id of this.#acknowledged)
      this.verdict.expect(
        this.sidecar!.store.delivery(CONNECTION, id) !== undefined,
        'acknowledged_is_durable',
        () => `${id} was acknowledged and is lost`,
      );
  }

  #door(): Door | undefined {
    const { sidecar } = this;
    const owner = this.#owner;
    if (!sidecar) return undefined;
    return async (raw) => {
      const ids = await sidecar.hook(CONNECTION, raw);
      if (owner.alive) for (const id of ids) this.#acknowledged.add(id);
    };
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

  #act(entry: Entry): void {
    if (isBusiness(entry.what)) return this.merchant.act(entry);
    if (!isFault(entry.what)) return this.accountant.act(entry);
    const { what, ms, of, pick } = entry;
    const until = this.scheduler.now + ms;
    switch (what) {
      case 'hooks_lost':
      case 'hooks_twice':
      case 'hooks_late':
      case 'events_late':
      case 'odoo_down':
      case 'disk_full':
        return this.faults.during(what, until);
      case 'vendor_429':
      case 'vendor_5xx':
      case 'vendor_reset':
      case 'vendor_silent':
      case 'odoo_5xx':
      case 'odoo_busy':
      case 'told_lost':
      case 'answer_lost':
      case 'answer_late':
      case 'odoo_silent':
        return this.faults.next(what, of);
      case 'crash':
        this.#strikes.push({ moment: MOMENTS[Math.floor(pick * MOMENTS.length)]!, ms });
        break;
      case 'crash_now':
        this.crash(ms);
        break;
      case 'lose_store':
        this.crash(ms, true);
        break;
      case 'stop':
        this.#stop(ms);
        break;
      case 'freeze':
        this.#owner.frozenUntil = until;
        break;
      case 'clock_jump':
        this.skew += pick < 0.5 ? -ms : ms;
        this.clockWasOff ||= Math.abs(this.skew) > TOLERATED_SKEW_MS;
        break;
    }
    this.faults.count(what);
  }
}
