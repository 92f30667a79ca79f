/** Odoo's side of first contact in memory: findings by key, what a test decides about them, and the links that come of it. */
import type {
  Candidate,
  ContactPort,
  ContactState,
  Decisions,
  Finding,
  Stranger,
} from '../../sidecar/domain/first-contact.ts';
import type { Kind } from '../../sidecar/domain/reference.ts';

type Plan = 'link' | 'create' | 'ignore' | 'decide' | 'leave';
const PLAN = {
  match: 'link',
  create: 'create',
  ambiguous: 'decide',
  ignored: 'leave',
  faulty: 'leave',
} as const;

export class FakeContact implements ContactPort {
  contact: ContactState = 'none';
  found = new Map<string, Finding & { run: string }>();
  /** What a person decided, by `customer:c1`. */
  decided = new Map<string, Plan>();
  /** What is in Odoo already, by name. */
  known: Candidate[] = [];
  /** The largest question so far. */
  mostAsked = 0;
  looked: number[] = [];
  #run = '';

  contactState = (): Promise<ContactState> => Promise.resolve(this.contact);

  async contactStep(_connection: string, step: 'begin' | 'end' | 'done', run: string): Promise<void> {
    this.contact = { begin: 'looking', end: 'review', done: 'started' }[step] as ContactState;
    if (step === 'begin') this.#run = run;
    if (step !== 'end') return;
    for (const [key, row] of this.found)
      if (row.run !== this.#run && !this.decided.has(key)) this.found.delete(key);
  }

  async candidates(_connection: string, records: readonly Stranger[]) {
    this.mostAsked = Math.max(this.mostAsked, records.length);
    return records.map(({ kind, externalId, traits }) => ({
      decided: this.decided.has(`${kind}:${externalId}`),
      candidates: this.known.filter(({ name }) => name === traits.name),
    }));
  }

  async findings(_connection: string, rows: readonly Finding[], looked: number): Promise<void> {
    this.looked.push(looked);
    for (const row of rows) this.found.set(`${row.kind}:${row.externalId}`, { ...row, run: this.#run });
  }

  /** What will happen to each. */
  plans(): Record<string, Plan> {
    const plan = ([key, { finding }]: [string, Finding]) =>
      [key, this.decided.get(key) ?? PLAN[finding]] as const;
    return Object.fromEntries([...this.found].map(plan));
  }

  /** Keeps a link that was decided on. */
  linked(_connection: string, _key: string, _resId: number): void {}

  async decisions(connection: string, after: number): Promise<Decisions> {
    const all = Object.entries(this.plans());
    const page = all.slice(after, after + 2);
    const rows = page.flatMap(([key, verdict]) => {
      const [kind, externalId] = key.split(':') as [Kind, string];
      if (verdict === 'link') this.linked(connection, key, this.found.get(key)?.resId ?? 0);
      if (verdict === 'link' || verdict === 'leave') return [];
      return [{ kind, externalId, verdict, candidates: this.found.get(key)?.suggestions ?? [] }];
    });
    return { rows, next: after + 2 < all.length ? after + 2 : null };
  }
}
