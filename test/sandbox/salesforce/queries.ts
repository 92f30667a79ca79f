/** Queries page by page; the place in a long answer is remembered for two days. */
import { invalid } from './errors.ts';
import type { Org } from './org.ts';
import { find, render, type Found } from './query.ts';
import { parseSoql } from './soql.ts';

const REMEMBERED_MS = 2 * 24 * 3_600_000;

interface Kept extends Found {
  until: number;
  batch: number;
  version: string;
}

export class Queries {
  private readonly org: Org;
  private readonly childBatch: () => number;
  private readonly kept = new Map<string, Kept>();

  constructor(org: Org, options: { childBatch: number }) {
    this.org = org;
    this.childBatch = () => options.childBatch;
  }

  run(soql: string, all: boolean, batch: number, version: string): unknown {
    const query = parseSoql(soql);
    const found = find(this.org, query, all);
    if (query.count) return { totalSize: found.rows.length, done: true, records: [] };
    return this.page({ ...found, until: this.org.now() + REMEMBERED_MS, batch, version }, undefined, 0);
  }

  /** The page that a `nextRecordsUrl` leads to. */
  more(locator: string): unknown {
    const [, id = '', from = '0'] = /^(\w+)-(\d+)$/.exec(locator) ?? [];
    const kept = this.kept.get(id);
    if (!kept || kept.until < this.org.now()) throw invalid('INVALID_QUERY_LOCATOR', 'invalid query locator');
    return this.page(kept, id, Number(from));
  }

  private page(kept: Kept, known: string | undefined, from: number): unknown {
    const rows = kept.rows.slice(from, from + kept.batch);
    const end = from + rows.length;
    const done = end >= kept.rows.length;
    const locator = known ?? (done ? undefined : this.keep(kept));
    const view = {
      org: this.org,
      version: kept.version,
      childBatch: this.childBatch(),
      rest: (rest: Found) =>
        `/services/data/v${kept.version}/query/${this.keep({ ...kept, ...rest, batch: this.childBatch() })}-0`,
    };
    return {
      totalSize: kept.rows.length,
      done,
      ...(done ? {} : { nextRecordsUrl: `/services/data/v${kept.version}/query/${locator}-${end}` }),
      // What was deleted for good meanwhile is no longer there.
      records: rows.map((row) => render(view, kept, this.org.find(kept.def.name, row.Id) ?? row)),
    };
  }

  private keep(kept: Kept): string {
    const id = this.org.ids.next('01g');
    this.kept.set(id, kept);
    return id;
  }
}
