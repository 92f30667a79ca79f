/** Companies below companies. Where people tied a ring of parents, the oldest of it is taken for the top: else none could come first. */
import { related } from './associations.ts';
import type { Client } from './client.ts';
import type { WireRelated } from './schema.ts';
import { byId } from './translate/contact.ts';
import { ASSOCIATION } from './vocabulary.ts';

/** Higher than any company is organised; what is beyond is not looked at. */
const MOST_LEVELS = 20;

/** By company: what it is associated with, without the parent of whoever is the oldest of a ring. */
export async function parentsOf(
  client: Client,
  ids: readonly string[],
): Promise<ReadonlyMap<string, WireRelated[]>> {
  const found = await related(client, 'companies', 'companies', ids);
  const known = new Map([...found].map(([id, edges]) => [id, parentIn(id, edges)]));
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    const above = [...new Set(known.values())].filter((id) => id !== undefined && !known.has(id)) as string[];
    if (above.length === 0) break;
    for (const [id, edges] of await related(client, 'companies', 'companies', above))
      known.set(id, parentIn(id, edges));
  }
  return new Map([...found].map(([id, edges]) => [id, isTop(id, known) ? edges.filter(isNoParent) : edges]));
}

const isNoParent = ({ types }: WireRelated): boolean => !types.includes(ASSOCIATION.childToParentCompany);

const parentIn = (id: string, edges: readonly WireRelated[]): string | undefined =>
  edges.find((edge) => edge.id !== id && !isNoParent(edge))?.id;

/** Whether the way up leads back to a company, and none on it is older. */
function isTop(id: string, parents: ReadonlyMap<string, string | undefined>): boolean {
  const way = new Set<string>();
  let above = parents.get(id);
  while (above !== undefined && above !== id && !way.has(above)) {
    way.add(above);
    above = parents.get(above);
  }
  return above === id && [...way].every((other) => byId({ id }, { id: other }) < 0);
}
