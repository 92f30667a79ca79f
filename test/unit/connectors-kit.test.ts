/** The common tools of connectors: pace, status table, signatures, dates, paging. */
import { expect } from 'chai';
import { budgetsOf, Windows, type BudgetHeaders } from '../../sidecar/connectors/kit/budget.ts';
import { createHttp } from '../../sidecar/connectors/kit/http.ts';
import { limiter } from '../../sidecar/connectors/kit/limit.ts';
import { everything } from '../../sidecar/connectors/kit/paging.ts';
import { headerOf, hmacSha256, isHexOf } from '../../sidecar/connectors/kit/signature.ts';
import { failureOf, retryAfterMs } from '../../sidecar/connectors/kit/status.ts';
import { businessDate } from '../../sidecar/connectors/kit/time.ts';
import { ConfigurationError } from '../../sidecar/domain/failure.ts';
import { HandClock, START } from '../support/engine.ts';

describe('kit: limiter', () => {
  /** A clock that only sleeping moves. */
  function world(perSecond: number, concurrency = 100) {
    let clock = 0;
    const starts: number[] = [];
    const limit = limiter({
      perSecond,
      concurrency,
      now: () => clock,
      sleep: (ms) => {
        clock += ms;
        return Promise.resolve();
      },
    });
    const run = () => limit.run(() => Promise.resolve(starts.push(clock)));
    const pass = (ms: number) => void (clock += ms);
    return { limit, starts, run, pass };
  }

  it('lets a short burst through and never more than a quarter too many in a second', async () => {
    const { starts, run } = world(20);
    for (let i = 0; i < 80; i += 1) await run();
    for (const start of starts)
      expect(starts.filter((other) => other >= start && other < start + 1000).length).to.be.at.most(25);
    expect(starts.filter((start) => start === 0)).to.have.length(5);
    expect(starts.at(-1)).to.be.within(3700, 4500);
  });

  it('starts nobody while it is held', async () => {
    const { limit, starts, run } = world(10);
    await run();
    limit.hold(5000);
    await run();
    expect(starts).to.deep.equal([0, 5000]);
  });

  it('never has more calls in flight than allowed', async () => {
    const { limit } = world(1000, 3);
    let flying = 0;
    let most = 0;
    const call = async () => {
      most = Math.max(most, (flying += 1));
      await new Promise((resolve) => setTimeout(resolve, 2));
      flying -= 1;
    };
    await Promise.all(Array.from({ length: 12 }, () => limit.run(call)));
    expect(most).to.equal(3);
  });

  it('gives a place back when a call fails', async () => {
    const { limit } = world(1000, 1);
    await limit.run(() => Promise.reject(new Error('no'))).catch(() => undefined);
    expect(await limit.run(() => Promise.resolve('yes'))).to.equal('yes');
  });

  it('lets a person’s read pass a listing that waits, and starves neither', async () => {
    const { limit } = world(1000, 1);
    const order: string[] = [];
    const call = (name: string, priority: 0 | 1 | 3) =>
      limit.run(async () => void order.push(name), priority);
    await Promise.all([
      ...Array.from({ length: 40 }, (_, i) => call(`list ${i}`, 3)),
      ...Array.from({ length: 40 }, (_, i) => call(`live ${i}`, 1)),
      call('asked', 0),
    ]);
    expect(order.indexOf('asked')).to.be.at.most(2);
    expect(order.slice(0, 20).filter((name) => name.startsWith('list')).length).to.be.within(2, 6);
  });

  it('keeps a place and tokens for live calls, however much a listing asks for', async () => {
    const { limit } = world(1000, 5);
    let bulk = 0;
    let most = 0;
    let live = false;
    const gates: (() => void)[] = [];
    const listing = Array.from({ length: 10 }, () =>
      limit.run(async () => {
        most = Math.max(most, (bulk += 1));
        await new Promise<void>((resolve) => gates.push(resolve));
        bulk -= 1;
      }, 3),
    );
    await limit.run(async () => void (live = true), 1);
    expect([most, live]).to.deep.equal([4, true]);
    const open = setInterval(() => gates.splice(0).forEach((leave) => leave()), 1);
    await Promise.all(listing);
    clearInterval(open);
    expect(most).to.equal(4);
  });

  it('lets a listing go on, slowly, even while live calls want all there is', async () => {
    const { limit } = world(20);
    let listed = 0;
    const listing = Array.from({ length: 500 }, () => limit.run(async () => void (listed += 1), 3));
    let meanwhile = 0;
    const live = Array.from({ length: 1_000 }, () => limit.run(async () => void (meanwhile = listed), 1));
    await Promise.all(live);
    expect(meanwhile).to.be.within(50, 210);
    await Promise.all(listing);
  });

  it('halves its pace when it was too quick, once for calls refused together, and recovers in two minutes', async () => {
    const { limit, starts, run, pass } = world(40);
    const paceNow = async () => {
      const from = starts.length;
      for (let i = 0; i < 60; i += 1) await run();
      const mine = starts.slice(from + 20);
      return ((mine.length - 1) * 1000) / (mine.at(-1)! - mine[0]!);
    };
    expect(await paceNow()).to.be.within(36, 42);
    limit.slowDown();
    limit.slowDown();
    expect(limit.budget().left).to.be.below(limit.budget().of / 2 + 1);
    expect(await paceNow()).to.be.within(18, 24);
    pass(130_000);
    expect(await paceNow()).to.be.within(36, 42);
  });

  it('tells what is left of the last minute where the vendor tells nothing', async () => {
    const { limit, run, pass } = world(10);
    for (let i = 0; i < 30; i += 1) await run();
    expect(limit.budget()).to.deep.equal({ left: 570, of: 600, perMs: 60_000, resetsAt: null });
    pass(70_000);
    expect(limit.budget().left).to.equal(600);
  });

  it('leaves a fifth of the vendor’s window to live calls and waits for its reset when all is used', async () => {
    const clock = new HandClock();
    const now = () => clock.now() - START;
    const limit = limiter({ perSecond: 100, concurrency: 100, now, sleep: (ms) => clock.sleep(ms) });
    limit.heard([{ left: 21, of: 100, perMs: 10_000, resetsAt: 8_000 }]);
    const call = (priority: 1 | 3) => limit.run(() => Promise.resolve(), priority);
    await call(3);
    let listed = false;
    const listing = call(3).then(() => (listed = true));
    for (let i = 0; i < 20; i += 1) await call(1);
    expect([listed, limit.budget().left]).to.deep.equal([false, 0]);
    clock.advance(8_000);
    await listing;
    expect(limit.budget().left).to.equal(99);
  });

  it('says when it may call again while it is held', () => {
    const { limit } = world(10);
    limit.hold(30_000);
    expect(limit.budget()).to.include({ left: 0, resetsAt: 30_000 });
  });

  it('lets nobody wait for a turn that will not come when it is stopped', async () => {
    const limit = limiter({
      perSecond: 1,
      concurrency: 5,
      now: () => 0,
      sleep: () => Promise.reject(new Error('stopping')),
    });
    const calls = [1, 2, 3].map((n) => limit.run(() => Promise.resolve(n)));
    const ends = await Promise.allSettled(calls);
    expect(ends.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'rejected']);
  });
});

describe('kit: budgets in headers', () => {
  const NOW = Date.parse('2026-11-22T08:00:00Z');

  it('reads a rolling window beside a daily one', () => {
    const windows: BudgetHeaders[] = [
      {
        left: 'x-hubspot-ratelimit-remaining',
        of: 'x-hubspot-ratelimit-max',
        perMs: { header: 'x-hubspot-ratelimit-interval-milliseconds', otherwise: 10_000 },
      },
      { left: 'x-hubspot-ratelimit-daily-remaining', of: 'x-hubspot-ratelimit-daily', perMs: 86_400_000 },
    ];
    const headers = {
      'x-hubspot-ratelimit-remaining': '99',
      'x-hubspot-ratelimit-max': '190',
      'x-hubspot-ratelimit-interval-milliseconds': '10000',
      'x-hubspot-ratelimit-daily-remaining': '249876',
      'x-hubspot-ratelimit-daily': '250000',
    };
    expect(budgetsOf(windows, headers, NOW)).to.deep.equal([
      { left: 99, of: 190, perMs: 10_000, resetsAt: null },
      { left: 249_876, of: 250_000, perMs: 86_400_000, resetsAt: null },
    ]);
  });

  it('reads used and allowed in one text', () => {
    const windows: BudgetHeaders[] = [
      {
        left: { header: 'sforce-limit-info', usedOfAll: /api-usage=(\d+)\/(\d+)/ },
        perMs: 86_400_000,
      },
    ];
    const told = (text: string) => budgetsOf(windows, { 'sforce-limit-info': text }, NOW);
    expect(told('api-usage=18/5000')).to.deep.equal([
      { left: 4_982, of: 5_000, perMs: 86_400_000, resetsAt: null },
    ]);
    expect(told('api-usage=5001/5000')[0]?.left).to.equal(0);
    expect(told('nothing to say')).to.deep.equal([]);
  });

  it('reads when the window is reset, in seconds and as a Unix time', () => {
    const window = (as: 'seconds' | 'unix'): BudgetHeaders => ({
      left: 'left',
      of: 'all',
      perMs: 3_600_000,
      resets: { header: 'reset', as },
    });
    const headers = { left: '7', all: '60' };
    expect(budgetsOf([window('seconds')], { ...headers, reset: '30' }, NOW)[0]?.resetsAt).to.equal(
      NOW + 30_000,
    );
    const at = String(NOW / 1000 + 90);
    expect(budgetsOf([window('unix')], { ...headers, reset: at }, NOW)[0]?.resetsAt).to.equal(NOW + 90_000);
  });

  it('takes nothing for known that is missing or no number', () => {
    const window: BudgetHeaders = { left: 'left', of: 'all', perMs: 1000 };
    for (const headers of [{}, { left: '5' }, { left: 'many', all: '9' }, { left: '1', all: '0' }])
      expect(budgetsOf([window], headers as Record<string, string>, NOW)).to.deep.equal([]);
  });

  it('gives back evenly what a sliding window lent, and obeys the tightest of several', () => {
    const windows = new Windows();
    windows.heard(
      [
        { left: 0, of: 100, perMs: 10_000, resetsAt: null },
        { left: 900, of: 1000, perMs: 86_400_000, resetsAt: null },
      ],
      0,
      0,
    );
    expect(windows.restMs(0, 0)).to.equal(100);
    expect(windows.restMs(50, 0)).to.equal(50);
    expect(windows.restMs(100, 0)).to.equal(0);
    expect(windows.tightest(5_000)).to.deep.equal({ left: 50, of: 100, perMs: 10_000, resetsAt: null });
  });
});

describe('kit: status', () => {
  const classes: [number, string][] = [
    [302, 'connection'],
    [400, 'invalid_data'],
    [401, 'connection'],
    [403, 'connection'],
    [408, 'transient'],
    [409, 'transient'],
    [422, 'invalid_data'],
    [429, 'rate_limited'],
    [500, 'transient'],
    [503, 'transient'],
  ];
  for (const [status, want] of classes)
    it(`takes ${status} for ${want}`, () => {
      expect(failureOf({ title: 'Acme', status, path: '/x' }).class).to.equal(want);
    });

  it('reads Retry-After in seconds and as a date', () => {
    const now = Date.parse('2026-11-22T08:00:00Z');
    expect(retryAfterMs('2', now)).to.equal(2000);
    expect(retryAfterMs('Sun, 22 Nov 2026 08:00:30 GMT', now)).to.equal(30_000);
    expect(retryAfterMs('soon', now)).to.equal(undefined);
    expect(retryAfterMs(undefined, now)).to.equal(undefined);
  });
});

describe('kit: signature', () => {
  it('makes the HMAC of RFC 4231, test case 2', () => {
    const digest = hmacSha256('Jefe', ['what do ya want ', 'for nothing?']);
    expect(digest.toString('hex')).to.equal(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
    expect(isHexOf(digest, digest.toString('hex'))).to.equal(true);
    expect(isHexOf(digest, digest.toString('hex').replace(/^5/, '6'))).to.equal(false);
    expect(isHexOf(digest, '5b')).to.equal(false);
    expect(isHexOf(digest, 'z'.repeat(64))).to.equal(false);
  });

  it('finds a header whatever its case', () => {
    expect(headerOf({ 'X-Sign': 'a' }, 'x-sign')).to.equal('a');
    expect(headerOf({ 'x-sign': ['a', 'b'] }, 'X-Sign')).to.equal('a,b');
    expect(headerOf({}, 'x-sign')).to.equal(undefined);
  });
});

describe('kit: the rest', () => {
  it('takes the day of the books', () => {
    const at = Date.parse('2026-03-31T23:30:00Z');
    expect(businessDate(at, 'UTC')).to.equal('2026-03-31');
    expect(businessDate(at, 'Europe/Berlin')).to.equal('2026-04-01');
    expect(businessDate(at, 'America/New_York')).to.equal('2026-03-31');
  });

  it('ends a listing that hands out the same cursor for ever', async () => {
    let calls = 0;
    const all = await everything<number>(null, () =>
      Promise.resolve({ items: [(calls += 1)], next: 'same' }),
    );
    expect(all).to.deep.equal([1, 2]);
  });

  it('calls nobody but the host it was opened for', async () => {
    const options = { title: 'Acme', headers: {}, perSecond: 1, now: Date.now };
    for (const baseUrl of ['ftp://acme.example', 'nonsense', 'https://user:secret@acme.example'])
      expect(() => createHttp({ ...options, baseUrl })).to.throw(ConfigurationError);
    const http = createHttp({ ...options, baseUrl: 'https://acme.example/api' });
    for (const path of ['https://evil.example/', '@evil.example/', '.evil.example/', '/../other'])
      expect(
        await http.get(path).then(
          () => 'called',
          (error: Error) => error.message,
        ),
      ).to.include('leaves');
  });
});

describe('kit: a line with limits', () => {
  const lineOf = (answers: { status: number; headers?: Record<string, string> }[]) => {
    const clock = new HandClock();
    const sent: number[] = [];
    const http = createHttp({
      title: 'Acme',
      baseUrl: 'https://acme.example',
      headers: {},
      perSecond: 100,
      budgets: [{ left: 'x-left', of: 'x-all', perMs: 10_000 }],
      now: clock.now,
      sleep: (ms) => clock.sleep(ms),
      transport: async () => {
        sent.push(clock.now() - START);
        const { status, headers = {} } = answers.shift() ?? { status: 200 };
        return { status, headers, body: Buffer.from('{}') };
      },
    });
    return { clock, http, sent };
  };

  it('tells the budget that the last answer told', async () => {
    const { http } = lineOf([{ status: 200, headers: { 'X-Left': '40', 'X-All': '100' } }]);
    await http.get('/things');
    expect(http.budget()).to.deep.include({ of: 100, perMs: 10_000 });
    expect(http.budget().left).to.be.within(39, 40);
  });

  it('waits as long as it was told, then goes at half the pace', async () => {
    const { http, clock, sent } = lineOf([{ status: 429, headers: { 'retry-after': '3' } }]);
    const refused = await http.get('/things').catch((error: Error) => error.message);
    expect(refused).to.include('slow down');
    expect(http.budget()).to.include({ left: 0, resetsAt: START + 3_000 });
    const next = http.get('/things');
    clock.advance(2_999);
    await new Promise((done) => setImmediate(done));
    expect(sent).to.deep.equal([0]);
    clock.advance(1);
    await next;
    expect(sent).to.deep.equal([0, 3_000]);
    expect(http.budget().left).to.be.below(3_200);
  });
});
