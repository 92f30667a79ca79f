/** A HubSpot portal in the simulated world: its people, its webhooks, and the line to it. */
import type { Connection } from '../../../sidecar/domain/connection.ts';
import type { Transport } from '../../../sidecar/domain/connector.ts';
import { signatureHeaders } from '../../sandbox/hubspot/index.ts';
import type { HookEvent } from '../../sandbox/hubspot/records.ts';
import { Sandbox } from '../../sandbox/hubspot/sandbox.ts';
import type { ObjectType } from '../../sandbox/hubspot/schema.ts';
import type { CrmDeps, CrmSide, Told } from './crm.ts';
import { cellName, words } from './ledger.ts';
import type { Entry, Sale } from './plan.ts';
import type { Compared } from './rules.ts';

const HOOK = 'https://sync.example.com/hooks/hubspot';
const SECRET = 'app-secret';

const TYPE: Record<Compared, ObjectType> = { customer: 'companies', contact: 'contacts', deal: 'deals' };
const KIND: Partial<Record<string, Compared>> = { companies: 'customer', contacts: 'contact', deals: 'deal' };
const KIND_OF_ID: Record<string, Compared> = { '0-2': 'customer', '0-1': 'contact', '0-3': 'deal' };

/** Odoo's field → property. A contact's name is two properties. */
const PROPERTY: Record<Compared, Record<string, string>> = {
  customer: {
    name: 'name',
    phone: 'phone',
    zip: 'zip',
    city: 'city',
    street: 'address',
    saas_sync_standing: 'odoo_standing',
  },
  contact: { name: 'lastname', function: 'jobtitle', phone: 'phone' },
  deal: {
    name: 'dealname',
    saas_sync_order_state: 'odoo_order_state',
    saas_sync_order_name: 'odoo_order_name',
  },
};

export class HubSpotSide implements CrmSide {
  readonly system = 'hubspot' as const;
  readonly connection: Connection = {
    id: 'hubspot',
    system: 'hubspot',
    company: 'base.main_company',
    environment: 'test',
    baseUrl: 'https://hubspot.example',
    time_zone: 'Europe/Berlin',
    secrets: { access_token: ['pat-eu1-sandbox'], webhook_secret: [SECRET] },
    options: { public_url: HOOK },
  };
  readonly sandbox: Sandbox;
  readonly #deps: CrmDeps;
  #count = 0;
  #product = '';

  constructor(deps: CrmDeps) {
    this.#deps = deps;
    this.sandbox = new Sandbox({ clock: () => deps.scheduler.now, limits: { tenSecondly: 0 } });
    this.sandbox.portal.on('event', (event: HookEvent) => this.#happened(event));
    deps.carry(this.connection.id, (event) => {
      const body = Buffer.from(JSON.stringify([event]));
      const sign = (now: number) => signatureHeaders(body.toString(), HOOK, SECRET, now);
      return { name: (event as HookEvent).subscriptionType, body, sign };
    });
  }

  open(): void {
    this.#product = this.sandbox.create('products', { name: 'Module', hs_sku: 'M1', price: '100' });
    for (let index = 0; index < 3; index++) this.#company();
    for (let index = 0; index < 2; index++) this.#person({ pick: index / 2 });
    this.#deal({ pick: 0 });
  }

  act(entry: Entry): void {
    this.#acts[entry.what as Sale](entry);
  }

  readonly #acts: Record<Sale, (entry: Entry) => void> = {
    new_company: () => this.#company(),
    new_person: (entry) => this.#person(entry),
    new_deal: (entry) => this.#deal(entry),
    edit_company: ({ pick, of }) => {
      const property = ['name', 'phone', 'phone', 'zip', 'zip', 'city', 'address', 'name'][of % 8]!;
      this.#edit('companies', pick, property);
    },
    edit_person: ({ pick, of }) => this.#edit('contacts', pick, ['lastname', 'jobtitle', 'phone'][of % 3]!),
    edit_deal: ({ pick }) => this.#edit('deals', pick, 'dealname'),
    win_deal: ({ pick }) => {
      const deal = this.#pick('deals', pick);
      if (deal) this.sandbox.moveDeal(deal, 'Closed Won');
    },
    merge_companies: ({ pick }) => {
      const companies = this.sandbox.all('companies').map(({ id }) => id);
      if (companies.length < 3) return;
      const at = Math.floor(pick * companies.length);
      const [primary, other] = [companies[at]!, companies[(at + 1) % companies.length]!];
      const survivor = this.sandbox.merge('companies', primary, other);
      this.#deps.merged(this.system, [primary, other], survivor);
      this.#hold('companies', survivor);
    },
  };

  #company(): void {
    const number = ++this.#count;
    this.sandbox.create('companies', {
      name: `Company ${number}`,
      phone: `+49 ${number}`,
      zip: `1${number}`,
      city: `City ${number}`,
      address: `Street ${number}`,
      website: `https://company${number}.example`,
    });
  }

  #person({ pick }: { pick: number }): void {
    const number = ++this.#count;
    const company = this.#pick('companies', pick);
    const id = this.sandbox.create('contacts', {
      firstname: 'Kim',
      lastname: `Person${number}`,
      jobtitle: `Title ${number}`,
      phone: `+50 ${number}`,
      email: `kim${number}@company.example`,
    });
    if (company) this.sandbox.associate('contacts', id, 'companies', company, 'Primary');
  }

  #deal({ pick }: { pick: number }): void {
    const company = this.#pick('companies', pick);
    if (!company) return;
    const number = ++this.#count;
    const deal = this.sandbox.create('deals', {
      dealname: `Deal ${number}`,
      dealstage: 'qualifiedtobuy',
      amount: '200',
      closedate: '2026-11-30',
    });
    this.sandbox.associate('deals', deal, 'companies', company, 'Primary');
    this.sandbox.addLine(deal, { name: 'Module', hs_product_id: this.#product, quantity: '2', price: '100' });
  }

  #edit(type: ObjectType, pick: number, property: string): void {
    const id = this.#pick(type, pick);
    if (id) this.sandbox.update(type, id, { [property]: `${property}${++this.#count}` });
  }

  #pick(type: ObjectType, pick: number): string | undefined {
    const rows = this.sandbox.all(type);
    return rows[Math.floor(pick * rows.length)]?.id;
  }

  /** Every change of the portal is news for the app, and a line in the ledger. */
  #happened(event: HookEvent): void {
    const { scheduler, news } = this.#deps;
    const { objectId, propertyName = '', propertyValue = '' } = event;
    const about = [objectId, propertyName, propertyValue].map(String).join(' ');
    scheduler.note(`    hubspot ${event.subscriptionType} ${about}`);
    news(this.connection.id, event);
    const kind = KIND_OF_ID[String(event['objectTypeId'])];
    if (!kind) return;
    const id = String(event['objectId']);
    if (event.subscriptionType.endsWith('.creation')) this.#hold(TYPE[kind], id);
    if (event.subscriptionType.endsWith('.propertyChange')) this.#changed(kind, id, event);
  }

  #changed(kind: Compared, id: string, event: HookEvent): void {
    const { ledger, scheduler } = this.#deps;
    const field = Object.keys(PROPERTY[kind]).find((name) => PROPERTY[kind][name] === event['propertyName']);
    if (!field) return;
    const name = cellName(this.system, `${kind}:${id}`, field);
    const value = this.fields(kind, id)![field]!;
    if (event['changeSource'] !== 'INTEGRATION') return ledger.person(name, value, scheduler.now);
    ledger.sync(name, value, ledger.cell(name).last?.value ?? '', scheduler.now);
  }

  /** What a new record holds from the beginning is nobody's edit. */
  #hold(type: ObjectType, id: string): void {
    const kind = KIND[type]!;
    for (const [field, value] of Object.entries(this.fields(kind, id) ?? {}))
      this.#deps.ledger.cell(cellName(this.system, `${kind}:${id}`, field)).held.add(value);
  }

  ids(kind: Compared): string[] {
    return this.sandbox.all(TYPE[kind]).map(({ id }) => id);
  }

  fields(kind: Compared, id: string): Record<string, string> | undefined {
    const shown = this.sandbox.get(TYPE[kind], id);
    if (!shown || shown.archived) return undefined;
    const { properties } = shown;
    const entries = Object.entries(PROPERTY[kind]).map(([field, property]) => [
      field,
      words(properties[property]),
    ]);
    const fields = Object.fromEntries(entries) as Record<string, string>;
    if (kind === 'contact') fields['name'] = `${words(properties['firstname'])} ${fields['name']}`.trim();
    return fields;
  }

  keys(): string[] {
    const keys = this.sandbox.all('companies').map(({ properties }) => properties['odoo_key']);
    return keys.filter((key): key is string => Boolean(key));
  }

  /** One request of the app, in one moment. */
  ask(request: Parameters<Transport>[0]): ReturnType<CrmSide['ask']> {
    const { pathname: path, search } = new URL(request.url);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k.toLowerCase(), v]));
    const body = request.body?.toString() ?? '';
    const told = toldIn(path, body);
    const before = told.map((each) => this.#heldBy(each));
    const answer = this.sandbox.handle({
      method: request.method,
      path,
      query: search.slice(1),
      headers,
      body,
    });
    if ('cutAfterMs' in answer) throw new Error('the sandbox has no faults of its own here');
    if (path === '/crm/v3/objects/line_items/search') this.#deps.polled(this.connection.id);
    const needless = told.filter((each, index) => !each.custom && before[index] === this.#heldBy(each));
    const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
    const answered = Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]);
    return {
      answer: { status: answer.status, headers: Object.fromEntries(answered), body: Buffer.from(text) },
      told: told.length,
      needless: answer.status < 300 ? needless.map(({ id }) => id) : [],
    };
  }

  /** What it is told apart by; a record that is born is named by its key. */
  #heldBy({ kind, id }: Told): string | undefined {
    const byKey = () => this.sandbox.all(TYPE[kind]).find(({ properties }) => properties['odoo_key'] === id);
    const row = this.sandbox.get(TYPE[kind], id) ?? byKey();
    return row && JSON.stringify({ ...row.properties, hs_lastmodifieddate: '' });
  }
}

/** The records that a request writes; `custom`: only what is told and never read. */
function toldIn(path: string, body: string): Told[] {
  const [, type = ''] = /^\/crm\/v3\/objects\/(\w+)\/batch\/(?:update|upsert)$/.exec(path) ?? [];
  const kind = KIND[type];
  if (!kind) return [];
  const { inputs } = JSON.parse(body) as { inputs: { id: string; properties: Record<string, string> }[] };
  return inputs.map(({ id, properties }) => {
    return { kind, id, custom: Object.keys(properties).every((name) => name.startsWith('odoo_')) };
  });
}
