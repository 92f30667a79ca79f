/** What a benchmark is, what it measures, and the few numbers that all of them need. */

/** How much is measured; `--quick` only shows that the harness works. */
export interface Sizes {
  quick: boolean;
  /** Customers in one round. */
  customers: number;
  /** Invoices in one round. */
  invoices: number;
  /** Rounds of everything that is repeated. */
  rounds: number;
  /** Records per kind of figure that are sent one by one. */
  singles: number;
  /** Seconds of load in one round of `ingest`. */
  seconds: number;
  /** Records that are listed again by `unchanged`. */
  unchanged: number;
  /** Deliveries in the large and in the small store. */
  large: number;
  small: number;
  /** Deliveries that wait at a restart. */
  restart: number;
  /** Records of a first contact, and contacts that Odoo holds then; `looked`: how many of them pass through a real Odoo. */
  contacts: number;
  looked: number;
  /** Changes seen in the browser. */
  samples: number;
  /** Contacts of a CRM's first load, five for each company. */
  people: number;
  /** Edits in Odoo that are followed to the vendor. */
  edits: number;
}

export const FULL: Sizes = {
  quick: false,
  customers: 2_000,
  invoices: 500,
  rounds: 3,
  singles: 40,
  seconds: 6,
  unchanged: 20_000,
  large: 1_000_000,
  small: 10_000,
  restart: 100_000,
  contacts: 280_000,
  looked: 30_000,
  samples: 24,
  people: 10_000,
  edits: 80,
};

export const QUICK: Sizes = {
  quick: true,
  customers: 300,
  invoices: 60,
  rounds: 1,
  singles: 5,
  seconds: 2,
  unchanged: 2_000,
  large: 20_000,
  small: 2_000,
  restart: 5_000,
  contacts: 5_000,
  looked: 1_000,
  samples: 4,
  people: 500,
  edits: 10,
};

/** One measured number. Without a `goal` it is there for information. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** What the figure is compared with, in the same unit and of the same run. */
  floor?: number;
  /** Figure against floor, above 1 = better than the floor. */
  ratio?: number;
  goal?: string;
  met?: boolean;
  note?: string;
}

export interface Benchmark {
  name: string;
  goal: string;
  run(sizes: Sizes, say: (text: string) => void): Promise<Figure[]>;
}

/** A figure with a goal. */
export function judged(figure: Omit<Figure, 'goal' | 'met'>, goal: string, met: boolean): Figure {
  return { ...figure, goal, met };
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** `820, 870, 905`: the single rounds, for the note beside a median. */
export const rounds = (values: readonly number[], digits = 0): string =>
  `rounds: ${values.map((value) => value.toFixed(digits)).join(', ')}`;
