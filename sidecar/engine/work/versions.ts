/** Versions only rise, whatever the clock does: by them Odoo tells later news of a record from a request that was held up. */
import type { Store } from '../../store/store.ts';

const SETTING = 'version';
/** So far ahead a bound is saved, so that it need not be saved with every version. */
const STEP_MS = 60_000;

/** Dates what is read. What was dated before a restart, or by a clock that was ahead, is older than all that comes later. */
export class Versions {
  readonly #store: Pick<Store, 'setting' | 'saveSetting'>;
  #next: number;
  /** Nothing as high as this has been given out, now or before. */
  #bound: number;

  constructor(store: Pick<Store, 'setting' | 'saveSetting'>) {
    this.#store = store;
    this.#bound = Number(store.setting(SETTING) ?? 0);
    this.#next = this.#bound;
  }

  /** The version of something read at `readAt` (UTC ms), of which Odoo had the version `known`. */
  after(readAt: number, known: number): number {
    const version = Math.max(readAt, known, this.#next);
    if (version >= this.#bound) this.#raise(version + STEP_MS);
    this.#next = version + 1;
    return version;
  }

  #raise(bound: number): void {
    try {
      this.#store.saveSetting(SETTING, String(bound));
      this.#bound = bound;
    } catch {
      // A disk that takes nothing now is no reason not to read; the next version tries again.
    }
  }
}
