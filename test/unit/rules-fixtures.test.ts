/** The shipped rules over every record that the connectors have on file: none of them is a surprise. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Change } from '../../sidecar/domain/change.ts';
import type { Snapshot, TranslationContext } from '../../sidecar/domain/connector.ts';
import { connectors } from '../../sidecar/connectors/index.ts';
import { Failure } from '../../sidecar/domain/failure.ts';
import { loadRules, rulesPort } from '../../sidecar/rules/index.ts';

const ROOM = fileURLToPath(new URL('../../sidecar/connectors/', import.meta.url));
const WRITABLE = Object.fromEntries(connectors.map(({ system, writable }) => [system, writable]));
const port = rulesPort(loadRules('sync-rules', WRITABLE), WRITABLE);

/** What the connector makes of one file, and the rules of that: changes, or the reason why there are none. */
function planned(system: string, file: string): { changes: Change[]; because: string[] } {
  const { translate } = connectors.find((each) => each.system === system)!;
  const { snapshot, context } = JSON.parse(readFileSync(`${ROOM}${system}/fixtures/${file}`, 'utf8')) as {
    snapshot: Snapshot;
    context: TranslationContext;
  };
  const plans = translate(snapshot, context).events.map((event) =>
    port.plan(event, undefined, { force: false, system }),
  );
  return {
    changes: plans.flatMap(({ changes }) => changes),
    because: plans.map(({ because }) => because),
  };
}

const filesOf = (system: string) =>
  readdirSync(`${ROOM}${system}/fixtures`).filter((name) => name.endsWith('.json'));

describe('shipped rules', () => {
  it('name no system that has no connector', () => {
    expect(loadRules('sync-rules', WRITABLE).warnings).to.deep.equal([]);
  });

  for (const { system, title } of connectors)
    it(`have an answer for every record of ${title} on file`, () => {
      for (const file of filesOf(system))
        try {
          const { changes, because } = planned(system, file);
          expect(changes.length + because.length, file).to.be.greaterThan(0);
          for (const change of changes)
            expect(change, file).to.include.all.keys('op', 'model', 'key', 'digest');
        } catch (error) {
          // The one question that only whoever writes the rules can answer.
          if (!(error instanceof Failure) || error.code !== 'stage_unknown') throw error;
          expect(error.hint, file).to.contain('sync-rules/deal.yaml');
        }
    });

  it('make an order of a won deal of either CRM', () => {
    for (const [system, file] of [
      ['salesforce', 'deal.won.json'],
      ['hubspot', 'deal.propertyChange.won.json'],
    ] as const) {
      const { changes } = planned(system, file);
      expect(changes.map(({ op, key }) => `${op} ${key.kind}`)).to.deep.equal(['upsert deal', 'order order']);
    }
  });

  it('let a merged record follow its survivor, and look for nobody by a shared mailbox', () => {
    for (const [system, merged, mailbox] of [
      ['salesforce', 'account.merged.json', 'contact.shared_mailbox.json'],
      ['hubspot', 'company.merge.json', 'contact.propertyChange.shared_mailbox.json'],
    ] as const) {
      expect(planned(system, merged).changes.map(({ op }) => op)).to.include('merge');
      expect(
        planned(system, mailbox).changes.map((change) => 'match' in change && change.match),
      ).to.deep.equal([[]]);
    }
  });
});
