/** The common tools of connectors: pace, status table, signatures, dates, paging. */
import { expect } from 'chai';
import { createHttp } from '../../sidecar/connectors/kit/http.ts';
import { limiter } from '../../sidecar/connectors/kit/limit.ts';
import { everything } from '../../sidecar/connectors/kit/paging.ts';
import { headerOf, hmacSha256, isHexOf } from '../../sidecar/connectors/kit/signature.ts';
import { failureOf, retryAfterMs } from '../../sidecar/connectors/kit/status.ts';
import { businessDate } from '../../sidecar/connectors/kit/time.ts';
import { ConfigurationError } from '../../sidecar/domain/failure.ts';

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
    return { limit, starts, run };
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
