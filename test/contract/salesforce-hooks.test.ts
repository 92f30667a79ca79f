/** What an org sends goes through our door: taken, acknowledged in its own words, and not sent twice. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { NewDelivery } from '../../sidecar/domain/delivery.ts';
import { salesforce } from '../../sidecar/connectors/salesforce/index.ts';
import { createHooks, type HookDeps } from '../../sidecar/server/hooks.ts';
import { startSalesforceSandbox, type SalesforceSandbox } from '../sandbox/salesforce/index.ts';
import { connectionTo, WEBHOOK_TOKEN } from '../support/salesforce-wire.ts';

const quiet = () => undefined;

describe('messages of a Salesforce org', () => {
  let org: SalesforceSandbox;
  let door: http.Server;
  let failing = 0;
  const inbox: NewDelivery[] = [];

  beforeEach(async () => {
    inbox.length = 0;
    org = await startSalesforceSandbox();
    const deps = {
      members: [{ connection: connectionTo(org), connector: salesforce }],
      intake: {
        put: async (deliveries: NewDelivery[]) => {
          if (failing > 0) {
            failing -= 1;
            throw new Error('the disk is full');
          }
          inbox.push(...deliveries);
          return deliveries.map(({ id }) => ({ id, duplicate: false }));
        },
      },
      now: Date.now,
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      tracer: { span: async (_name: string, _about: unknown, run: () => unknown) => run(), began: quiet },
      overload: quiet,
      measured: quiet,
    } as unknown as HookDeps;
    door = http.createServer(createHooks(deps));
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}/hooks/crm`;
    const objects = ['Account', 'Opportunity'];
    org.nudges.target = { url, token: WEBHOOK_TOKEN, form: 'outbound_message', objects, retryMs: 5 };
  });

  afterEach(async () => {
    await org.stop();
    door.closeAllConnections();
    door.close();
  });

  const makeFive = () =>
    Array.from({ length: 5 }, (_, index) => org.people.create('Account', { Name: `A${index}` }));

  it('are outbound messages with many notifications, acknowledged at once', async () => {
    const ids = makeFive();
    await org.nudges.idle();
    expect(inbox.map(({ externalId }) => externalId)).to.deep.equal(ids);
    expect(org.nudges.log.map(({ status }) => status)).to.deep.equal([200]);
  });

  it('come again when we could not keep them', async () => {
    failing = 2;
    const ids = makeFive();
    await org.nudges.idle();
    expect(inbox.map(({ externalId }) => externalId)).to.deep.equal(ids);
    expect(org.nudges.log).to.have.length(3);
  });

  it('are a Flow’s own JSON as well', async () => {
    org.nudges.target = { ...org.nudges.target!, form: 'flow' };
    makeFive();
    await org.nudges.idle();
    expect(inbox).to.have.length(5);
    expect(org.nudges.log.map(({ status }) => status)).to.deep.equal([202]);
  });
});
