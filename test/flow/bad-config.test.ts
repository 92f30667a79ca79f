/** A sidecar that was configured wrongly does not start, and says where and what to write instead. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

const LINES = [
  'connections:',
  '  - id: billing-eu',
  '    system: stripe',
  '    environment: test',
  '    credentials:',
  '      api_key: { env: STRIPE_KEY }',
  '      webhook_secret: { env: STRIPE_WEBHOOK_SECRET }',
  '    options: { account: acct_1 }',
];

describe('a sidecar with a mistake in its configuration', function () {
  this.timeout(30_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'saas-sync-config-'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const mistakes: [string, string, RegExp][] = [
    ['a typing error', '      webhook_secret { env: STRIPE_WEBHOOK_SECRET }', /connections\.yaml:7: /],
    [
      'an unknown credential',
      '      webhook_secrets: { env: STRIPE_WEBHOOK_SECRET }',
      /connections\.yaml:7: .*it takes api_key, webhook_secret/,
    ],
    [
      'a variable that is not set',
      '      webhook_secret: { env: FORGOTTEN }',
      /connections\.yaml:7: .*FORGOTTEN is not set: set it/,
    ],
  ];
  for (const [what, line, message] of mistakes)
    it(`ends at once and names file and line: ${what}`, async () => {
      const { code, output } = await serve(LINES.with(6, line).join('\n'));
      expect(code).to.equal(1);
      expect(output).to.match(message);
      expect(output).to.contain('saas-sync doctor');
      expect(output).not.to.match(/\n\s+at /);
    });

  const serve = (connections: string): Promise<{ code: number; output: string }> => {
    writeFileSync(join(folder, 'connections.yaml'), connections);
    const env = {
      PATH: process.env['PATH'],
      SAAS_SYNC_HOME: folder,
      SAAS_SYNC_CONNECTIONS: join(folder, 'connections.yaml'),
      SAAS_SYNC_PORT: '0',
      ODOO_URL: 'http://127.0.0.1:9',
      ODOO_DB: 'none',
      ODOO_API_KEY: 'none',
      STRIPE_KEY: 'sk_test_1',
      STRIPE_WEBHOOK_SECRET: 'whsec_1',
    };
    const command = ['bin/saas-sync.mjs', 'serve'];
    return new Promise((resolve) =>
      execFile(process.execPath, command, { env, timeout: 20_000 }, (error, out, err) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: out + err }),
      ),
    );
  };
});
