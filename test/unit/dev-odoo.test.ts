// The parts of the development Odoo that can be wrong without an Odoo: reading logs, apt's status, our own files.
import { expect } from 'chai';
import { aptStatus } from '../../dev/odoo/apt.ts';
import { checkName } from '../../dev/odoo/databases.ts';
import { entriesOf, errorsOf, loadingProgress, testResult, unknownModules } from '../../dev/odoo/log.ts';
import { parseSettings } from '../../dev/odoo/postgres.ts';

const line = (level: string, text: string): string =>
  `2026-11-22 13:52:52,392 5320 ${level} some_db odoo.${text}`;

describe("reading Odoo's log", () => {
  const failure = line(
    'ERROR',
    'addons.x.tests.test_x: FAIL: TestX.test_x\nTraceback (most recent call last):\n  File "x"',
  );
  const log = [line('INFO', 'modules.loading: fine'), failure, line('INFO', 'service.server: bye'), ''].join(
    '\n',
  );

  it('keeps a traceback together with the message it belongs to', () => {
    expect(entriesOf(log).map(({ level }) => level)).to.deep.equal(['INFO', 'ERROR', 'INFO']);
    expect(errorsOf(log)).to.deep.equal([failure]);
  });

  it('counts failures and errors of the last result', () => {
    const results = ['0 failed, 0 error(s) of 4 tests when', '1 failed, 2 error(s) of 10 tests when'];
    expect(testResult(results.map((text) => line('INFO', `tests.result: ${text}`)).join('\n'))).to.deep.equal(
      {
        passed: 7,
        failed: 3,
      },
    );
  });

  it('tells "no result" from "no test"', () => {
    expect(testResult('')).to.equal(undefined);
    expect(testResult(line('INFO', 'tests.result: 0 failed, 0 error(s) of 0 tests when'))).to.deep.equal({
      passed: 0,
      failed: 0,
    });
  });

  it('sees how far an installation is', () => {
    expect(loadingProgress(line('INFO', 'modules.loading: Loading module sale (45/60)'))).to.deep.equal({
      fraction: 0.75,
      module: 'sale',
    });
    expect(loadingProgress('something else')).to.equal(undefined);
  });

  it('notices an addon that does not exist, which Odoo only warns about', () => {
    expect(
      unknownModules(line('WARNING', 'modules.loading: invalid module names, ignored: sass_sync')),
    ).to.equal('sass_sync');
  });
});

describe("reading apt's status", () => {
  it('lets the download fill the first half and the installation the second', () => {
    expect(aptStatus('dlstatus:1:50.0:Retrieving file 1 of 2')?.fraction).to.equal(0.25);
    expect(aptStatus('pmstatus:chromium:50.0:Unpacking chromium')).to.deep.equal({
      fraction: 0.75,
      note: 'Unpacking chromium',
    });
    expect(aptStatus('media-change: x')).to.equal(undefined);
  });
});

describe('our own files and names', () => {
  it('refuses damaged cluster settings', () => {
    expect(parseSettings('{"port":5433,"password":"x"}')).to.deep.equal({ port: 5433, password: 'x' });
    expect(() => parseSettings('{"port":"5433"}')).to.throw('damaged');
  });

  it('refuses database names that would need quoting', () => {
    expect(checkName('test_saas_sync')).to.equal('test_saas_sync');
    for (const name of ['', 'A', '1a', 'a b', 'a"b', "a'b", 'a.b'])
      expect(() => checkName(name), name).to.throw('database name');
  });
});
