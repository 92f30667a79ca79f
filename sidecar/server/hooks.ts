/** The vendors' door: verify, store, answer. Directly on node's http server, because this is the hot path. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection } from '../domain/connection.ts';
import type { Connector, Received } from '../domain/connector.ts';
import { asFailure, type Failure, Refused } from '../domain/failure.ts';
import type { Intake, Logger, Tracer } from '../engine/index.ts';
import { sendProblem } from './problem.ts';
import { createSeldom } from './seldom.ts';

export const MOST_BYTES = 1024 * 1024;
/** What is too large is read to its end for this long, so that the sender gets to see the answer. */
const DRAIN_MS = 5_000;

export interface HookDeps {
  members: readonly { connection: Connection; connector: Connector }[];
  intake: Intake;
  now: () => number;
  logger: Logger;
  tracer: Tracer;
  /** Why senders should come back later; undefined while they need not. */
  overload: () => Failure | undefined;
  /** Called after every answer: which connection, HTTP status, seconds it took. */
  measured: (connection: string, status: number, seconds: number) => void;
}

export type HookHandler = (request: IncomingMessage, response: ServerResponse) => void;

const PATH = /^\/hooks\/([^/?]+)\/?(?:\?|$)/;

export function createHooks(deps: HookDeps): HookHandler {
  const members = new Map(deps.members.map((member) => [member.connection.id, member]));
  const seldom = createSeldom(deps.now);
  const tellRefusal = (connection: string, { class: kind, message, code }: Failure) => {
    const unsaid = seldom.say(`${connection} ${kind === 'transient' ? kind : code}`);
    if (unsaid !== undefined) deps.logger.warn(`Webhook not taken: ${message}`, { connection, code, unsaid });
  };
  return (request, response) => {
    const begun = performance.now();
    const name = PATH.exec(request.url ?? '')?.[1] ?? '';
    const member = members.get(name);
    const done = (status: number) =>
      deps.measured(member ? name : 'unknown', status, (performance.now() - begun) / 1_000);
    void (async () => {
      try {
        check(request, name, member !== undefined, deps);
        done(
          await deps.tracer.span('hook', { connection: name }, () =>
            answer(request, response, member!, deps),
          ),
        );
        seldom.over(`${name} transient`);
      } catch (error) {
        const failure = asFailure(error);
        if (failure.class === 'bug')
          deps.logger.error(failure.message, { connection: name, stack: failure.stack });
        else tellRefusal(member ? name : 'unknown', failure);
        if (request.method !== 'POST') response.setHeader('allow', 'POST');
        await drained(request);
        done(sendProblem(response, failure, request.method === 'POST' ? undefined : 405));
      }
    })();
  };
}

function check(request: IncomingMessage, name: string, known: boolean, deps: HookDeps): void {
  if (request.method !== 'POST')
    throw new Refused(400, 'method', 'Webhooks are sent by POST', {
      hint: 'This address is for the vendor’s webhooks; for a look at the sidecar open /healthz or /readyz.',
    });
  if (!known)
    throw new Refused(404, 'unknown_connection', `There is no connection "${name}" here`, {
      hint: 'The address is /hooks/ and the id of the connection in connections.yaml.',
    });
  const short = deps.overload();
  if (short) throw short;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { connection, connector }: HookDeps['members'][number],
  deps: HookDeps,
): Promise<number> {
  const body = await bodyOf(request);
  const raw = { headers: request.headers, body, receivedAt: deps.now() };
  const received: Received = connector.receive(raw, connection);
  const { answer: wanted } = received;
  if (received.deliveries.length === 0 && !wanted)
    return json(response, 200, { ignored: received.ignored ?? 'nothing to do' });
  const deliveries = received.deliveries.map(({ id }) => id);
  deps.tracer.began(connection.id, deliveries);
  const results = await deps.intake.put(received.deliveries);
  const status = wanted ? 200 : 202;
  deps.logger.debug('Webhook answered', { connection: connection.id, status, deliveries });
  if (wanted) return send(response, status, wanted.contentType, wanted.body);
  return json(response, 202, { accepted: true, duplicate: results.every(({ duplicate }) => duplicate) });
}

/** The whole body as it came. Throws Refused 413 beyond one megabyte. */
function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const tooLarge = () => {
      request.removeAllListeners('data');
      reject(
        new Refused(413, 'too_large', 'A webhook may have at most one megabyte', {
          hint: 'No vendor sends that much: find out who else uses this address.',
        }),
      );
    };
    if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return tooLarge();
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_BYTES) return tooLarge();
      chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks, size)));
    request.on('error', (error) =>
      reject(
        new Refused(400, 'cut_off', 'The message was cut off', {
          hint: 'It will be sent again. If it happens often, look at the proxy in front of the sidecar.',
          cause: error,
        }),
      ),
    );
    return undefined;
  });
}

/** Lets the rest of a refused message run out: closing on a sender that still talks would hide the answer. */
function drained(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const patience = setTimeout(resolve, DRAIN_MS);
    const end = () => {
      clearTimeout(patience);
      resolve();
    };
    request.once('end', end);
    request.once('close', end);
    request.resume();
  });
}

const json = (response: ServerResponse, status: number, body: unknown): number =>
  send(response, status, 'application/json', JSON.stringify(body));

function send(response: ServerResponse, status: number, contentType: string, text: string): number {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
  response.end(text);
  return status;
}
