/** What an org sends to others when records change: a Flow's JSON, or outbound messages in SOAP, again until they are taken. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Ids } from './ids.ts';
import type { ChangeNews } from './changing.ts';
import type { Org } from './org.ts';

export interface NudgeTarget {
  url: string;
  /** Sent in X-Saas-Sync-Token: by the named credential, or by the proxy in front. */
  token: string;
  /** A Flow's own JSON, or outbound messages of up to a hundred notifications. */
  form: 'flow' | 'outbound_message';
  /** Objects whose changes are told. */
  objects: readonly string[];
  /** Milliseconds before the first new attempt; each further one waits twice as long. */
  retryMs?: number;
  attempts?: number;
}

export interface NudgeLog {
  object: string;
  ids: string[];
  status: number;
  answer: string;
}

const MOST = 100;

export class Nudges {
  readonly log: NudgeLog[] = [];
  target: NudgeTarget | undefined;
  /** The next so many messages are lost on their way. */
  losing = 0;
  private readonly org: Org;
  private readonly ids = new Ids();
  private readonly stopped = new AbortController();
  private waiting: ChangeNews[] = [];
  private timer: NodeJS.Immediate | undefined;
  private busy = 0;

  constructor(org: Org) {
    this.org = org;
    org.on('change', (news) => this.hear(news));
  }

  private hear(news: ChangeNews): void {
    const { target } = this;
    // Neither a Flow after save nor an outbound message hears of deletions.
    if (!target?.objects.includes(news.object) || news.what === 'deleted') return;
    this.waiting.push(news);
    this.timer ??= setImmediate(() => this.leave(target));
  }

  private leave(target: NudgeTarget): void {
    this.timer = undefined;
    for (const [object, news] of byObject(this.waiting.splice(0)))
      for (let at = 0; at < news.length; at += MOST)
        void this.deliver(target, object, news.slice(at, at + MOST));
  }

  private async deliver(target: NudgeTarget, object: string, ids: string[]): Promise<void> {
    if (this.losing > 0) return void (this.losing -= 1);
    const body = target.form === 'flow' ? this.flow(object, ids) : this.soap(object, ids);
    this.busy += 1;
    try {
      for (let attempt = 0; attempt < (target.attempts ?? 50); attempt += 1) {
        if (await this.send(target, object, ids, body)) return;
        const pause = Math.min((target.retryMs ?? 200) * 2 ** attempt, 15_000);
        await sleep(pause, undefined, { signal: this.stopped.signal });
      }
    } catch {
      // Stopped in mid-wait.
    } finally {
      this.busy -= 1;
    }
  }

  private async send(target: NudgeTarget, object: string, ids: string[], body: string): Promise<boolean> {
    const soap = target.form === 'outbound_message';
    let status = 0;
    let answer = '';
    try {
      const response = await fetch(target.url, {
        method: 'POST',
        body,
        headers: {
          'Content-Type': soap ? 'text/xml; charset=utf-8' : 'application/json',
          'X-Saas-Sync-Token': target.token,
          ...(soap ? { SOAPAction: '""' } : {}),
        },
        signal: AbortSignal.any([this.stopped.signal, AbortSignal.timeout(10_000)]),
      });
      status = response.status;
      answer = await response.text();
    } catch {
      // Nobody there: it is tried again.
    }
    if (this.stopped.signal.aborted) return true;
    this.log.push({ object, ids, status, answer });
    // A message counts as taken only if its answer says so.
    return status >= 200 && status < 300 && (!soap || /<Ack>\s*true\s*<\/Ack>/.test(answer));
  }

  private flow(object: string, ids: string[]): string {
    return JSON.stringify({ object, ids, organization: this.org.id });
  }

  private soap(object: string, ids: string[]): string {
    const notification = (id: string): string =>
      `<Notification><Id>${this.ids.next('04l')}</Id><sObject xsi:type="sf:${object}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>${id}</sf:Id></sObject></Notification>`;
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>',
      `<notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>${this.org.id}</OrganizationId><ActionId>${this.ids.next('04k')}</ActionId><SessionId xsi:nil="true"/><EnterpriseUrl/><PartnerUrl/>`,
      ...ids.map(notification),
      '</notifications></soapenv:Body></soapenv:Envelope>',
    ].join('');
  }

  /** Resolves when nothing is under way; rejects after `timeoutMs`. */
  async idle(timeoutMs = 30_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (this.waiting.length + this.busy > 0) {
      if (Date.now() > end) throw new Error(`Messages are still under way after ${timeoutMs} ms.`);
      await sleep(5);
    }
  }

  stop(): void {
    this.stopped.abort();
    this.waiting = [];
  }
}

function byObject(news: readonly ChangeNews[]): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const { object, id } of news) found.set(object, (found.get(object) ?? new Set()).add(id));
  return new Map([...found].map(([object, ids]) => [object, [...ids]]));
}
