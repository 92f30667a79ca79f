/** One round through the whole path: what the sandbox got anew is listed, sent and linked, and the time is taken. */
import axios from 'axios';
import Database from 'better-sqlite3';
import { pause } from '../../support/sidecar.ts';
import { cpuSeconds, cpuSecondsOf } from '../child.ts';
import type { World } from './world.ts';

export interface Round {
  /** From the first lane claimed to the last link present, in seconds. */
  seconds: number;
  /** From the order to list until the first lane was claimed. */
  before: number;
  /** How long the listing itself took; most of it lies beside Odoo's work. */
  listing: number;
  /** Seconds that apply calls were under way, added up over parallel calls. */
  applying: number;
  /** CPU seconds by process. */
  cpu: Cpu;
}

interface Cpu {
  sandbox: number;
  sidecar: number;
  /** Odoo's Python; PostgreSQL is not in it. */
  odoo: number;
}

interface Applied {
  count: number;
  last: number | null;
}

/** Orders a full listing and follows it until so many records of each kind have been applied. */
export async function throughPath(world: World, counts: Readonly<Record<string, number>>): Promise<Round> {
  const watching = new Database(world.storeFile, { readonly: true });
  try {
    const since = Date.now();
    const cpu = (): Cpu => ({
      sandbox: cpuSeconds(world.sandbox.pid),
      sidecar: cpuSeconds(world.sidecar.pid),
      odoo: cpuSecondsOf('bin/odoo', `-d ${world.server.database} `),
    });
    const earlier = { cpu: cpu(), applying: await secondsApplying(world) };
    await order(world);
    const first = await firstClaim(watching);
    const last = await allApplied(watching, world.connection, counts, since);
    await world.sidecar.idle();
    const later = { cpu: cpu(), applying: await secondsApplying(world) };
    return {
      seconds: (last - first) / 1_000,
      before: (first - since) / 1_000,
      listing: listingSeconds(watching, world.connection),
      applying: later.applying - earlier.applying,
      cpu: {
        sandbox: later.cpu.sandbox - earlier.cpu.sandbox,
        sidecar: later.cpu.sidecar - earlier.cpu.sidecar,
        odoo: later.cpu.odoo - earlier.cpu.odoo,
      },
    };
  } finally {
    watching.close();
  }
}

/** Lists everything and waits until nothing is left to do; nothing is measured. */
export async function listAll(world: World): Promise<void> {
  await order(world);
  await pause(300);
  await world.sidecar.idle();
}

async function order({ sidecar, connection }: World): Promise<void> {
  await axios.post(
    `${sidecar.url}/admin/v1/connections/${connection}/backfill`,
    {},
    {
      headers: { Authorization: `Bearer ${sidecar.adminToken}` },
    },
  );
}

async function firstClaim(watching: Database.Database): Promise<number> {
  const leased = watching.prepare('select 1 from lane where lease_until is not null limit 1');
  const until = Date.now() + 60_000;
  while (leased.get() === undefined) {
    if (Date.now() > until) throw new Error('Nothing was claimed within a minute');
    await pause(3);
  }
  return Date.now();
}

async function allApplied(
  watching: Database.Database,
  connection: string,
  counts: Readonly<Record<string, number>>,
  since: number,
): Promise<number> {
  const applied = watching.prepare<[string, number], Applied>(
    `select count(distinct lane.id) as count, max(journal.at) as last from journal join lane on lane.id = journal.lane
     where lane.key like ? and journal.at >= ? and journal.step = 'applied'`,
  );
  const until = Date.now() + 1_800_000;
  for (;;) {
    const rows = Object.entries(counts).map(([kind, wanted]) => ({
      ...applied.get(`${connection}/${kind}:%`, since)!,
      wanted,
    }));
    if (rows.every(({ count, wanted }) => count >= wanted))
      return Math.max(...rows.map((row) => row.last ?? 0));
    const parked = watching.prepare<[], { details: string }>('select details from exception limit 1').get();
    if (parked) throw new Error(`A record was refused, so the figure would say nothing: ${parked.details}`);
    if (Date.now() > until) throw new Error(`Not done after half an hour: ${JSON.stringify(rows)}`);
    await pause(250);
  }
}

function listingSeconds(watching: Database.Database, connection: string): number {
  const row = watching
    .prepare<[string], { value: string }>('select value from setting where name = ?')
    .get(`listing:${connection}`);
  const { startedAt, endedAt } = JSON.parse(row?.value ?? '{}') as {
    startedAt: number;
    endedAt: number | null;
  };
  return ((endedAt ?? startedAt) - startedAt) / 1_000;
}

async function secondsApplying({ sidecar }: World): Promise<number> {
  const { data } = await axios.get<string>(`${sidecar.url}/metrics`, { responseType: 'text' });
  const sums = data.matchAll(/^saas_sync_apply_duration_seconds_sum\{[^}]*\} (\S+)$/gm);
  return [...sums].reduce((total, [, value]) => total + Number(value), 0);
}
