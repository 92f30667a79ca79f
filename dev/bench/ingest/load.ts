/** The load: autocannon with 64 connections; every webhook is another one, 3 kB and signed like Stripe's. */
import autocannon from 'autocannon';
import { createHmac } from 'node:crypto';
import { wireCustomer, wireEvent } from '../../../test/support/stripe-wire.ts';
import { answer } from '../child.ts';
import { SECRET } from './connection.ts';

export interface LoadOptions {
  url: string;
  seconds: number;
  /** Number of the first event: repeats would be duplicates. */
  from: number;
}

export interface LoadResult {
  answered: number;
  failed: number;
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

const BYTES = 3_000;
const CONNECTIONS = 64;
const MARK = '########';

/** Body with a place for a number in the event's id, cut there; the customer is one of a thousand. */
const parts = (() => {
  const text = (filler: string) =>
    JSON.stringify(
      wireEvent('customer.updated', wireCustomer({ id: `cus_${MARK}`, metadata: { filler } }), {
        id: `evt_${MARK}`,
      }),
    );
  return text('x'.repeat(BYTES - Buffer.byteLength(text('')))).split(MARK);
})();

const padded = (value: number): string => String(value).padStart(MARK.length, '0');

function webhook(number: number): { body: string; signature: string } {
  const [head, middle, tail] = parts[0]!.includes('evt_')
    ? [padded(number), padded(number % 1_000), parts[2]]
    : [padded(number % 1_000), padded(number), parts[2]];
  const body = `${parts[0]}${head}${parts[1]}${middle}${tail}`;
  const stamp = Math.floor(Date.now() / 1_000);
  const mac = createHmac('sha256', SECRET).update(`${stamp}.${body}`).digest('hex');
  return { body, signature: `t=${stamp},v1=${mac}` };
}

answer({
  fire: async ({ url, seconds, from }: LoadOptions): Promise<LoadResult> => {
    let next = from;
    const result = await autocannon({
      url,
      connections: CONNECTIONS,
      duration: seconds,
      requests: [
        {
          method: 'POST',
          setupRequest: (request) => {
            const { body, signature } = webhook(next++);
            const headers = {
              'content-type': 'application/json; charset=utf-8',
              'stripe-signature': signature,
            };
            return { ...request, body, headers };
          },
        },
      ],
    });
    const answered = result.requests.total;
    return {
      answered: result['2xx'],
      failed: result.non2xx + result.errors + result.timeouts,
      perSecond: answered / result.duration,
      p50: result.latency.p50,
      p99: result.latency.p99,
    };
  },
});
