/** A running sandbox: org, API, messages and admin handles on one port. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { adminAnswer } from './admin.ts';
import { Api, type ApiAnswer, type ApiRequest, type Cut, type Observed } from './api.ts';
import { ApiError } from './errors.ts';
import { Faults, type Fault } from './faults.ts';
import { Nudges, type NudgeTarget } from './nudges.ts';
import { Oauth } from './oauth.ts';
import type { OrgOptions } from './changing.ts';
import { Org } from './org.ts';
import { People } from './people.ts';
import { seed, type Seeding } from './seed.ts';

export interface SandboxOptions extends OrgOptions {
  /** 0 or absent: any free port. */
  port?: number;
  /** Address to listen on; only this machine unless told otherwise. */
  host?: string | undefined;
  clientId?: string;
  clientSecret?: string;
  /** PEM of the public key that belongs to the connected app. */
  publicKey?: string;
  refreshToken?: string;
  /** How long a token lasts; two hours unless given. */
  sessionMs?: number;
  /** Refresh tokens are exchanged at each use. */
  rotates?: boolean;
  dailyLimit?: number;
  /** Most rows in a page of a query (2000), and most children in a list (200). */
  batch?: number;
  childBatch?: number;
  nudges?: NudgeTarget;
  /** Sees every answer of the API as it leaves. */
  observe?: (answer: Observed) => void;
}

export class Sandbox {
  readonly org: Org;
  readonly people: People;
  readonly faults = new Faults();
  readonly oauth: Oauth;
  readonly api: Api;
  readonly nudges: Nudges;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  url = 'http://127.0.0.1';
  readonly seedMany = (seeding: Seeding) => seed(this.org, seeding);
  private server: http.Server | undefined;

  constructor(options: SandboxOptions = {}) {
    this.org = new Org(options);
    this.people = new People(this.org);
    this.clientId = options.clientId ?? '3MVG9sandboxFjordwerk';
    this.clientSecret = options.clientSecret ?? '5ECRETsandboxFjordwerk';
    this.username = String(this.org.find('User', this.org.apiUser)?.['Username']);
    this.oauth = new Oauth(this.org, {
      client: {
        id: this.clientId,
        secret: this.clientSecret,
        publicKey: options.publicKey,
        username: this.username,
        refreshToken: options.refreshToken ?? '5Aep861sandboxRefresh',
      },
      sessionMs: options.sessionMs ?? 2 * 3_600_000,
      rotates: options.rotates ?? false,
    });
    this.api = new Api(this.org, this.oauth, this.faults, {
      dailyLimit: options.dailyLimit ?? 100_000,
      batch: options.batch ?? 2000,
      childBatch: options.childBatch ?? 200,
      url: () => this.url,
      observe: options.observe,
    });
    this.nudges = new Nudges(this.org);
    this.nudges.target = options.nudges;
  }

  async listen(port = 0, host = '127.0.0.1'): Promise<void> {
    const server = http.createServer((request, response) => void this.serve(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    this.server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** What the API answers to a request, without a port: for simulations. */
  handle(request: ApiRequest): ApiAnswer | Cut {
    return this.api.handle(request);
  }

  /** Adds mishaps that are to happen. */
  fault(...faults: Fault[]): void {
    this.faults.add(...faults);
  }

  /** Moves the org's clock. */
  advance(ms: number): void {
    this.org.advance(ms);
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [path = '/', query = ''] = (request.url ?? '/').split('?');
    const body = Buffer.concat(chunks).toString('utf8');
    const method = request.method ?? 'GET';
    if (path.startsWith('/_sandbox')) return this.administer(response, method, path.slice(9), body);
    const answer = this.handle({ method, path, query, headers: request.headers, body });
    if ('cutAfterMs' in answer)
      return void setTimeout(() => request.socket.destroy(), answer.cutAfterMs).unref();
    send(response, answer.status, answer.body, answer.headers);
  }

  private administer(response: http.ServerResponse, method: string, path: string, body: string): void {
    try {
      const answer = adminAnswer(this, method, path, body === '' ? {} : JSON.parse(body));
      send(response, answer === undefined ? 404 : 200, answer ?? { error: 'no such handle' });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      send(response, error instanceof ApiError ? error.status : 400, { error: message });
    }
  }

  async stop(): Promise<void> {
    this.nudges.stop();
    const { server } = this;
    if (!server) return;
    server.closeAllConnections();
    await new Promise<void>((done) => server.close(() => done()));
  }
}

function send(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    ...headers,
    ...(text === '' ? {} : { 'content-type': 'application/json;charset=UTF-8' }),
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
