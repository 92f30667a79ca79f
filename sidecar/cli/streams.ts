/** The streams of all connections for `saas-sync status`: how far each is known, and what its last listing found. */
import type { EngineStatus } from '../engine/index.ts';
import { table } from './output.ts';

type Connections = EngineStatus['connections'];

export function drawnStreams(connections: Connections): string {
  const rows = connections.flatMap(({ id, streams }) =>
    streams.map(({ name, fresh_at: fresh, progress, next_at: next, last }) => [
      id,
      name,
      fresh ?? 'never read to its end',
      last ? `${last.listed} listed, ${last.put} new or changed, ${last.expected} linked` : '',
      progress ?? '',
      next ?? '',
    ]),
  );
  return table(['connection', 'stream', 'complete as of', 'last listing', 'now', 'next look'], rows);
}

/** What a person has to decide; empty when nothing is. */
export function drawnBrakes(connections: Connections): string {
  return connections
    .flatMap(({ id, brakes }) =>
      brakes.map(
        ({ stream, kind, absent, of, examples }) =>
          `${id}: ${absent} of ${of} linked records (${kind}) are missing in ${stream}, e.g. ${examples.join(', ')}.\n` +
          '  Nothing was done about them. Decide on the connection in Odoo: check each, or leave them.',
      ),
    )
    .join('\n');
}
