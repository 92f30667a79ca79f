// Preloaded into a sidecar (NODE_OPTIONS=--import): its wall clock is ahead of the machine's by the milliseconds that the
// file SAAS_SYNC_TEST_CLOCK holds, and may be moved while it runs. Timers go on as they were, as after a suspend.
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 20;
const machine = Date.now.bind(Date);
let ahead = 0;
let lookedAt = Number.NEGATIVE_INFINITY;

Date.now = () => {
  const at = performance.now();
  if (at - lookedAt >= LOOK_EVERY_MS) {
    ahead = Number(readFileSync(process.env.SAAS_SYNC_TEST_CLOCK, 'utf8'));
    lookedAt = at;
  }
  return machine() + ahead;
};
