/** First contact: memory with 280,000 records, and how fast they pass through a real Odoo that holds as many contacts. */
import { mkdirSync, readFileSync } from 'node:fs';
import { provision, silent } from '../odoo/index.ts';
import { logIn } from '../support/admin.ts';
import { ADDONS, prepareCompany } from '../support/prepare.ts';
import { judged, type Benchmark, type Figure } from './benchmark.ts';
import { residentBytes, startHelper } from './child.ts';
import type { Given } from './contact/sidecar.ts';
import { inHome } from './home.ts';
import { CONNECTION } from './ingest/connection.ts';

const MEGABYTE = 1024 * 1024;
const DATABASE = 'bench_contact';

export const firstContact: Benchmark = {
  name: 'first-contact',
  goal: '280,000 records in ≤ 250 MB, and through a real Odoo within the hour',
  async run(sizes, say) {
    mkdirSync(inHome('contact'), { recursive: true });
    const [small, whole] = [await alone(sizes.contacts / 10), await alone(sizes.contacts)];
    say(`${sizes.contacts} records without an Odoo: ${whole.seconds.toFixed(0)} s`);
    return [
      judged(
        {
          name: `resident memory while ${sizes.contacts.toLocaleString('en')} records are compared`,
          value: whole.megabytes,
          unit: 'MB',
          floor: small.megabytes,
          ratio: small.megabytes / whole.megabytes,
          note: 'highest, with what compiles TypeScript; the floor is a tenth of the records',
        },
        '≤ 250 MB',
        whole.megabytes <= 250,
      ),
      ...(await throughOdoo(sizes.contacts, sizes.looked, say)),
    ];
  },
};

const alone = (count: number) =>
  lookAt({ count, storeFile: inHome('contact', `${count}.sqlite`), odoo: null });

async function throughOdoo(held: number, looked: number, say: (text: string) => void): Promise<Figure[]> {
  say('Preparing a database …');
  const odoo = await provision({ progress: silent });
  try {
    await odoo.dropDatabase(DATABASE);
    await odoo.createDatabase(DATABASE, { install: ADDONS });
    const apiKey = await prepareCompany(odoo, DATABASE, { connection: CONNECTION, systemName: 'Stripe' });
    const source = readFileSync(new URL('contact/partners.py', import.meta.url), 'utf8');
    const filled = await odoo.shell(DATABASE, `COUNT = ${held}\n${source}`);
    if (!filled.includes('FILLED')) throw new Error(`No contacts were made:\n${filled.slice(-2_000)}`);
    const server = await odoo.start(DATABASE);
    try {
      const storeFile = inHome('contact', 'odoo.sqlite');
      const at = { url: server.url, database: DATABASE, apiKey };
      const { seconds, megabytes } = await lookAt({ count: looked, storeFile, odoo: at });
      const admin = await logIn(server.url, DATABASE, server.login, server.password);
      const groups = await admin.groups('saas.sync.candidate', [], ['finding'], ['__count']);
      say(`${looked} records through Odoo: ${seconds.toFixed(0)} s; ${JSON.stringify(groups.map(inWords))}`);
      return figuresOf(looked / seconds, megabytes, held, looked);
    } finally {
      await server.stop();
    }
  } finally {
    await odoo.dropDatabase(DATABASE);
    await odoo.release();
  }
}

const inWords = (group: Record<string, unknown>): string =>
  `${String(group['finding'])} ${String(group['__count'])}`;

function figuresOf(rate: number, megabytes: number, held: number, looked: number): Figure[] {
  const minutes = held / rate / 60;
  const of = `${looked.toLocaleString('en')} records, ${held.toLocaleString('en')} contacts in Odoo`;
  return [
    { name: 'records compared and kept by a real Odoo', value: rate, unit: '/s', note: of },
    judged(
      {
        name: `the same for ${held.toLocaleString('en')} records`,
        value: minutes,
        unit: 'min',
        note: `from that rate, not measured; the sidecar had ${megabytes.toFixed(0)} MB`,
      },
      '≤ 60 min',
      minutes <= 60,
    ),
  ];
}

/** One look in a process of its own, watched from outside. */
async function lookAt(given: Given): Promise<{ seconds: number; megabytes: number }> {
  const helper = await startHelper('contact/sidecar.ts', given);
  let highest = 0;
  const watching = setInterval(() => {
    highest = Math.max(highest, residentBytes(helper.pid));
  }, 200);
  try {
    const seconds = await helper.ask<number>('look');
    return { seconds, megabytes: highest / MEGABYTE };
  } finally {
    clearInterval(watching);
    await helper.stop();
  }
}
