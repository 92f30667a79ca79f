/** Which records belong together, read for many records at once (associations v4). */
import * as z from 'zod';
import { InvalidData } from '../../domain/failure.ts';
import { isRecord } from '../kit/json.ts';
import type { Client } from './client.ts';
import type { WireRelated } from './schema.ts';
import { TITLE } from './settings.ts';
import type { ObjectType } from './vocabulary.ts';

const Results = z.array(
  z.object({
    from: z.object({ id: z.string() }),
    to: z.array(
      z.object({
        // A number on the wire: one that no double holds exactly would name another record.
        toObjectId: z.union([z.int().transform(String), z.string()]),
        associationTypes: z.array(z.object({ typeId: z.int(), label: z.string().nullish() })),
      }),
    ),
    paging: z.object({ next: z.object({ after: z.string() }).optional() }).optional(),
  }),
);

/** The most records that are asked for at once (documentation, "Associations v4", limits). */
const MOST = 1_000;

/** By the id of `from`: what it is associated with, in the order of the vendor's answer. None: an empty list. */
export async function related(
  client: Client,
  from: ObjectType,
  to: ObjectType,
  ids: readonly string[],
): Promise<Map<string, WireRelated[]>> {
  const found = new Map<string, WireRelated[]>(ids.map((id) => [id, []]));
  let inputs: { id: string; after?: string }[] = ids.map((id) => ({ id }));
  while (inputs.length > 0) {
    const more: typeof inputs = [];
    for (const result of await page(client, from, to, inputs.slice(0, MOST))) {
      found.get(result.from.id)?.push(...result.to.map(relatedOf));
      const after = result.paging?.next?.after;
      if (after !== undefined) more.push({ id: result.from.id, after });
    }
    inputs = [...inputs.slice(MOST), ...more];
  }
  return found;
}

type Result = z.infer<typeof Results>[number];

/** 207 says which records have none; that is no error. */
async function page(client: Client, from: string, to: string, inputs: unknown[]): Promise<Result[]> {
  const path = `/crm/v4/associations/${from}/${to}/batch/read`;
  const { body } = await client.ask(path, { inputs });
  const parsed = Results.safeParse(isRecord(body) ? body['results'] : undefined);
  if (parsed.success) return parsed.data;
  throw new InvalidData(
    'unexpected_shape',
    `${TITLE} answered ${path} with something else than associations`,
  );
}

function relatedOf({ toObjectId, associationTypes }: Result['to'][number]): WireRelated {
  return {
    id: toObjectId,
    types: associationTypes.map(({ typeId }) => typeId),
    labels: associationTypes.flatMap(({ label }) => (label ? [label] : [])),
  };
}
