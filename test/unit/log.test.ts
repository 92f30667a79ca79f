/** The log tells what happened to which record, and neither who it is about nor any secret. */
import { Writable } from 'node:stream';
import { expect } from 'chai';
import { createLogger } from '../../sidecar/log.ts';

function logged(pretty: boolean): { lines: string[]; logger: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  return { lines, logger: createLogger({ level: 'info', secrets: ['sk_live_4711'], stream, pretty }) };
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
