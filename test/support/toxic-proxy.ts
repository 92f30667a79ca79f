/** A bad network on loopback: a TCP proxy whose line can be slowed, cut, silenced or closed while it is in use. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { pause } from '../../dev/support/sidecar.ts';

/** What is wrong with the line; it concerns open connections as well as new ones. */
export type Toxic =
  /** Everything takes so long in each direction, give or take the jitter; order is kept. */
  | { kind: 'latency'; ms: number; jitterMs: number }
  /** Connections are reset after so many bytes of the answer. */
  | { kind: 'cut'; afterBytes: number }
  /** Connections are accepted and nothing ever comes through, in either direction. */
  | { kind: 'half_open' }
  /** Answers trickle: so many bytes at a time. */
  | { kind: 'drip'; bytes: number; everyMs: number }
  /** Connections are reset as soon as something is sent. */
  | { kind: 'reset' }
  /** Nobody listens. */
  | { kind: 'refuse' };

export interface ToxicProxy {
  url: string;
  /** Makes the line bad in one way, or good again with undefined. A connection that went silent stays silent. */
  set(toxic: Toxic | undefined): Promise<void>;
  /** Resets the connections that went silent, as a firewall does that has forgotten them. */
  resetSilent(): void;
  /** Resolves when a request that has this in its head has come in; it may still be held up by a latency. */
  requested(text: string): Promise<void>;
  /** Connections that were harmed, by what harmed them. */
  readonly harmed: Readonly<Record<Toxic['kind'], number>>;
  close(): Promise<void>;
}

/** One connection through the proxy. */
interface Pair {
  client: Socket;
  server: Socket;
  /** Toxics that have been counted for it. */
  counted: Set<Toxic>;
  answered: number;
  silent: boolean;
}

/** Good at first; `target` may begin to listen later. `random` is uniform in [0, 1). */
export async function openToxicProxy(
  target: { port: number },
  random: () => number = Math.random,
): Promise<ToxicProxy> {
  const harmed = { latency: 0, cut: 0, half_open: 0, drip: 0, reset: 0, refuse: 0 };
  const pairs = new Set<Pair>();
  const awaiting = new Set<{ text: string; resolve: () => void }>();
  let toxic: Toxic | undefined;
  let listening: Server | undefined;
  let port = 0;

  const count = (pair: Pair): void => {
    if (!toxic || pair.counted.has(toxic)) return;
    pair.counted.add(toxic);
    harmed[toxic.kind] += 1;
  };
  const delay = async (): Promise<void> => {
    if (toxic?.kind === 'latency') await pause(toxic.ms + (random() * 2 - 1) * toxic.jitterMs);
  };
  const reset = ({ client, server }: Pair): void => {
    client.resetAndDestroy();
    server.destroy();
  };
  const isLost = (pair: Pair): boolean => {
    if (toxic?.kind === 'half_open') pair.silent = true;
    if (pair.silent || toxic) count(pair);
    if (toxic?.kind === 'reset') reset(pair);
    return pair.silent || toxic?.kind === 'reset';
  };

  /** What came from the vendor or from Odoo, on its way back. */
  const answer = async (pair: Pair, chunk: Buffer): Promise<void> => {
    await delay();
    if (toxic?.kind === 'drip') return trickle(pair, chunk);
    if (toxic?.kind === 'cut' && pair.answered + chunk.length > toxic.afterBytes) {
      pair.client.write(chunk.subarray(0, Math.max(0, toxic.afterBytes - pair.answered)));
      return reset(pair);
    }
    pair.answered += chunk.length;
    pair.client.write(chunk);
  };
  const trickle = async ({ client }: Pair, chunk: Buffer): Promise<void> => {
    for (let from = 0; from < chunk.length && !client.destroyed;) {
      const size = toxic?.kind === 'drip' ? toxic.bytes : chunk.length;
      client.write(chunk.subarray(from, (from += size)));
      if (toxic?.kind === 'drip') await pause(toxic.everyMs);
    }
  };
  const ask = async ({ server }: Pair, chunk: Buffer): Promise<void> => {
    for (const awaited of awaiting)
      if (chunk.includes(awaited.text) && awaiting.delete(awaited)) awaited.resolve();
    await delay();
    server.write(chunk);
  };

  const serve = (client: Socket): void => {
    const server = connect(target.port, '127.0.0.1');
    const pair: Pair = { client, server, counted: new Set(), answered: 0, silent: false };
    pairs.add(pair);
    flow(client, server, isLost.bind(undefined, pair), (chunk) => ask(pair, chunk));
    flow(server, client, isLost.bind(undefined, pair), (chunk) => answer(pair, chunk));
    client.once('close', () => pairs.delete(pair));
  };
  const open = async (): Promise<void> => {
    listening = createServer({ allowHalfOpen: true }, serve);
    await new Promise<void>((resolve) => listening?.listen(port, '127.0.0.1', resolve));
    port = (listening.address() as AddressInfo).port;
  };
  const shut = async (): Promise<void> => {
    const server = listening;
    listening = undefined;
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    for (const pair of pairs) reset(pair);
    await closed;
  };

  await open();
  return {
    url: `http://127.0.0.1:${port}`,
    harmed,
    set: async (next) => {
      toxic = next;
      if (next?.kind === 'refuse') {
        // Who knocks at a closed port is not seen: the closing itself is what is counted.
        harmed.refuse += Math.max(1, pairs.size);
        await shut();
      } else if (!listening) await open();
    },
    requested: (text) => new Promise((resolve) => awaiting.add({ text, resolve })),
    resetSilent: () => [...pairs].filter(({ silent }) => silent).forEach(reset),
    close: shut,
  };
}

/** One direction: chunk after chunk in order, then the end of the sender is the end for the receiver. */
function flow(from: Socket, to: Socket, isLost: () => boolean, pass: (chunk: Buffer) => Promise<void>): void {
  let last = Promise.resolve();
  from.on('data', (chunk: Buffer) => {
    if (isLost()) return;
    from.pause();
    last = last.then(() => pass(chunk)).finally(() => from.resume());
  });
  // What was sent before an end is still on its way, however the sender ended.
  from.once('end', () => void last.then(() => isLost() || to.end()));
  from.on('error', () => void last.then(() => isLost() || to.destroy()));
}
