/** Mishaps that are still to happen, each so many times. */

/** What any mishap may say: it strikes `times` times, once if that is absent. */
export interface Mishap {
  kind: string;
  times?: number;
}

export class Mishaps<T extends Mishap> {
  #waiting: T[] = [];

  add(...mishaps: T[]): void {
    this.#waiting.push(...mishaps.map((mishap) => ({ ...mishap })));
  }

  clear(): void {
    this.#waiting = [];
  }

  get pending(): readonly T[] {
    return this.#waiting;
  }

  /** The first that fits; it has struck once more then. */
  protected strike<S extends T>(fits: (mishap: T) => mishap is S): S | undefined;
  protected strike(fits: (mishap: T) => boolean): T | undefined;
  protected strike(fits: (mishap: T) => boolean): T | undefined {
    const found = this.#waiting.find(fits);
    if (!found) return undefined;
    found.times = (found.times ?? 1) - 1;
    if (found.times <= 0) this.#waiting = this.#waiting.filter((mishap) => mishap !== found);
    return found;
  }
}
