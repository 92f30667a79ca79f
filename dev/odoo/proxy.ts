// The reverse proxy that Odoo with workers needs: one address in front of its HTTP and its websocket port.
import { Agent, createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import httpProxy from 'http-proxy';
import { SetupError } from './process.ts';

/** Where Odoo listens. */
export interface Upstream {
  http: number;
  gevent: number;
}

/** A running proxy. */
export interface ReverseProxy {
  port: number;
  stop(): Promise<void>;
}

/** Starts a proxy on 127.0.0.1; port 0 takes a free one. */
export async function reverseProxy(upstream: Upstream, port: number): Promise<ReverseProxy> {
  const proxy = httpProxy.createProxyServer({
    xfwd: true,
    agent: new Agent(),
    timeout: 0,
    proxyTimeout: 300_000,
  });
  // Odoo closes each connection; clients of the proxy keep theirs.
  proxy.on('proxyRes', (answer) => delete answer.headers.connection);
  proxy.on('error', (error, _request, response) => {
    if (!('writeHead' in response)) return void response.destroy();
    if (!response.headersSent) response.writeHead(502, { 'content-type': 'text/plain' });
    response.end(`Odoo does not answer: ${error.message}\n`);
  });
  const target = (url = '/'): string =>
    `http://127.0.0.1:${/^\/websocket(?:[?/]|$)/.test(url) ? upstream.gevent : upstream.http}`;
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) =>
    proxy.web(request, response, { target: target(request.url) }),
  );
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    proxy.ws(request, socket, head, { target: target(request.url) });
  });
  const sockets = trackSockets(server);
  await listen(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy()); // upgraded connections would keep the server open
      }),
  };
}

function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' ? new SetupError(`Port ${port} is taken by another program.`) : error,
      ),
    );
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
