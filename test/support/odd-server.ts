/** A small http server on loopback that answers, or fails to answer, exactly as a test wants. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** What the server does with a request that was read to its end. */
export type Play = (response: ServerResponse, seen: Seen) => void;

/** An open server; `seen` grows with every request. */
export interface OddServer {
  url: string;
  seen: Seen[];
  /** What the next requests get. */
  play: Play;
  close: () => Promise<void>;
}

/** Listens on a free port of loopback. */
export async function openOddServer(): Promise<OddServer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
      odd.seen.push(seen);
      odd.play(response, seen);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const odd: OddServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    play: (response) => void response.end(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return odd;
}

/** An answer with this status and type. */
export const answer =
  (status: number, type: string, body: string, headers: Record<string, string> = {}): Play =>
  (response) =>
    void response.writeHead(status, { 'Content-Type': type, ...headers }).end(body);

/** A JSON answer. */
export const json = (status: number, value: unknown, headers?: Record<string, string>): Play =>
  answer(status, 'application/json; charset=utf-8', JSON.stringify(value), headers);

/** An HTML page, as routers and proxies send it. */
export const page = (status: number): Play => answer(status, 'text/html', '<html><h1>Not Found</h1></html>');

/** The request is read to its end, and nobody ever answers. */
export const hang: Play = () => undefined;

/** The connection is reset after the request was read. */
export const reset: Play = (response) => void response.socket?.resetAndDestroy();

/** Half of the promised body, then the connection ends. */
export const half =
  (type: string, body: string): Play =>
  (response) => {
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(body)) });
    response.write(body.slice(0, body.length / 2), () => response.socket?.destroy());
  };
