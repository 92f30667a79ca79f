/** What people do in Odoo between CRMs: they edit contacts, make some, remind some to pay, and settle what is in conflict. */
import type { FieldValue } from '../../../sidecar/domain/change.ts';
import type { Random } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';
import { words, type Ledger } from './ledger.ts';
import { lane, plain, type CrmRecord, type Office } from './office.ts';
import type { Entry, OfficeWork } from './plan.ts';
import type { System } from './rules.ts';

const COMPANY_FIELDS = ['name', 'phone', 'phone', 'zip', 'zip', 'city', 'street', 'zip'] as const;
const PERSON_FIELDS = ['name', 'function', 'phone'] as const;

export class Clerk {
  readonly #office: Office;
  readonly #scheduler: Scheduler;
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #systems: readonly System[];
  #count = 0;

  constructor(
    office: Office,
    scheduler: Scheduler,
    ledger: Ledger,
    random: Random,
    systems: readonly System[],
  ) {
    this.#office = office;
    this.#scheduler = scheduler;
    this.#ledger = ledger;
    this.#random = random;
    this.#systems = systems;
  }

  act(entry: Entry): void {
    this.#acts[entry.what as OfficeWork](entry);
    this.#office.commit();
  }

  /** Settles every conflict that is open, whichever way, and presses Retry. */
  tidyUp(): void {
    for (const key of this.#office.conflicts.keys()) this.#resolve(key);
    for (const system of this.#systems) {
      this.#office.queue('resume', system);
      this.#office.queue('retry', system);
    }
  }

  readonly #acts: Record<OfficeWork, (entry: Entry) => void> = {
    edit_partner: ({ pick, of }) => this.#edit(true, pick, COMPANY_FIELDS[of % 8]!),
    edit_contact: ({ pick, of }) => this.#edit(false, pick, PERSON_FIELDS[of % 3]!),
    new_partner: () => {
      const number = ++this.#count;
      const name = `Made in Odoo ${number}`;
      const values = {
        name,
        phone: `+60 ${number}`,
        zip: `6${number}`,
        city: `Odoo ${number}`,
        is_company: true,
      };
      this.#office.create('res.partner', { active: true, ...values }, 'ada');
    },
    dunning: ({ pick }) => {
      const partner = this.#pick(true, pick);
      if (partner) this.#write(partner, 'saas_sync_standing', `overdue ${++this.#count}`);
    },
    resolve: ({ pick }) => {
      const open = [...this.#office.conflicts.keys()];
      const key = open[Math.floor(pick * open.length)];
      if (key) this.#resolve(key);
    },
    sync_now: ({ pick }) => {
      const links = [...this.#office.links.values()];
      const link = links[Math.floor(pick * links.length)];
      if (link && link.kind !== 'order') this.#office.queue('sync_now', link.connection, link);
    },
    pause: ({ side, ms }) => {
      const system = this.#system(side);
      this.#office.queue('pause', system);
      this.#scheduler.after(ms, 'a person resumes', () => this.#office.queue('resume', system));
    },
    backfill: ({ side }) => this.#office.queue('backfill', this.#system(side)),
    sweep: ({ side }) => this.#office.queue('sweep', this.#system(side)),
  };

  #system(side: number): System {
    return this.#systems[Math.floor(side * this.#systems.length)]!;
  }

  #pick(company: boolean, pick: number): CrmRecord | undefined {
    const partners = this.#office
      .partners()
      .filter(({ values }) => (values['is_company'] === true) === company);
    return partners[Math.floor(pick * partners.length)];
  }

  #edit(company: boolean, pick: number, field: string): void {
    const partner = this.#pick(company, pick);
    if (partner) this.#write(partner, field, `Odoo ${field}${++this.#count}`);
  }

  #write(partner: CrmRecord, field: string, value: FieldValue): void {
    this.#scheduler.note(`    a person writes ${field} of partner ${partner.id}`);
    this.#office.write(partner, { [field]: value }, 'ada');
  }

  /** The person sees Odoo's value as it is now, and the other's as it was told. */
  #resolve(key: string): void {
    const conflict = this.#office.conflicts.get(key)!;
    const record = this.#office.record(conflict.model, conflict.res_id);
    if (!record || key !== lane(conflict.connection, conflict)) return;
    const decisions = conflict.fields.map(({ field, other }) => {
      const odoo = plain(record.values[field]);
      const take = this.#random.pick(['odoo', 'other', 'value'] as const);
      const chosen = `Chosen ${field}${++this.#count}`;
      const value = { odoo, other, value: chosen }[take];
      this.#ledger.decided({
        record: `${conflict.model},${record.id}`,
        field,
        odoo: words(odoo),
        other: words(other),
        value: words(value),
      });
      this.#scheduler.note(
        `    a person decides ${field} of ${key}: ${take}, ${words(odoo)} or ${words(other)} (${chosen})`,
      );
      const about = { take, odoo, other, by: 'ben', at: this.#scheduler.now };
      return [field, take === 'value' ? { ...about, value: chosen } : about];
    });
    const { connection, kind, external_id } = conflict;
    const args = { decisions: Object.fromEntries(decisions), note: '' };
    this.#office.queue('resolve', connection, { kind, external_id, args });
  }
}
