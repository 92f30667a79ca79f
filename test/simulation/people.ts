/** What people do in Odoo while the sidecar works: edits, mappings, and wishes in the outbox. */
import type { OdooModel } from './odoo-model.ts';
import type { Entry, People } from './plan.ts';
import type { Scheduler } from './scheduler.ts';

export class Accountant {
  readonly #model: OdooModel;
  readonly #scheduler: Scheduler;
  readonly #zipOf: (customer: string) => string;

  /** `zipOf`: the postal code of a customer as the vendor has it. */
  constructor(model: OdooModel, scheduler: Scheduler, zipOf: (customer: string) => string) {
    this.#model = model;
    this.#zipOf = zipOf;
    this.#scheduler = scheduler;
  }

  act(entry: Entry): void {
    this.#acts[entry.what as People](entry);
  }

  /** What a tidy person does in the end: maps what is unmapped, settles conflicts as the vendor says, presses Retry. */
  tidyUp(): void {
    for (const { code, kind, external_id } of this.#model.state.exceptions.values()) {
      const link = this.#model.state.links.get(`${kind}:${external_id}`);
      const record = link && this.#model.state.master(link.model, link.res_id);
      if (code === 'both_sides_changed' && record) record.values['zip'] = this.#zipOf(external_id);
    }
    for (const key of this.#model.state.exceptions.keys()) if (key.startsWith('tax_rate:')) this.#map(key);
    this.#model.state.queue('resume');
    this.#model.state.queue('retry');
  }

  readonly #acts: Record<People, (entry: Entry) => void> = {
    edit_partner: ({ pick, of }) => {
      const partners = [...this.#model.state.masters.values()].filter(({ model }) => model === 'res.partner');
      const partner = partners[Math.floor(pick * partners.length)];
      if (!partner) return;
      const field = (['city', 'street', 'zip'] as const)[of % 3]!;
      partner.values[field] = `edited by hand ${of}`;
      partner.edited.add(field);
    },
    map_tax: () => {
      for (const key of this.#model.state.exceptions.keys()) if (key.startsWith('tax_rate:')) this.#map(key);
    },
    retry_all: () => this.#model.state.queue('retry'),
    sync_now: ({ pick }) => {
      const links = [...this.#model.state.links.values()];
      const link = links[Math.floor(pick * links.length)];
      if (link) this.#model.state.queue('sync_now', { kind: link.kind, external_id: link.external_id });
    },
    pause: ({ ms }) => {
      this.#model.state.queue('pause');
      this.#scheduler.after(ms, 'a person resumes', () => this.#model.state.queue('resume'));
    },
    backfill: () => this.#model.state.queue('backfill'),
    sweep: () => this.#model.state.queue('sweep'),
  };

  /** "Use this and retry": the link is the mapping. */
  #map(key: string): void {
    const { state } = this.#model;
    const externalId = key.slice('tax_rate:'.length);
    if (!state.links.has(key)) {
      const tax = { type_tax_use: 'sale', amount_type: 'percent', amount: 7, price_include: false } as const;
      state.taxes.push({ id: state.newId(), ...tax });
      state.links.set(key, {
        id: state.newId(),
        kind: 'tax_rate',
        external_id: externalId,
        model: 'account.tax',
        res_id: state.taxes.at(-1)!.id,
        version: 0,
        digest: '',
        base: null,
        since: 0,
      });
    }
    state.queue('retry', { kind: 'tax_rate', external_id: externalId });
  }
}
