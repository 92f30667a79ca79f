/** How much is taken on at once: as much as was measured to be done in the time it should take. */
import type { LaneClass } from '../../domain/reference.ts';
import type { EngineSettings } from '../types.ts';

/** No call to Odoo is smaller, unless there is less to do or the settings say so. */
const LEAST = 5;
/** How much the newest measurement counts. */
const WEIGHT = 0.3;

/** A size that follows the measured time per piece. Smaller at once, larger by half at most, so that luck proves nothing. */
export class Fit {
  readonly #bounds: { least: number; most: number; targetMs: number };
  #size: number;
  #msEach: number | undefined;

  /** `targetMs`: what one go should take. */
  constructor(bounds: { least: number; most: number; targetMs: number }, start: number) {
    this.#bounds = bounds;
    this.#size = this.#bounded(start);
  }

  get size(): number {
    return this.#size;
  }

  /** So many pieces took `ms`. */
  took(count: number, ms: number): void {
    if (count === 0) return;
    const each = ms / count;
    this.#msEach = this.#msEach === undefined ? each : this.#msEach + WEIGHT * (each - this.#msEach);
    const fitting = this.#bounds.targetMs / Math.max(this.#msEach, 0.001);
    // Little at once says nothing of much: what every go costs by itself weighs more in it.
    if (count < this.#size / 2 && fitting > this.#size) return;
    this.#size = this.#bounded(Math.min(fitting, this.#size * 1.5));
  }

  /** It did not come to its end in time. */
  halve(): void {
    this.#size = this.#bounded(this.#size / 2);
  }

  #bounded(size: number): number {
    const { least, most } = this.#bounds;
    return Math.max(Math.min(least, most), Math.min(most, Math.floor(size)));
  }
}

/** How many changes go into one call to Odoo, per lane class: a document costs many times what a master costs. */
export class CallSizes {
  readonly #fits: Record<LaneClass, Fit>;
  readonly #most: Record<LaneClass, number>;

  constructor({ mastersPerCall, documentsPerCall, applyTargetMs: targetMs }: EngineSettings) {
    const fit = (most: number) => new Fit({ least: LEAST, most, targetMs }, most / 3);
    this.#most = { master: mastersPerCall, document: documentsPerCall };
    this.#fits = { master: fit(mastersPerCall), document: fit(documentsPerCall) };
  }

  most(laneClass: LaneClass): number {
    return this.#most[laneClass];
  }

  least(laneClass: LaneClass): number {
    return Math.min(LEAST, this.#most[laneClass]);
  }

  size(laneClass: LaneClass): number {
    return this.#fits[laneClass].size;
  }

  /** A call with so many changes took `ms`. */
  took(laneClass: LaneClass, changes: number, ms: number): void {
    this.#fits[laneClass].took(changes, ms);
  }

  /** No answer came in time: half as many next time. */
  lost(laneClass: LaneClass): void {
    this.#fits[laneClass].halve();
  }
}
