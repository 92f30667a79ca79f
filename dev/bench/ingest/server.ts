/** One of the servers under load: the sidecar's own, or a bare one of node's to compare with. */
import '../../../bin/frugal.mjs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connectorOf } from '../../../sidecar/connectors/index.ts';
import { createEngine, type Logger, type OdooPort } from '../../../sidecar/engine/index.ts';
import { systemClock } from '../../../sidecar/engine/wake.ts';
import { rulesFrom } from '../../../sidecar/main.ts';
import { createMetrics, createServer } from '../../../sidecar/server/index.ts';
import { openStore } from '../../../sidecar/store/sqlite/index.ts';
import { answer, given } from '../child.ts';
import { CONNECTION, connection } from './connection.ts';

const { kind, folder } = given<{ kind: 'hooks' | 'empty' | 'reading'; folder: string }>();

let stored = (): number => 0;
const server = kind === 'hooks' ? sidecarServer() : http.createServer(bare);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

answer({
  url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/${CONNECTION}`,
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  stored: () => stored(),
});

function bare(request: http.IncomingMessage, response: http.ServerResponse): void {
  if (kind === 'empty') return void response.end();
  request.resume();
  request.on('end', () => response.end());
}

/** Everything as in `serve`, but the engine is not started: only the door is measured. */
function sidecarServer(): http.Server {
  const store = openStore(join(folder, 'store.sqlite'));
  stored = () => store.counters(CONNECTION).received;
  const members = [{ connection, connector: connectorOf('stripe')! }];
  const nothing = () => {};
  const logger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const metrics = createMetrics();
  const engine = createEngine({
    store,
    odoo: {} as OdooPort,
    rules: rulesFrom('sync-rules'),
    members,
    clock: systemClock,
    random: Math.random,
    logger,
    meter: metrics.meter,
    version: 'bench',
  });
  const tokens = { admin: undefined, local: 'bench', poke: undefined };
  return createServer({ engine, store, members, logger, metrics, tokens, version: 'bench', now: Date.now });
}
