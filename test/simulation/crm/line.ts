/** The line between a sidecar and a CRM: slow, rate limited, cut, silent, and sometimes the answer to what was told is lost. */
import type { Transport } from '../../../sidecar/domain/connector.ts';
import type { Faults } from '../faults.ts';
import type { Random } from '../random.ts';
import type { Owner, Scheduler } from '../scheduler.ts';
import type { CrmSide } from './crm.ts';

/** What was told: whose answer was not heard may be told again. */
export interface Telling {
  told: number;
  needless: number;
  unheard: number;
}

export interface LineDeps {
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
  side: CrmSide;
  owner: Owner;
  telling: Telling;
}

const broken = (code: string): Error => Object.assign(new Error(code), { code });

export function crmLine(deps: LineDeps): Transport {
  const { scheduler, random, faults, side, owner, telling } = deps;
  return (request) =>
    new Promise((resolve, reject) => {
      const name = `${side.system} ${request.method} ${new URL(request.url).pathname}`;
      const later = (ms: number, label: string, run: () => void) =>
        void scheduler.after(ms, `vendor ${name} ${label}`, run, owner);
      const fault = faults.take('vendor_429', 'vendor_5xx', 'vendor_reset', 'vendor_silent');
      const latency = random.between(1, 60);
      if (fault === 'vendor_reset') return later(latency, 'reset', () => reject(broken('ECONNRESET')));
      if (fault === 'vendor_silent')
        return later(request.timeoutMs, 'silent', () => reject(broken('ECONNABORTED')));
      scheduler.after(latency, `vendor ${name} arrives`, () => {
        const { answer, told, needless } = fault
          ? { answer: refusal(fault, random), told: 0, needless: [] }
          : side.ask(request);
        telling.told += told;
        telling.needless += needless.length;
        telling.unheard += told;
        for (const id of needless)
          scheduler.note(`    ${side.system} held what it was told of ${id}: ${request.body?.toString()}`);
        if (told > 0 && faults.take('told_lost'))
          return later(random.between(1, 5_000), 'is lost', () => reject(broken('ECONNRESET')));
        later(random.between(1, 60), `answers ${answer.status}`, () => {
          telling.unheard -= told;
          resolve(answer);
        });
      });
    });
}

function refusal(fault: 'vendor_429' | 'vendor_5xx', random: Random): Awaited<ReturnType<Transport>> {
  const body = Buffer.from(JSON.stringify({ status: 'error', category: 'RATE_LIMITS', message: 'unwell' }));
  if (fault === 'vendor_5xx') return { status: random.pick([500, 502, 503]), headers: {}, body };
  return { status: 429, headers: { 'retry-after': String(random.between(1, 20)) }, body };
}
