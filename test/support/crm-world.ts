/** The whole path for flow tests of CRMs: the real Odoo of the run, one sandbox per system, and one sidecar that knows them all. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logIn, type Person } from '../../dev/support/admin.ts';
import { freePort } from '../../dev/odoo/ports.ts';
import { pause, startSidecar, type Sidecar, type SidecarStatus } from '../../dev/support/sidecar.ts';
import { startHubSpotSandbox, type HubSpotSandbox } from '../sandbox/hubspot/index.ts';
import { startSalesforceSandbox, type SalesforceSandbox } from '../sandbox/salesforce/index.ts';
import { startStripeSandbox, type StripeSandbox } from '../sandbox/stripe/index.ts';

export type System = 'hubspot' | 'salesforce' | 'stripe';

/** The app secret of HubSpot, the token of Salesforce's flows, the signing secret of Stripe. */
export const HOOK_SECRET = 'whsec_of_the_crm_flows';

export interface CrmWorldOptions {
  /** Distinguishes the connections of this file from those of the others. */
  name: string;
  systems: readonly System[];
  /** Objects of Salesforce whose changes its flows tell; everything else is found by the poll. */
  nudged?: readonly string[];
  /** Changes to the rules that are shipped: file → [found, put in its place]. Throws if one is not found. */
  rules?: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  /** What the vendors hold before the sidecar ever meets them. */
  fill?: (world: Pick<CrmWorld, System>) => void | Promise<void>;
  env?: Record<string, string>;
}

/** What Odoo knows of one record of a vendor. */
export interface LinkRow {
  id: number;
  kind: string;
  model: string;
  res_id: number;
  state: string;
}

export interface Problem {
  id: number;
  code: string;
  message: string;
  hint: string;
  state: string;
}

export type Values = Record<string, unknown>;

export interface CrmWorld {
  admin: Person;
  /** Replaced by `restart`. */
  sidecar: Sidecar;
  /** Reading a system that was not asked for throws. */
  readonly hubspot: HubSpotSandbox;
  readonly salesforce: SalesforceSandbox;
  readonly stripe: StripeSandbox;
  /** Id of the connection in the sidecar, code of it in Odoo. */
  connection(system: System): string;
  /** Where the system's webhooks go. */
  hook(system: System): string;
  counters(system: System): Promise<SidecarStatus['connections'][number]>;
  link(system: System, kind: string, externalId: string): Promise<LinkRow | undefined>;
  /** Id of Odoo's record once the link is there. */
  arrival(system: System, kind: string, externalId: string): Promise<number>;
  read(model: string, id: number, fields: string[]): Promise<Values>;
  write(model: string, id: number, values: Values): Promise<void>;
  /** The exception of a record that is not done with, if there is one. */
  problem(system: System, kind: string, externalId: string): Promise<Problem | undefined>;
  /** Waits until the sidecar has nothing to do, including what Odoo has for it. */
  quiet(): Promise<void>;
  stopSidecar(): Promise<void>;
  startSidecar(): Promise<void>;
  close(): Promise<void>;
}

/** Asks until the answer is the wanted one; throws after `timeoutMs` with the last answer. */
export async function come<T>(
  what: string,
  ask: () => T | Promise<T>,
  wanted: (answer: T) => boolean = Boolean,
  timeoutMs = 20_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > end)
      throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}; at last: ${JSON.stringify(answer)}`);
    await pause(50);
  }
}

export async function openCrmWorld(
  odoo: { url: string; database: string; apiKey: string },
  options: CrmWorldOptions,
): Promise<CrmWorld> {
  const folder = mkdtempSync(join(tmpdir(), `saas-sync-${options.name}-`));
  const run = `${options.name}-${Date.now().toString(36)}`;
  const port = await freePort();
  const admin = await logIn(odoo.url, odoo.database, 'admin', 'admin');
  const connection = (system: System) => `${system}-${run}`;
  const hook = (system: System) => `http://127.0.0.1:${port}/hooks/${connection(system)}`;
  const sandboxes = await startSandboxes(options, hook);
  const vendor = <S extends System>(system: S): NonNullable<Sandboxes[S]> => {
    const found = sandboxes[system];
    if (!found) throw new Error(`This world has no ${system}`);
    return found;
  };
  const settings = {
    home: join(folder, 'sidecar'),
    port,
    odoo,
    connections: {
      connections: options.systems.map((system) => connectionTo(system, connection(system), sandboxes, hook)),
    },
    env: {
      HUBSPOT_TOKEN: 'pat-eu1-sandbox',
      SALESFORCE_ID: sandboxes.salesforce?.clientId ?? '',
      SALESFORCE_SECRET: sandboxes.salesforce?.clientSecret ?? '',
      STRIPE_KEY: sandboxes.stripe?.apiKey ?? '',
      HOOK_SECRET,
      SAAS_SYNC_RULES: rulesWith(options.rules ?? {}, join(folder, 'rules')),
      ...options.env,
    },
  };
  const search = <T>(model: string, system: System, kind: string, externalId: string, fields: string[]) =>
    admin.search<T>(model, namedBy(connection(system), kind, externalId), fields);
  const world: CrmWorld = {
    admin,
    get hubspot() {
      return vendor('hubspot');
    },
    get salesforce() {
      return vendor('salesforce');
    },
    get stripe() {
      return vendor('stripe');
    },
    sidecar: undefined as never,
    connection,
    hook,
    counters: async (system) => {
      const { connections } = await world.sidecar.status();
      return connections.find(({ id }) => id === connection(system))!;
    },
    link: async (...key) =>
      (await search<LinkRow>('saas.sync.link', ...key, LINK)).find(({ kind }) => kind === key[1]),
    arrival: async (...key) =>
      await come(
        `${key.join(' ')} to be in Odoo`,
        async () => (await world.link(...key)) ?? (await world.problem(...key)),
        (found) => found !== undefined && 'res_id' in found,
      ).then((found) => (found as LinkRow).res_id),
    read: async (model, id, fields) =>
      (await admin.search<Values>(model, [['id', '=', id], ...EVEN_ARCHIVED(model)], fields))[0] ?? {},
    write: async (model, id, values) => void (await admin.call(model, 'write', [[id], values])),
    problem: async (...key) => {
      const found = await search<Problem>('saas.sync.exception', ...key, PROBLEM);
      return found.find(({ state }) => !['resolved', 'ignored'].includes(state));
    },
    quiet: async () => {
      await come(
        'Odoo to have no news',
        async () => (await outbox(admin, run)).length,
        (left) => left === 0,
      );
      await world.sidecar.idle(60_000);
    },
    stopSidecar: () => world.sidecar.stop(),
    startSidecar: async () => {
      world.sidecar = await startSidecar(settings);
    },
    close: async () => {
      await world.sidecar.stop();
      await Promise.all(Object.values(sandboxes).map((sandbox) => sandbox?.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await options.fill?.(world);
  await world.startSidecar();
  return world;
}

const LINK = ['kind', 'model', 'res_id', 'state'];
const PROBLEM = ['code', 'message', 'hint', 'state'];

const EVEN_ARCHIVED = (model: string): unknown[] =>
  ['res.partner', 'crm.lead', 'product.template'].includes(model) ? [['active', 'in', [true, false]]] : [];

const namedBy = (connection: string, kind: string, externalId: string) => [
  ['connection_id.code', '=', connection],
  // What is wrong with a won deal stands under its order.
  ['kind', 'in', kind === 'deal' ? ['deal', 'order'] : [kind]],
  ['external_id', '=', externalId],
];

/** What Odoo still has to tell the connections of this file. */
const outbox = (admin: Person, run: string) =>
  admin.search(
    'saas.sync.outbox',
    [
      ['connection_id.code', '=like', `%-${run}`],
      ['state', 'in', ['pending', 'taken']],
    ],
    ['id'],
  );

interface Sandboxes {
  hubspot?: HubSpotSandbox;
  salesforce?: SalesforceSandbox;
  stripe?: StripeSandbox;
}

async function startSandboxes(
  { systems, nudged, name }: CrmWorldOptions,
  hook: (system: System) => string,
): Promise<Sandboxes> {
  const secret = HOOK_SECRET;
  const found: Sandboxes = {};
  if (systems.includes('hubspot'))
    found.hubspot = await startHubSpotSandbox({ webhook: { url: hook('hubspot'), secret } });
  if (systems.includes('salesforce'))
    found.salesforce = await startSalesforceSandbox({
      nudges: { url: hook('salesforce'), token: secret, form: 'flow', objects: nudged ?? NUDGED },
    });
  if (systems.includes('stripe'))
    found.stripe = await startStripeSandbox({
      port: await freePort(),
      seed: name,
      webhook: { url: hook('stripe'), secret },
    });
  return found;
}

const NUDGED = ['Account', 'Contact', 'Product2', 'Opportunity', 'OpportunityLineItem'];

function connectionTo(
  system: System,
  id: string,
  { hubspot, salesforce, stripe }: Sandboxes,
  hook: (system: System) => string,
): unknown {
  const common = { id, name: NAMES[system], system, environment: 'test', time_zone: 'Europe/Berlin' };
  const webhook_secret = { env: 'HOOK_SECRET' };
  if (system === 'hubspot')
    return {
      ...common,
      base_url: hubspot?.url,
      credentials: { access_token: { env: 'HUBSPOT_TOKEN' }, webhook_secret },
      options: { public_url: hook('hubspot'), currency: 'EUR' },
    };
  if (system === 'salesforce')
    return {
      ...common,
      base_url: salesforce?.url,
      credentials: {
        client_id: { env: 'SALESFORCE_ID' },
        client_secret: { env: 'SALESFORCE_SECRET' },
        webhook_secret,
      },
      options: { currency: 'EUR' },
    };
  return {
    ...common,
    base_url: stripe?.url,
    credentials: { api_key: { env: 'STRIPE_KEY' }, webhook_secret },
    options: { account: stripe?.account },
  };
}

const NAMES: Record<System, string> = { hubspot: 'HubSpot', salesforce: 'Salesforce', stripe: 'Stripe' };

/** A copy of the shipped rules with a few words changed. */
function rulesWith(changes: NonNullable<CrmWorldOptions['rules']>, folder: string): string {
  cpSync('sync-rules', folder, { recursive: true });
  for (const [file, words] of Object.entries(changes)) {
    const path = join(folder, file);
    let text = readFileSync(path, 'utf8');
    for (const [found, replaced] of words) {
      if (!text.includes(found)) throw new Error(`${file} does not say ${found}`);
      text = text.replace(found, () => replaced);
    }
    writeFileSync(path, text);
  }
  return folder;
}
