/** `saas-sync doctor`: what works, what does not, and what to do about it. Changes nothing. */
import { readConfig, type Config, type Environment } from '../config.ts';
import { connectors } from '../connectors/index.ts';
import { asFailure, type Failure } from '../domain/failure.ts';
import type { Member } from '../engine/index.ts';
import { runningIn } from '../instance.ts';
import { membersOf, odooOf, rulesFrom } from '../main.ts';
import { probeOdoo } from '../odoo/probe.ts';
import { openStore } from '../store/sqlite/index.ts';

type Say = (line: string) => void;

/** Checks everything and says one line each; returns whether all is well. */
export async function doctor(env: Environment, say: Say): Promise<boolean> {
  const report = reporter(say);
  const config = report.check(
    'Configuration',
    () => readConfig(env, connectors),
    ({ connections, connectionsFile }) => {
      return `${connections.length} connection${connections.length === 1 ? '' : 's'} in ${connectionsFile}`;
    },
  );
  if (!config) return false;
  report.check(
    'Rules',
    () =>
      rulesFrom(
        config.rulesFolder,
        config.connections.map(({ system }) => system),
      ),
    () => config.rulesFolder,
  );
  checkStore(config, report);
  await checkOdoo(config, report);
  for (const member of membersOf(config)) await checkVendor(member, report);
  return report.well();
}

function reporter(say: Say) {
  let bad = 0;
  const wrong = (what: string, { message, hint }: { message: string; hint?: string | undefined }) => {
    bad++;
    say(`✘ ${what}: ${message}${hint ? `\n    → ${hint}` : ''}`);
  };
  return {
    good: (what: string, details: string) => say(`✔ ${what}: ${details}`),
    warn: (what: string, { message, hint }: { message: string; hint?: string | undefined }) =>
      say(`! ${what}: ${message}${hint ? `\n    → ${hint}` : ''}`),
    wrong,
    check<T>(what: string, work: () => T, details: (result: T) => string): T | undefined {
      try {
        const result = work();
        say(`✔ ${what}: ${details(result)}`);
        return result;
      } catch (error) {
        wrong(what, asFailure(error));
        return undefined;
      }
    },
    well: () => bad === 0,
  };
}

type Reporter = ReturnType<typeof reporter>;

function checkStore(config: Config, report: Reporter): void {
  const running = runningIn(config.home);
  if (running) return report.good('Store', `in use by the running sidecar (process ${running.pid})`);
  report.check(
    'Store',
    () => {
      const store = openStore(config.storePath);
      const pending = store.depth().pending;
      store.close();
      return pending;
    },
    (pending) => `${config.storePath}, ${pending} deliveries waiting`,
  );
}

/** Which of our addons the connected systems need, by what they hold. */
function addonsFor({ connections }: Config): string[] {
  const kinds = new Set(
    connections.flatMap(({ system }) => connectors.find((each) => each.system === system)?.kinds ?? []),
  );
  return kinds.has('deal') ? ['saas_sync_billing', 'saas_sync_sales'] : ['saas_sync_billing'];
}

async function checkOdoo(config: Config, report: Reporter): Promise<void> {
  const { hello, problems, clockSkewMs } = await probeOdoo(odooOf(config), { addons: addonsFor(config) });
  if (hello) report.good('Odoo', `${config.odoo.url}, database ${hello.database}, by ${config.transport}`);
  for (const problem of problems) {
    if (problem.level === 'stop') report.wrong('Odoo', problem);
    else report.warn('Odoo', problem);
  }
  if (clockSkewMs !== undefined && Math.abs(clockSkewMs) < 30_000)
    report.good('Clocks', `Odoo’s differs by ${Math.round(clockSkewMs / 1_000)} s`);
}

async function checkVendor({ connection, connector }: Member, report: Reporter): Promise<void> {
  const what = `${connector.title} (${connection.id})`;
  try {
    const session = connector.open(connection, { now: Date.now });
    const { account, details } = await session.probe();
    const more = Object.entries(details).map(([name, value]) => `, ${name} ${value}`);
    report.good(what, `account ${account}${more.join('')}`);
  } catch (error) {
    const failure: Failure = asFailure(error);
    report.wrong(what, failure);
  }
}
