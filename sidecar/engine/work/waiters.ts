/**
 * Who waits for whom. The store wakes a lane when the one it waits for is done; this index adds what the store
 * cannot know: circles, a wait that has lasted too long, and one that was answered without helping.
 */
import { laneOf, type Reference } from '../../domain/reference.ts';
import type { Store } from '../../store/store.ts';

/** Code of the exception of a record that waited in vain. */
export const WAITS_CODE = 'waits_for_record';

interface Wait {
  since: number;
  /** Awaited lane → whether it was worked on since. */
  on: Map<string, boolean>;
  /** Those that had been worked on when Odoo was last asked: only they were in vain. */
  inVain: Set<string>;
}

export class Waiters {
  readonly #waits = new Map<string, Wait>();
  /** Awaited lane → lanes handed to a person because of it. */
  readonly #parked = new Map<string, Set<string>>();
  /** The other way round: parked lane → lanes that would help it. */
  readonly #reasons = new Map<string, readonly string[]>();
  /** Lane that Odoo is being asked about → lanes that came into Odoo since, perhaps too late for its answer. */
  readonly #came = new Map<string, Set<string>>();

  /** Learns from the store which parked lanes would profit from which others. */
  load(store: Store): void {
    for (const parked of store.parked())
      this.parked(laneOf(parked.ref), awaitedOf(parked.ref.connection, parked.args));
  }

  /** Notes a wait; keeps the time of the first one. */
  wait(lane: string, on: readonly Reference[], now: number): Wait {
    const wait = this.#waits.get(lane) ?? {
      since: now,
      on: new Map<string, boolean>(),
      inVain: new Set<string>(),
    };
    const next = new Map(on.map((ref) => [laneOf(ref), wait.on.get(laneOf(ref)) ?? false]));
    wait.on = next;
    this.#waits.set(lane, wait);
    return wait;
  }

  /** Odoo is asked about `lane` now. What is worked on from here on may be too late for its answer. */
  asked(lane: string): void {
    this.#came.set(lane, new Set());
    const wait = this.#waits.get(lane);
    if (wait) wait.inVain = new Set([...wait.on].flatMap(([name, answered]) => (answered ? [name] : [])));
  }

  /** True if `awaited` had been worked on when Odoo was asked, and still was not there. */
  answeredInVain(lane: string, awaited: Reference): boolean {
    return this.#waits.get(lane)?.inVain.has(laneOf(awaited)) ?? false;
  }

  /** Notes that an awaited record was worked on. */
  answer(lane: string, awaited: Reference): void {
    this.#waits.get(lane)?.on.set(laneOf(awaited), true);
  }

  /** The lanes from `lane` back to itself, if they wait in a circle. */
  circle(lane: string): string[] | undefined {
    const path: string[] = [];
    const seen = new Set<string>();
    const visit = (at: string): boolean => {
      for (const next of this.#waits.get(at)?.on.keys() ?? []) {
        if (next === lane) return true;
        if (seen.has(next)) continue;
        seen.add(next);
        path.push(next);
        if (visit(next)) return true;
        path.pop();
      }
      return false;
    };
    return visit(lane) ? [lane, ...path, lane] : undefined;
  }

  /**
   * `lane` was handed to a person; `awaited` are the lanes that would help it. Returns true if one of them came
   * while Odoo was being asked: nobody would revive the lane for it any more, so it should be tried again now.
   */
  parked(lane: string, awaited: readonly string[]): boolean {
    const came = this.#came.get(lane);
    this.#came.delete(lane);
    this.#waits.delete(lane);
    this.#reasons.set(lane, awaited);
    for (const name of awaited) this.#parked.set(name, (this.#parked.get(name) ?? new Set()).add(lane));
    return awaited.some((name) => came?.has(name));
  }

  /**
   * `lane` was worked on. Returns the parked lanes that should be tried again: those that need it, and those that
   * were parked for the same reason as it was and now is no more (a tax that has been mapped).
   */
  done(lane: string, linked: boolean): string[] {
    this.#waits.delete(lane);
    this.#came.delete(lane);
    if (linked) for (const came of this.#came.values()) came.add(lane);
    for (const wait of this.#waits.values()) if (wait.on.has(lane)) wait.on.set(lane, true);
    if (!linked) return [];
    const there = [lane, ...(this.#reasons.get(lane) ?? [])];
    this.#reasons.delete(lane);
    const lanes = new Set(there.flatMap((name) => [...(this.#parked.get(name) ?? [])]));
    for (const name of there) this.#parked.delete(name);
    lanes.delete(lane);
    return [...lanes];
  }

  /** Lanes that sleep until `lane` is done: to be woken when it is parked instead. */
  waitingFor(lane: string): string[] {
    return [...this.#waits].filter(([, wait]) => wait.on.has(lane)).map(([name]) => name);
  }
}

/** Which records an exception speaks of as missing: those waited for, or a tax rate that nobody has mapped yet. */
export function awaitedOf(connection: string, args: Record<string, unknown>): string[] {
  const { waiting_for: waiting, tax_rate: rate } = args;
  if (Array.isArray(waiting)) return waiting.map(String);
  return typeof rate === 'string' ? [laneOf({ connection, kind: 'tax_rate', externalId: rate })] : [];
}
