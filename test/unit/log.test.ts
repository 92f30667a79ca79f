/** The log tells what happened to which record, and neither who it is about nor any secret. */
import { Writable } from 'node:stream';
import { expect } from 'chai';
import { Transient } from '../../sidecar/domain/failure.ts';
import { createLogger } from '../../sidecar/log.ts';
import { createSeldom } from '../../sidecar/server/seldom.ts';
import { world, type World } from '../support/engine.ts';
import type { Thing } from '../support/things.ts';

function logged(
  pretty: boolean,
  level = 'info',
): { lines: string[]; logger: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  return { lines, logger: createLogger({ level, secrets: ['sk_live_4711'], stream, pretty }) };
}

describe('the log', () => {
  it('writes JSON lines that carry the delivery', () => {
    const { lines, logger } = logged(false);
    logger.info('Applied', { delivery: 'evt_1', lane: 'a/customer:c1' });
    expect(JSON.parse(lines[0]!)).to.include({
      level: 'info',
      message: 'Applied',
      delivery: 'evt_1',
      lane: 'a/customer:c1',
    });
  });

  for (const pretty of [false, true])
    it(`masks persons and blanks secrets ${pretty ? 'at a terminal' : 'in JSON'}`, () => {
      const { lines, logger } = logged(pretty);
      logger.warn('Refused with key sk_live_4711', {
        body: { name: 'Ada Lovelace', email: 'ada@example.com' },
        stack: 'Error: at sk_live_4711',
      });
      expect(lines.join()).to.not.match(/Lovelace|ada@|4711/);
      expect(lines.join()).to.contain('A•••');
    });

  it('is never the reason why work stops: lines that cannot be written are lost', () => {
    const lines: string[] = [];
    let full = true;
    const stream = new Writable();
    stream.write = (line: string) => {
      if (full) throw new Error('ENOSPC: no space left on device');
      return lines.push(line) > 0;
    };
    const logger = createLogger({ level: 'info', secrets: [], stream, pretty: false });
    logger.info('lost');
    full = false;
    logger.info('kept');
    expect(lines.join()).to.contain('kept').and.not.contain('lost');
  });

  it('leaves out what is below its level', () => {
    const { lines, logger } = logged(false);
    logger.debug('noise');
    expect(lines).to.deep.equal([]);
  });
});

/** A world whose engine writes the real log. */
function followed(level: string): World & { lines: () => Record<string, unknown>[] } {
  const { lines, logger } = logged(false, level);
  return {
    ...world({ deps: { logger } }),
    lines: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

const ada = (more: Partial<Thing> = {}): Thing =>
  ({
    name: 'Ada Lovelace',
    email: 'ada@lovelace.example',
    phone: '+44 20 7946 0815',
    address: { line1: '12 St James’s Square', city: 'Marylebone' },
    ...more,
  }) as Thing;
const PERSONAL = /Babbage|Lovelace|lovelace|7946|James|Marylebone/;

describe('the log of a delivery', () => {
  it('tells at debug the whole way of it, every line with delivery, lane and connection', async () => {
    const w = followed('debug');
    w.vendors['a']!.things.set('customer:c1', ada());
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    const received = w.lines()[0]!;
    const about = { delivery: received['delivery'], lane: 'a/customer:c1', connection: 'a' };
    const mine = w.lines().filter((line) => line['delivery'] === about.delivery);
    expect(mine.map((line) => line['message'])).to.deep.equal([
      'Received',
      'Claimed',
      'Read',
      'Planned',
      'Applied: created res.partner 1',
    ]);
    for (const line of mine) expect(line).to.include(about);
  });

  it('names the batch it went to Odoo with; Odoo hears of both for its receipts', async () => {
    const w = followed('debug');
    w.vendors['a']!.things.set('customer:c1', ada()).set('customer:c2', ada());
    await w.hook('a', 'customer:c1', 'customer:c2');
    await w.engine.runUntilIdle();
    const [batch] = w.odoo.batches;
    const sent = w.lines().find((line) => line['message'] === 'Sent to Odoo');
    const arrived = w.lines().filter((line) => line['message'] === 'Received');
    expect(sent).to.deep.include({ batch, deliveries: arrived.map((line) => line['delivery']) });
    expect(w.odoo.calls[0]?.map((change) => change.delivery)).to.have.members(
      arrived.map((line) => line['delivery']),
    );
    const applied = w.lines().filter((line) => String(line['message']).startsWith('Applied'));
    expect(applied.map((line) => line['batch'])).to.deep.equal([batch, batch]);
  });

  it('is silent at info while everything works', async () => {
    const w = followed('info');
    w.vendors['a']!.things.set('customer:c1', ada({ needs: ['product:p1'] })).set('product:p1', ada());
    await w.hook('a', 'customer:c1', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.held()).to.deep.equal(['a/customer:c1', 'a/product:p1']);
    expect(w.lines()).to.deep.equal([]);
  });

  it('stays silent at info about a trouble that passes, and speaks up about one that lasts', async () => {
    const w = followed('info');
    w.vendors['a']!.things.set('customer:c1', ada());
    w.odoo.answers.set('customer:c1', () => ({
      error: { class: 'transient', code: 'busy', message: 'Odoo is busy with Ada Lovelace' },
    }));
    await w.hook('a', 'customer:c1');
    await w.engine.runUntilIdle();
    expect(w.lines()).to.deep.equal([]);
    await w.pass(120_000);
    expect(w.lines()[0]).to.include({ level: 'warn', lane: 'a/customer:c1', connection: 'a', tries: 5 });
  });

  it('names nobody, whatever fails: in Odoo, at the vendor, in our own code', async () => {
    const w = followed('debug');
    const things = w.vendors['a']!.things;
    things
      .set('customer:c1', ada())
      .set('customer:c2', ada({ wrong: true }))
      .set('customer:c3', ada());
    things.set('customer:c4', ada({ needs: ['product:none'] })).set('customer:c5', ada());
    things.set('customer:c6', ada());
    const refusal = { class: 'business_rule', code: 'no_country', message: 'Ada Lovelace has no country' };
    w.odoo.answers.set('customer:c1', () => ({ error: refusal }));
    const twins = { candidates: [{ id: 7, name: 'Charles Babbage' }] };
    const ambiguous = { class: 'conflict', code: 'ambiguous_match', message: 'Could be Charles Babbage' };
    w.odoo.answers.set('customer:c6', () => ({ error: { ...ambiguous, args: twins } }));
    let locked = 3;
    w.odoo.trouble = (changes) => {
      const ids = changes.map(({ key }) => key.external_id);
      if (ids.includes('c3')) throw new TypeError('cannot read "country" of Ada Lovelace, Marylebone');
      if (ids.includes('c5') && locked-- > 0)
        throw new Transient('odoo_busy', 'Row of ada@lovelace.example is locked');
    };
    await w.hook('a', ...[1, 2, 3, 4, 5, 6].map((n) => `customer:c${n}`));
    await w.pass(300_000, 10_000);
    const codes = new Set(w.lines().map((line) => line['code']));
    expect([...codes]).to.include.members([
      'no_country',
      'does_not_add_up',
      'unexpected',
      'odoo_busy',
      'ambiguous_match',
    ]);
    for (const line of w.lines()) expect(JSON.stringify(line)).to.not.match(PERSONAL);
    expect(JSON.stringify(w.store.journal({ limit: 1_000 }))).to.not.match(PERSONAL);
  });
});

describe('what happens often', () => {
  it('is said once a minute, with how often it went unsaid, and does not hide anything else', () => {
    let now = 0;
    const { say } = createSeldom(() => now);
    expect(say('a bad_signature')).to.equal(0);
    for (let n = 0; n < 500; n++) expect(say('a bad_signature')).to.equal(undefined);
    expect(say('a backlog')).to.equal(0);
    now += 60_000;
    expect(say('a bad_signature')).to.equal(500);
    expect(say('a bad_signature')).to.equal(undefined);
  });

  it('is news again once it was over', () => {
    const { say, over } = createSeldom(() => 0);
    say('a transient');
    over('a transient');
    expect(say('a transient')).to.equal(0);
  });
});
