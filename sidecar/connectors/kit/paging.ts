/** Walking through a listing that comes in pages. */

export interface RawPage<T> {
  items: T[];
  /** Where the next page starts; null = this was the last one. */
  next: string | null;
}

/** Page after page from `start` on. A vendor that hands out the same cursor twice would never end, so that ends it. */
export async function* pages<T>(
  start: string | null,
  fetch: (cursor: string | null) => Promise<RawPage<T>>,
): AsyncGenerator<RawPage<T>> {
  let cursor = start;
  for (;;) {
    const page = await fetch(cursor);
    yield page;
    if (page.next === null || page.next === cursor) return;
    cursor = page.next;
  }
}

/** All items of all pages in one array; for short lists that belong to one record. */
export async function everything<T>(
  start: string | null,
  fetch: (cursor: string | null) => Promise<RawPage<T>>,
): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages(start, fetch)) all.push(...page.items);
  return all;
}
