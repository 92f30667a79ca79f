/**
 * The one scheduler of a simulated world. Whatever would wait for the outside (a request, an answer, a timer, a commit)
 * is a pending completion here; the seed decides which of those that are due goes next, and how time moves.
 */
import { hashOf, type Random } from './random.ts';

/** Who waits: a process that can be killed (nothing of it goes on then) or frozen for a while. */
export class Owner {
  readonly name: string;
  alive = true;
  /** UTC ms before which nothing of it goes on. */
  frozenUntil = 0;

  constructor(name: string) {
    this.name = name;
  }
}

interface Completion {
  due: number;
  label: string;
  run: () => void;
  owner: Owner | undefined;
}

export class Scheduler {
  /** The true time, UTC ms; a process may have another opinion. */
  now: number;
  steps = 0;
  /** What was completed last. */
  last = '';
  /** Two runs with the same hash did the same things in the same order. */
  hash = hashOf('');
  /** Hears each line of the history. */
  told: ((line: string) => void) | undefined;
  /** The most that time may run past the next thing that is due, in ms: timers are never early and often late. */
  slack = 15_000;
  /** How many turns of the event loop it takes until everything that waits for promises only has happened. */
  turns = 1;
  readonly #random: Random;
  #pending: Completion[] = [];

  constructor(random: Random, start: number) {
    this.#random = random;
    this.now = start;
  }

  /** Lets `run` happen once `ms` have passed. Returns how to call it off. */
  after(ms: number, label: string, run: () => void, owner?: Owner): () => void {
    const completion = { due: this.now + Math.max(0, Math.round(ms)), label, run, owner };
    this.#pending.push(completion);
    return () => {
      const at = this.#pending.indexOf(completion);
      if (at >= 0) this.#pending.splice(at, 1);
    };
  }

  /** Something that is part of the history without being waited for. */
  note(line: string): void {
    this.hash = hashOf(line, this.hash);
    this.told?.(`${new Date(this.now).toISOString().slice(5, 23)} ${line}`);
  }

  /** Whether anything but timers of idle loops is under way. */
  waiting(label: RegExp): number {
    return this.#pending.filter((each) => label.test(each.label)).length;
  }

  /** One completion, and all that follows from it without waiting. False if nothing is pending. */
  async step(): Promise<boolean> {
    this.#pending = this.#pending.filter(({ owner }) => owner?.alive !== false);
    if (this.#pending.length === 0) return false;
    let ready = this.#ready();
    if (ready.length === 0) {
      this.now = Math.min(...this.#pending.map(dueOf));
      if (this.#random.chance(0.6)) this.now += Math.floor(this.#random.next() * this.slack);
      ready = this.#ready();
    }
    const next = this.#random.pick(ready);
    this.#pending.splice(this.#pending.indexOf(next), 1);
    this.steps++;
    this.note(next.owner ? `${next.owner.name}: ${next.label}` : next.label);
    this.last = next.label;
    next.run();
    for (let turn = 0; turn < this.turns; turn++) await drained();
    return true;
  }

  #ready(): Completion[] {
    return this.#pending.filter((each) => dueOf(each) <= this.now);
  }
}

const dueOf = ({ due, owner }: Completion): number => Math.max(due, owner?.frozenUntil ?? 0);

/** Everything that only waits for promises has happened when this resolves. */
const drained = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
