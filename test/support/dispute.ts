/** Customers of the real Odoo about whom Odoo and a Salesforce differ, as a sidecar would tell it. */
import axios from 'axios';
import { logIn, type Person } from '../../dev/support/admin.ts';

const RUN = Date.now().toString(36);
const CONNECTION = `salesforce-${RUN}`;

/** One field and what each side holds. */
export interface Differing {
  field: string;
  base: string | null;
  odoo: unknown;
  other: unknown;
}

export const PHONE: Differing = {
  field: 'phone',
  base: '+49 30 1000',
  odoo: '+49 30 1111',
  other: '+49 30 1222',
};
export const STREET: Differing = {
  field: 'street',
  base: 'Long Street 12',
  odoo: 'Long Street 12, 2nd floor',
  other: 'Long Road 14',
};
export const COUNTRY: Differing = {
  field: 'country_id',
  base: null,
  odoo: { lookup: ['res.country', 'code', 'DE'] },
  other: { lookup: ['res.country', 'code', 'AT'] },
};

interface Wish {
  decisions: Record<string, { take: string; value?: unknown; by: string; odoo: unknown }>;
  note: string;
}

/** Customers are named by their names; the ids they have at Salesforce are this run's own. */
export interface Dispute {
  admin: Person;
  /** Makes a linked customer, edits it in Odoo and tells the conflict. @returns its id in Odoo */
  disagree(name: string, ...fields: Differing[]): Promise<number>;
  /** Tells the conflict again. */
  tell(name: string, partner: number, ...fields: Differing[]): Promise<void>;
  settle(...names: string[]): Promise<void>;
  /** What waits in the outbox for the sidecar. */
  wishOf(name: string): Promise<Wish | undefined>;
  /** Id of the conflict. */
  idOf(name: string): Promise<number>;
  /** Other tests find nothing open. */
  end(): Promise<void>;
}

const keyOf = (name: string): string => `${name}/${RUN}`;

const HOME = {
  id: CONNECTION,
  name: 'Salesforce Europe',
  system: 'salesforce',
  system_name: 'Salesforce',
  environment: 'test',
  company: 'base.main_company',
  state: 'healthy',
};

const changeOf = (name: string): object => ({
  key: { kind: 'customer', external_id: keyOf(name) },
  op: 'upsert',
  model: 'res.partner',
  version: Date.now(),
  digest: name,
  label: name,
  rule: 'customer@1',
  reason: 'a test',
  values: { name, phone: PHONE.base, street: STREET.base },
  base: null,
  match: [],
  create: true,
  create_only: [],
  overwrite: [],
});

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

const conflictOf = (name: string, partner: number, fields: Differing[]): object => ({
  connection: CONNECTION,
  kind: 'customer',
  external_id: keyOf(name),
  label: name,
  url: null,
  model: 'res.partner',
  res_id: partner,
  since: minutesAgo(0),
  fields: fields.map((field) => ({
    ...field,
    why: 'both_changed',
    odoo_by: 'admin',
    odoo_at: minutesAgo(4),
    other_by: 'Sam Sales',
    other_at: minutesAgo(1),
  })),
});

/** Introduces the connection to Odoo. */
export async function openDispute(odoo: { url: string; database: string; apiKey: string }): Promise<Dispute> {
  const admin = await logIn(odoo.url, odoo.database, 'admin', 'admin');
  const headers = { Authorization: `bearer ${odoo.apiKey}`, 'X-Odoo-Database': odoo.database };
  const call = async (method: string, request: object): Promise<unknown> =>
    (await axios.post(`${odoo.url}/json/2/saas.sync.api/${method}`, { request }, { headers })).data;
  const report = async (conflicts: object[], ended: string[] = []): Promise<void> => {
    const resolved = ended.map((id) => ({ connection: CONNECTION, kind: 'customer', external_id: id }));
    const sidecar = { version: '0.1.0' };
    await call('report', { sidecar, connections: [HOME], exceptions: [], conflicts, resolved });
  };
  const tell: Dispute['tell'] = (name, partner, ...fields) => report([conflictOf(name, partner, fields)]);
  const [germany] = await admin.search<{ id: number }>('res.country', [['code', '=', 'DE']], ['id']);
  await report([]);
  return {
    admin,
    tell,
    settle: (...names) => report([], names.map(keyOf)),
    async disagree(name, ...fields) {
      const request = { batch: name, connection: CONNECTION, changes: [changeOf(name)] };
      const answer = (await call('apply', request)) as { results: { res_id: number }[] };
      const partner = answer.results[0]?.res_id ?? 0;
      const now = { phone: PHONE.odoo, street: STREET.odoo, country_id: germany?.id };
      await admin.call('res.partner', 'write', [[partner], now]);
      await tell(name, partner, ...fields);
      return partner;
    },
    async wishOf(name) {
      const mine = [
        ['external_id', '=', keyOf(name)],
        ['command', '=', 'resolve'],
      ];
      const [wish] = await admin.search<{ args: Wish }>('saas.sync.outbox', mine, ['args']);
      return wish?.args;
    },
    async idOf(name) {
      const mine = [['external_id', '=', keyOf(name)]];
      const [row] = await admin.search<{ id: number }>('saas.sync.conflict', mine, ['id']);
      return row?.id ?? 0;
    },
    async end() {
      const open = [
        ['connection_id.code', '=', CONNECTION],
        ['state', '!=', 'resolved'],
      ];
      const rows = await admin.search<{ external_id: string }>('saas.sync.conflict', open, ['external_id']);
      await report(
        [],
        rows.map((row) => row.external_id),
      );
    },
  };
}
