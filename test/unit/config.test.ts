/** Configuration mistakes are told all at once, each with its place and what to write instead. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readConfig, type Environment } from '../../sidecar/config.ts';
import type { ConfigurationError } from '../../sidecar/domain/failure.ts';
import { thingConnector } from '../support/engine.ts';

describe('the configuration', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'saas-sync-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const good = (): Record<string, string> => ({
    SAAS_SYNC_HOME: folder,
    SAAS_SYNC_CONNECTIONS: join(folder, 'connections.yaml'),
    ODOO_URL: 'https://odoo.example.com',
    ODOO_DB: 'books',
    ODOO_API_KEY: 'odoo-key-1',
    KEY: 'vendor-key',
    HOOK: 'hook-secret',
  });
  const write = (yaml: string) => writeFileSync(join(folder, 'connections.yaml'), yaml);
  const read = (env: Environment = good()) => readConfig(env, [thingConnector]);
  const mistakes = (env?: Environment): string[] => {
    try {
      read(env);
    } catch (error) {
      return (error as ConfigurationError).message.split('\n  ').slice(1);
    }
    return [];
  };
  const YAML = `connections:
  - id: things-eu
    system: things
    credentials:
      key: { env: KEY }
      webhook: [{ env: HOOK }, { file: old.secret }]
`;

  it('reads how long an answer of Odoo may take, in seconds', () => {
    write(YAML);
    writeFileSync(join(folder, 'old.secret'), 'older-secret\n');
    expect(read({ ...good(), ODOO_TIMEOUT_S: '300' }).odoo.timeoutMs).to.equal(300_000);
    expect(read().odoo.timeoutMs).to.equal(undefined);
  });

  it('reads connections with secrets from environment and files', () => {
    write(YAML);
    writeFileSync(join(folder, 'old.secret'), 'older-secret\n');
    const config = read();
    expect(config.connections[0]).to.deep.include({ id: 'things-eu', time_zone: 'UTC', environment: 'live' });
    expect(config.connections[0]?.secrets).to.deep.equal({
      key: ['vendor-key'],
      webhook: ['hook-secret', 'older-secret'],
    });
    expect(config).to.include({
      port: 8070,
      storePath: join(folder, 'saas-sync.sqlite'),
      transport: 'json2',
    });
    expect(config.secrets).to.have.members(['odoo-key-1', 'vendor-key', 'hook-secret', 'older-secret']);
  });

  it('takes every secret also from a file', () => {
    write(YAML.replace(', { file: old.secret }', ''));
    writeFileSync(join(folder, 'key'), 'from-a-file\n');
    const { ODOO_API_KEY: _, ...env } = good();
    expect(read({ ...env, ODOO_API_KEY_FILE: join(folder, 'key') }).odoo.apiKey).to.equal('from-a-file');
  });

  it('names file, line and remedy of every mistake at once', () => {
    write(`connections:
  - id: Things EU
    system: things
  - id: shop
    system: sales_farce
  - id: one
    system: things
    time_zone: Mars/Olympus
    options:
      color: green
    credentials:
      key: { env: MISSING }
      password: { env: KEY }
  - id: one
    system: things
    credentials: { key: { env: KEY }, webhook: { file: nowhere } }
`);
    const told = mistakes();
    expect(told).to.have.length(9);
    const [first, ...rest] = told;
    expect(first).to.match(/^connections\.yaml:2: id: lower case letters, digits and dashes/);
    expect(rest[0]).to.equal(
      'connections.yaml:5: there is no connector for "sales_farce": write one of things',
    );
    expect(rest.join('\n')).to.contain('connections.yaml:10: options of Things Inc.: color:');
    expect(rest.join('\n')).to.contain('connections.yaml:8: "Mars/Olympus" is no time zone');
    expect(rest.join('\n')).to.contain(
      'connections.yaml:13: Things Inc. takes no credential "password": it takes key, webhook',
    );
    expect(rest.join('\n')).to.contain('connections.yaml:12: the environment variable MISSING is not set');
    expect(rest.join('\n')).to.contain('the credential webhook is missing (the webhook secret)');
    expect(rest.join('\n')).to.contain('connections.yaml:14: the id one is used twice');
    expect(rest.join('\n')).to.match(/connections\.yaml:16: the file .*nowhere does not exist/);
  });

  it('reads when sweeps run, and says how to write it', () => {
    writeFileSync(join(folder, 'old.secret'), 'older-secret');
    write(`${YAML}    sweep: { full: sun 03:30, brake: { records: 0 } }\n`);
    expect(read().connections[0]?.sweep).to.deep.equal({
      window: '1 h',
      full: 'sun 03:30',
      brake: { records: 0, percent: 5 },
    });
    write(`${YAML}    sweep:\n      window: hourly\n      full: '25:00'\n      brake: { percent: 200 }\n`);
    const [window, full, brake] = mistakes();
    expect(window).to.equal(
      'connections.yaml:8: sweep.window: write how often, e.g. "1 h" or "30 min", or "off"',
    );
    expect(full).to.contain('connections.yaml:9: sweep.full: write a time of day such as "02:00"');
    expect(brake).to.contain('connections.yaml:10: sweep.brake.percent');
  });

  it('tells the environment’s mistakes together with the file’s', () => {
    write('connections: [');
    const told = mistakes({
      ...good(),
      ODOO_URL: 'odoo',
      ODOO_DB: '',
      SAAS_SYNC_PORT: 'http',
      ODOO_TRANSPORT: 'xmlrpc',
      ODOO_TIMEOUT_S: '2 min',
    });
    expect(told.map((mistake) => mistake.split(' ')[0])).to.deep.equal([
      'SAAS_SYNC_PORT',
      'ODOO_URL',
      'ODOO_DB',
      'ODOO_TIMEOUT_S',
      'ODOO_LOGIN',
      'connections.yaml:1:',
    ]);
  });

  it('takes the limits for taking webhooks from the environment, and says what is no number', () => {
    write(YAML.replace(', { file: old.secret }', ''));
    const limits = { SAAS_SYNC_MIN_FREE_MB: '50', SAAS_SYNC_MAX_BACKLOG: '1000' };
    expect(read({ ...good(), ...limits }).overload).to.deep.equal({
      maxPending: 1_000,
      minFreeBytes: 50 * 1_048_576,
    });
    expect(read().overload).to.deep.equal({
      maxPending: 2_000_000,
      minFreeBytes: 200 * 1_048_576,
    });
    expect(mistakes({ ...good(), SAAS_SYNC_MIN_FREE_MB: 'plenty' })).to.deep.equal([
      'SAAS_SYNC_MIN_FREE_MB is "plenty": write a whole number, e.g. 200',
    ]);
  });

  it('shows no secret in a message', () => {
    write(YAML);
    expect(mistakes().join()).to.not.match(/vendor-key|hook-secret|odoo-key-1/);
  });
});
