/** What a sidecar says of its work by its admin API, for tests that want to know why something happened. */
import axios from 'axios';
import { pause, type Sidecar } from '../../dev/support/sidecar.ts';

export interface Exception {
  ref: { connection: string; kind: string; externalId: string };
  code: string;
  cause: string;
  message: string;
  hint: string | undefined;
  label: string;
}

interface Line {
  step: string;
  delivery: string;
  lane: string;
  detail: string;
}

export async function ask<T>(sidecar: Sidecar, path: string): Promise<T> {
  const headers = { Authorization: `Bearer ${sidecar.adminToken}` };
  return (await axios.get<T>(`${sidecar.url}/admin/v1${path}`, { headers })).data;
}

/** Which doors the deliveries came through that led to something in Odoo: `hook`, `poll`, `backfill`, … */
export async function originsOfEffects(sidecar: Sidecar, connection: string): Promise<Set<string>> {
  const lines = await ask<Line[]>(sidecar, `/journal?connection=${connection}&limit=1000`);
  const applied = [
    ...new Set(lines.filter(({ step }) => step === 'applied').map(({ delivery }) => delivery)),
  ];
  const path = (id: string) => `/deliveries/${encodeURIComponent(id)}?connection=${connection}`;
  const found = await Promise.all(applied.map((id) => ask<{ origin: string }>(sidecar, path(id))));
  return new Set(found.map(({ origin }) => origin));
}

/** Records that wait for a person. */
export const exceptions = (sidecar: Sidecar): Promise<Exception[]> => ask(sidecar, '/exceptions');

/** Waits until a look succeeds; fails with what the last look said. */
export async function until(what: string, look: () => Promise<unknown>, timeoutMs = 30_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen === true) return;
    if (Date.now() > end)
      throw new Error(`Waited ${timeoutMs / 1000} s in vain until ${what}: ${JSON.stringify(seen)}`);
    await pause(50);
  }
}

/** One command of the admin API, e.g. `/connections/billing/backfill`. */
export async function command(sidecar: Sidecar, path: string, body: object = {}): Promise<void> {
  const headers = { Authorization: `Bearer ${sidecar.adminToken}` };
  await axios.post(`${sidecar.url}/admin/v1${path}`, body, { headers });
}

/** Which doors the deliveries of one record came through. */
export async function originsOfRecord(sidecar: Sidecar, lane: string): Promise<string[]> {
  const lines = await ask<Line[]>(sidecar, `/journal?lane=${encodeURIComponent(lane)}`);
  const connection = lane.split('/')[0];
  const path = (id: string) => `/deliveries/${encodeURIComponent(id)}?connection=${connection}`;
  const ids = [...new Set(lines.map(({ delivery }) => delivery))];
  return Promise.all(ids.map(async (id) => (await ask<{ origin: string }>(sidecar, path(id))).origin));
}
