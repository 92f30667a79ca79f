/** A running sandbox: portal, API, webhooks and handles for stories on one port. */
import { Client } from '@hubspot/api-client';
import express from 'express';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Access } from './access.ts';
import { adminRouter } from './admin.ts';
import { Faults, type Fault } from './faults.ts';
import { Meter, type Limits } from './limits.ts';
import { Portal, type PortalOptions } from './portal.ts';
import type { Actor, Owner, Row } from './records.ts';
import { readyForOdoo } from './ready.ts';
import type { ObjectType } from './schema.ts';
import { ApiServer, type ApiAnswer, type ApiRequest, type Cut, type Observed } from './server.ts';
import { show, type Shown } from './show.ts';
import { Webhooks, type WebhookOptions } from './webhooks.ts';

export interface SandboxOptions extends PortalOptions {
  /** 0 or absent: any free port. */
  port?: number | undefined;
  /** Address to listen on; only this machine unless told otherwise. */
  host?: string | undefined;
  accessToken?: string | undefined;
  webhook?: WebhookOptions | undefined;
  limits?: Partial<Limits> | undefined;
  /** Without the properties that an administrator makes for Odoo. */
  bare?: boolean | undefined;
}

type Values = Record<string, string | number | boolean | null>;

export class Sandbox {
  readonly portal: Portal;
  readonly access: Access;
  readonly meter: Meter;
  readonly faults = new Faults();
  readonly webhooks: Webhooks;
  url = '';
  readonly #api: ApiServer;
  #server: Server | undefined;
  #client: Client | undefined;

  constructor(options: SandboxOptions = {}) {
    this.portal = new Portal(options);
    this.access = new Access(options.accessToken ?? 'pat-eu1-sandbox', this.portal.now);
    this.meter = new Meter(options.limits ?? {}, this.portal.now);
    this.webhooks = new Webhooks(this.portal, this.faults, options.webhook);
    this.#api = new ApiServer(this.portal, this.access, this.meter, this.faults);
    if (options.bare !== true) readyForOdoo(this.portal);
  }

  async listen(port = 0, host = '127.0.0.1'): Promise<void> {
    const app = express();
    app.disable('x-powered-by');
    app.use('/_sandbox', adminRouter(this));
    app.use(this.#api.router());
    const server = await new Promise<Server>((done, failed) => {
      const listening = app.listen(port, host, (error?: Error) => (error ? failed(error) : done(listening)));
    });
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** What the API answers to a request, without a port: for simulations. */
  handle(request: ApiRequest): ApiAnswer | Cut {
    return this.#api.handle(request);
  }

  /** Every answered request, in order. */
  get calls(): readonly Observed[] {
    return this.#api.log;
  }

  /** The official client, pointed at this sandbox with the private app's token. */
  get client(): Client {
    return (this.#client ??= new Client({
      basePath: this.url,
      accessToken: this.access.accessToken ?? 'none',
    }));
  }

  /** A record made by a person in HubSpot. Answers its id. */
  create(type: ObjectType, values: Values, by?: Actor): string {
    return this.portal.create(type, values, by).id;
  }

  update(type: ObjectType, id: string, values: Values, by?: Actor): void {
    this.portal.update(type, id, values, by);
  }

  archive(type: ObjectType, id: string): void {
    this.portal.archive(type, id);
  }

  restore(type: ObjectType, id: string): void {
    this.portal.restore(type, id);
  }

  /** For good: by the right to be forgotten, or after 90 days in the bin. */
  forget(type: ObjectType, id: string): void {
    this.portal.forget(type, id);
  }

  /** The survivor's id: a new one, unless `portal.mergeMintsId` is off. */
  merge(type: ObjectType, primary: string, other: string): string {
    return this.portal.merge(type, primary, other).id;
  }

  /** By a label of the account's own, the vendor's ("Primary", "Parent Company"), or none. */
  associate(from: ObjectType, id: string, to: ObjectType, toId: string, label?: string): void {
    const types = this.portal.associations.types.filter(
      (type) => type.from === from && type.to === to && type.label === (label ?? null),
    );
    const known = types[0]?.typeId ?? this.portal.associations.addLabel(from, to, label ?? '');
    this.portal.associate(from, id, to, toId, [known]);
  }

  /** The first becomes the child of the second. */
  setParent(child: string, parent: string): void {
    this.associate('companies', child, 'companies', parent, 'Parent Company');
  }

  /** A line of a deal. Answers its id. */
  addLine(deal: string, values: Values): string {
    const line = this.create('line_items', values);
    this.portal.associate('deals', deal, 'line_items', line);
    return line;
  }

  /** Into a stage by its label, as a person drags it. */
  moveDeal(deal: string, label: string): void {
    const { pipelines } = this.portal;
    const stage = pipelines.flatMap(({ stages }) => stages).find((one) => one.label === label);
    if (!stage) throw new Error(`No stage is called ${label}`);
    this.update('deals', deal, { dealstage: stage.id });
  }

  addOwner(email: string, firstName = '', lastName = ''): Owner {
    const number = this.portal.owners.length + 1;
    const owner = {
      id: String(70_000 + number),
      userId: 10 + number,
      email,
      firstName,
      lastName,
      archived: false,
    };
    this.portal.owners.push(owner);
    return owner;
  }

  /** The record as it is, archived ones included; undefined: there is none. */
  get(type: ObjectType, id: string): Shown | undefined {
    const row = this.portal.find(type, id);
    return row && this.#shown(row);
  }

  all(type: ObjectType): Shown[] {
    return this.portal
      .all(type)
      .filter(({ archivedAt }) => archivedAt === null)
      .map((row) => this.#shown(row));
  }

  #shown(row: Row): Shown {
    const known = this.portal.properties(row.type);
    return show(row, known, [...known.keys()]);
  }

  /** Many records without events, as before the app was installed. Answers their ids. */
  seedMany(type: ObjectType, count: number, make: (index: number) => Values): string[] {
    this.portal.silent = true;
    const ids = Array.from({ length: count }, (_, index) => this.create(type, make(index)));
    this.portal.silent = false;
    return ids;
  }

  /** One import that changes many records at the same moment; hooks tell of it unless the app is not subscribed. */
  importChange(type: ObjectType, ids: readonly string[], values: Values): void {
    for (const id of ids) this.portal.update(type, id, values, { source: 'IMPORT' });
  }

  /** Adds mishaps that are to happen. */
  fault(...faults: Fault[]): void {
    this.faults.add(...faults);
  }

  async stop(): Promise<void> {
    this.webhooks.stop();
    const server = this.#server;
    if (!server) return;
    server.closeAllConnections();
    await new Promise<void>((done) => server.close(() => done()));
  }
}
