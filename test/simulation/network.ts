/** The line between a sidecar and the vendor's sandbox, without sockets: slow, rate limited, cut, silent. */
import type { Transport } from '../../sidecar/domain/connector.ts';
import type { Sandbox } from '../sandbox/stripe/sandbox.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Owner, Scheduler } from './scheduler.ts';

export interface NetworkDeps {
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
  sandbox: Sandbox;
  owner: Owner;
  /** Events that the vendor's list does not show yet. */
  hidden: (event: string) => boolean;
  /** The list of events is being read. */
  polled: () => void;
}

type Carried = Awaited<ReturnType<Transport>>;

const broken = (code: string): Error => Object.assign(new Error(code), { code });
const plain = (status: number, headers: Record<string, string>, body: unknown): Carried => ({
  status,
  headers,
  body: Buffer.from(JSON.stringify(body)),
});

export function vendorLine(deps: NetworkDeps): Transport {
  const { scheduler, random, faults, owner } = deps;
  return (request) =>
    new Promise((resolve, reject) => {
      const { pathname, search } = new URL(request.url);
      const name = `vendor ${pathname.slice(4)}`;
      const later = (ms: number, label: string, run: () => void) =>
        void scheduler.after(ms, `${name} ${label}`, run, owner);
      const fault = faults.take('vendor_429', 'vendor_5xx', 'vendor_reset', 'vendor_silent');
      const latency = random.between(1, 60);
      if (fault === 'vendor_reset') return later(latency, 'reset', () => reject(broken('ECONNRESET')));
      if (fault === 'vendor_silent')
        return later(request.timeoutMs, 'silent', () => reject(broken('ECONNABORTED')));
      scheduler.after(latency, `${name} arrives`, () => {
        const answer = fault
          ? REFUSALS[fault](random)
          : ask(deps, pathname, search.slice(1), request.headers);
        later(random.between(1, 60), `answers ${answer.status}`, () => resolve(answer));
      });
    });
}

const REFUSALS: Record<'vendor_429' | 'vendor_5xx', (random: Random) => Carried> = {
  vendor_429: (random) =>
    plain(
      429,
      { 'retry-after': String(random.between(1, 20)), 'stripe-rate-limited-reason': 'global-rate' },
      {
        error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Request rate limit exceeded.' },
      },
    ),
  vendor_5xx: (random) =>
    random.chance(0.3)
      ? { status: 200, headers: {}, body: Buffer.from('<html>maintenance</html>') }
      : plain(random.pick([500, 502, 503]), {}, { error: { type: 'api_error', message: 'unwell' } }),
};

function ask(deps: NetworkDeps, path: string, query: string, headers: Record<string, string>): Carried {
  const lower = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toLowerCase(), v]));
  const answer = deps.sandbox.handle({ method: 'GET', path, query, headers: lower, body: '' });
  if ('cutAfterMs' in answer) throw new Error('the sandbox has no faults of its own here');
  if (path === '/v1/events' && answer.status === 200) {
    deps.polled();
    const page = answer.body as { data: { id: string }[] };
    return plain(200, answer.headers, { ...page, data: page.data.filter(({ id }) => !deps.hidden(id)) });
  }
  return plain(answer.status, answer.headers, answer.body);
}
