/** Delivers events to the registered endpoints: signed, in order, again and again until they are taken. */
import { createHmac } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { API_VERSION, type Account } from './account.ts';
import type { DeliveryFault, Faults } from './faults.ts';
import { show } from './render.ts';
import type { StripeObject } from './state.ts';

export type DeliveryOptions = {
  /** Milliseconds before the first retry; each further one waits twice as long, up to the maximum. */
  retryMs?: number;
  retryMaxMs?: number;
  timeoutMs?: number;
  /** Attempts on one delivery before it is given up. */
  attempts?: number;
  /** Deliveries under way at the same time. */
  concurrency?: number;
};

/** One attempt, or a delivery that was lost on purpose (`status` is null). */
export type DeliveryLogEntry = {
  event: string;
  type: string;
  object: string;
  endpoint: string;
  attempt: number;
  /** The receiver's HTTP status; 0 when it could not be reached. */
  status: number | null;
  fault: DeliveryFault['kind'] | null;
};

type Job = { event: StripeObject; endpoint: StripeObject; attempt: number; fault: DeliveryFault | undefined };

/** Header value for a body: one v1 per active secret, and a v0 that receivers must ignore. */
export function signatureHeader(body: string, secrets: string[], now = Date.now()): string {
  const t = Math.floor(now / 1000);
  const mac = (secret: string): string => createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
  return [`t=${t}`, ...secrets.map((secret) => `v1=${mac(secret)}`), `v0=${mac('test-mode')}`].join(',');
}

export class Webhooks {
  readonly log: DeliveryLogEntry[] = [];
  private readonly account: Account;
  private readonly faults: Faults;
  private readonly options: Required<DeliveryOptions>;
  private queue: Job[] = [];
  private held: Job[] = [];
  private running = 0;
  private waiting = 0;
  private stopped = new AbortController();

  constructor(account: Account, faults: Faults, options: DeliveryOptions = {}) {
    this.account = account;
    this.faults = faults;
    this.options = {
      retryMs: 500,
      retryMaxMs: 15_000,
      timeoutMs: 10_000,
      attempts: 200,
      concurrency: 1,
      ...options,
    };
    // Every delivery that waits for its next attempt listens to it.
    setMaxListeners(0, this.stopped.signal);
    account.on('event', (event: StripeObject) => this.accept(event));
    for (const event of account.all('event')) this.resume(event);
  }

  /** Sends what a swap is still holding back. */
  releaseHeld(): void {
    this.queue.push(...this.held.splice(0));
    this.pump();
  }

  /** Resolves when nothing is queued, under way or waiting for a retry; rejects after `timeoutMs`. */
  async idle(timeoutMs = 30_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (this.queue.length + this.running + this.waiting > 0) {
      if (Date.now() > end) throw new Error(`Webhooks are still under way after ${timeoutMs} ms.`);
      await sleep(5);
    }
  }

  stop(): void {
    this.stopped.abort();
    this.queue = [];
    this.held = [];
  }

  private endpointsFor(type: string): StripeObject[] {
    return this.account
      .all('webhook_endpoint')
      .filter((row) => row['status'] === 'enabled')
      .filter((row) => row['enabled_events'].includes('*') || row['enabled_events'].includes(type));
  }

  private accept(event: StripeObject): void {
    for (const endpoint of this.endpointsFor(event['type'])) {
      event['_pending'] = [...(event['_pending'] ?? []), endpoint.id];
      event['pending_webhooks'] += 1;
      this.schedule({
        event,
        endpoint,
        attempt: 1,
        fault: this.faults.forDelivery(event['type'], event['_event_object']),
      });
    }
    this.pump();
  }

  /** After a restart: what was not taken yet is sent again. */
  private resume(event: StripeObject): void {
    for (const id of event['_pending'] ?? []) {
      const endpoint = this.account.find('webhook_endpoint', id);
      if (endpoint && !event['_lost']) this.queue.push({ event, endpoint, attempt: 1, fault: undefined });
    }
    this.pump();
  }

  private schedule(job: Job): void {
    const kind = job.fault?.kind;
    if (kind === 'lose') {
      job.event['_lost'] = true;
      this.note(job, null);
    } else if (kind === 'swap') this.held.push(job);
    else if (kind === 'delay') void this.later(job, job.fault?.ms ?? 1000);
    else {
      this.queue.push(job, ...(kind === 'duplicate' ? [{ ...job }] : []), ...this.held.splice(0));
    }
  }

  private async later(job: Job, ms: number): Promise<void> {
    this.waiting += 1;
    try {
      await sleep(ms, undefined, { signal: this.stopped.signal });
      this.queue.push(job);
    } catch {
      return;
    } finally {
      this.waiting -= 1;
    }
    this.pump();
  }

  private pump(): void {
    while (this.running < this.options.concurrency) {
      const job = this.queue.shift();
      if (!job) return;
      this.running += 1;
      void this.attempt(job).finally(() => {
        this.running -= 1;
        this.pump();
      });
    }
  }

  private async attempt(job: Job): Promise<void> {
    const status = await this.send(job);
    if (this.stopped.signal.aborted) return;
    this.note(job, status);
    if (status >= 200 && status < 300) {
      this.taken(job);
    } else if (job.attempt < this.options.attempts) {
      const { retryMs, retryMaxMs } = this.options;
      const wait = Math.min(retryMs * 2 ** (job.attempt - 1), retryMaxMs);
      const fault = job.fault?.kind === 'wrong_signature' ? undefined : job.fault;
      void this.later({ ...job, fault, attempt: job.attempt + 1 }, wait);
    }
  }

  private taken({ event, endpoint }: Job): void {
    const pending: string[] = event['_pending'] ?? [];
    event['_pending'] = pending.filter((id) => id !== endpoint.id);
    event['pending_webhooks'] = event['_pending'].length;
  }

  private async send({ event, endpoint, fault }: Job): Promise<number> {
    const body = JSON.stringify(this.payload(event, endpoint, fault), null, 2);
    const secrets: string[] =
      fault?.kind === 'wrong_signature' ? ['whsec_not_this_one'] : endpoint['_secrets'];
    try {
      const answer = await fetch(endpoint['url'], {
        method: 'POST',
        body,
        redirect: 'manual',
        headers: {
          Accept: '*/*; q=0.5, application/xml',
          'Content-Type': 'application/json; charset=utf-8',
          'Stripe-Signature': signatureHeader(body, secrets),
          'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        },
        signal: AbortSignal.any([this.stopped.signal, AbortSignal.timeout(this.options.timeoutMs)]),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0;
    }
  }

  private payload(
    event: StripeObject,
    endpoint: StripeObject,
    fault: DeliveryFault | undefined,
  ): StripeObject {
    const payload = show(this.account, event);
    payload['api_version'] = endpoint['api_version'] ?? API_VERSION;
    if (fault?.kind === 'api_version') payload['api_version'] = fault.value ?? '2024-06-20';
    if (fault?.kind === 'account') payload['account'] = fault.value ?? 'acct_1SomeoneElse';
    return payload;
  }

  private note({ event, endpoint, attempt, fault }: Job, status: number | null): void {
    this.log.push({
      event: event.id,
      type: event['type'],
      object: event['_event_object'],
      endpoint: endpoint.id,
      attempt,
      status,
      fault: fault?.kind ?? null,
    });
  }
}
