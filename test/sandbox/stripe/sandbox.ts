/** A running sandbox: account, API, webhooks and admin handles on one port. */
import express from 'express';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import StripeClient, { type Stripe } from 'stripe';
import { Account, API_VERSION, type AccountOptions } from './account.ts';
import { adminRouter } from './admin.ts';
import { booksOf, type Books } from './books.ts';
import { Faults, type Fault } from './faults.ts';
import { resources } from './resources/index.ts';
import { registerEndpoint } from './resources/webhook_endpoints.ts';
import { seedMany, type Seeded } from './seed.ts';
import { ApiServer, type ApiAnswer, type ApiRequest, type Cut, type Observed } from './server.ts';
import { playStory, type PlayOptions } from './story.ts';
import { advance } from './time.ts';
import { Webhooks, type DeliveryOptions } from './webhooks.ts';

export type SandboxOptions = AccountOptions & {
  /** 0 or absent: any free port. */
  port?: number;
  /** Address to listen on; only this machine unless told otherwise. */
  host?: string | undefined;
  apiKey?: string;
  /** Registers one endpoint for all events, unless the saved account already has it. */
  webhook?: { url: string; secret: string } | undefined;
  delivery?: DeliveryOptions;
  /** Requests per second before 429; absent = no limit. */
  rateLimit?: number;
  /** The clock that requests per second are counted by, in ms; the machine's unless given. */
  clock?: () => number;
  /** Sees every answer of the API as it leaves. */
  observe?: (answer: Observed) => void;
};

export class Sandbox {
  readonly memory: Account;
  readonly faults = new Faults();
  readonly webhooks: Webhooks;
  readonly apiKey: string;
  url = '';
  private official: Stripe | undefined;
  private readonly api: ApiServer;
  private server: Server | undefined;

  constructor(options: SandboxOptions) {
    this.apiKey = options.apiKey ?? 'sk_test_51SandboxNordlicht';
    this.memory = new Account(options);
    const { webhook } = options;
    if (webhook) this.ensureEndpoint(webhook.url, webhook.secret);
    this.webhooks = new Webhooks(this.memory, this.faults, options.delivery);
    this.api = new ApiServer(this.memory, this.faults, resources, {
      apiKey: this.apiKey,
      rateLimit: options.rateLimit ?? 0,
      clock: options.clock,
      observe: options.observe,
    });
  }

  async listen(port = 0, host = '127.0.0.1'): Promise<void> {
    const app = express();
    app.disable('x-powered-by');
    app.use('/_sandbox', adminRouter(this));
    app.use(this.api.router());
    const server = await new Promise<Server>((done, failed) => {
      const listening = app.listen(port, host, (error?: Error) => (error ? failed(error) : done(listening)));
    });
    this.server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** The account's id, `acct_…`. */
  get account(): string {
    return this.memory.id;
  }

  /** The official client, pointed at this sandbox. */
  get client(): Stripe {
    const { hostname, port } = new URL(this.url);
    return (this.official ??= new StripeClient(this.apiKey, {
      host: hostname,
      port: Number(port),
      protocol: 'http',
      maxNetworkRetries: 2,
      telemetry: false,
    }));
  }

  /** What the API answers to a request, without a port: for simulations. */
  handle(request: ApiRequest): ApiAnswer | Cut {
    return this.api.handle(request);
  }

  books(): Books {
    return booksOf(this.memory);
  }

  /** Moves the clock to a time in Unix seconds; what falls due on the way happens. */
  advance(to: number): void {
    advance(this.memory, to);
  }

  /** Adds mishaps that are to happen. */
  fault(...faults: Fault[]): void {
    this.faults.add(...faults);
  }

  limit(perSecond: number): void {
    this.api.limit(perSecond);
  }

  play(options: PlayOptions = {}): Promise<void> {
    return playStory(this, options);
  }

  /** Adds n customers, each with a paid invoice, without events. */
  seedMany(n: number): Seeded {
    return seedMany(this.memory, n);
  }

  /** Registers an endpoint for all events with a known secret; a known URL gets the secret. */
  ensureEndpoint(url: string, secret: string): string {
    const known = this.memory.all('webhook_endpoint').find((row) => row['url'] === url);
    if (known) {
      known['_secrets'] = [secret];
      return known.id;
    }
    return registerEndpoint(this.memory, { url, secret, events: ['*'], apiVersion: API_VERSION }).id;
  }

  /** A new secret; with an overlap the old one signs as well. */
  rollSecret(endpointId: string, secret?: string, overlap = true): string {
    const endpoint = this.memory.get('webhook_endpoint', endpointId);
    const fresh = secret ?? `whsec_${this.memory.ids.random(32)}`;
    endpoint['_secrets'] = overlap ? [fresh, ...endpoint['_secrets'].slice(0, 1)] : [fresh];
    return fresh;
  }

  /** Forgets all objects but the endpoints. */
  reset(): void {
    const endpoints = this.memory.all('webhook_endpoint');
    this.memory.reset();
    for (const endpoint of endpoints) this.memory.insert('webhook_endpoint', endpoint);
    this.faults.clear();
    this.webhooks.log.length = 0;
  }

  async stop(): Promise<void> {
    this.webhooks.stop();
    this.memory.flush();
    const { server } = this;
    if (!server) return;
    server.closeAllConnections();
    await new Promise<void>((done) => server.close(() => done()));
  }
}
