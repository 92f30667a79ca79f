/** The mishaps that are in force: windows of time, and numbers of calls that still go wrong. */
import type { Fault } from './plan.ts';

export class Faults {
  /** How often each kind struck. */
  readonly struck: Record<string, number> = {};
  readonly #until = new Map<Fault, number>();
  readonly #left = new Map<Fault, number>();

  /** In force until this moment (UTC ms of the true time). */
  during(fault: Fault, until: number): void {
    this.#until.set(fault, Math.max(this.#until.get(fault) ?? 0, until));
  }

  /** The next `count` calls go wrong. */
  next(fault: Fault, count: number): void {
    this.#left.set(fault, (this.#left.get(fault) ?? 0) + count);
  }

  /** True while a window is open. */
  holds(fault: Fault, now: number): boolean {
    return (this.#until.get(fault) ?? 0) > now && this.count(fault);
  }

  /** Takes one of the calls that are to go wrong. */
  take<F extends Fault>(...faults: readonly F[]): F | undefined {
    const fault = faults.find((each) => (this.#left.get(each) ?? 0) > 0);
    if (fault === undefined) return undefined;
    this.#left.set(fault, this.#left.get(fault)! - 1);
    this.count(fault);
    return fault;
  }

  count(fault: Fault): true {
    this.struck[fault] = (this.struck[fault] ?? 0) + 1;
    return true;
  }

  /** All is well from here on. */
  end(): void {
    this.#until.clear();
    this.#left.clear();
  }
}
