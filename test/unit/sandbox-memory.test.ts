/** The simulated CRMs go on where they stopped. */
import { expect } from 'chai';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Portal } from '../sandbox/hubspot/portal.ts';
import { remember } from '../sandbox/memory.ts';
import { SalesforceOrg } from '../sandbox/salesforce/index.ts';
import * as story from '../sandbox/salesforce/story.ts';

describe('a sandbox with a memory', () => {
  let folder: string;
  const file = () => join(folder, 'state.json');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'saas-sync-memory-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('HubSpot keeps records, edges, merges and which ids were given', () => {
    const portal = new Portal();
    const save = remember(file(), portal, (hear) => portal.on('event', hear));
    const one = portal.create('companies', { name: 'Tidewater Labs' });
    const two = portal.create('companies', { name: 'Tidewater Laboratories' });
    const person = portal.create('contacts', { email: 'ada@tidewater.example' });
    portal.associate('contacts', person.id, 'companies', two.id, [1]);
    const survivor = portal.merge('companies', one.id, two.id);
    save();
    const later = new Portal();
    remember(file(), later, () => undefined);
    expect(JSON.stringify(later.keep())).to.equal(JSON.stringify(portal.keep()));
    expect(later.get('companies', one.id).id).to.equal(survivor.id);
    expect(later.associations.of('contacts', person.id, 'companies').map(({ id }) => id)).to.deep.equal([
      survivor.id,
    ]);
    expect(() => later.create('contacts', { email: 'ADA@tidewater.example' })).to.throw('already exists');
    expect(Number(later.create('companies', { name: 'Next' }).id)).to.equal(Number(survivor.id) + 1);
  });

  it('Salesforce keeps records, the recycle bin, and which ids were given', () => {
    const sandbox = new SalesforceOrg();
    const { org, people } = sandbox;
    const save = remember(file(), org, (hear) => org.on('change', hear));
    story.beginning(sandbox);
    story.twinSells(sandbox);
    story.twinsAreMerged(sandbox);
    save();
    const later = new SalesforceOrg();
    remember(file(), later.org, () => undefined);
    expect(later.org.keep()).to.deep.equal(org.keep());
    const kept = story.idOf(later.org, 'Account', story.CAST.kept);
    expect(later.org.table('Opportunity').where('AccountId', kept)).to.have.length(1);
    const made = later.people.create('Account', { Name: 'Next' });
    expect(org.find('Account', made)).to.equal(undefined);
    expect(made).to.equal(people.create('Account', { Name: 'Next' }));
  });

  it('writes soon after a change', async () => {
    const portal = new Portal();
    const end = remember(file(), portal, (hear) => portal.on('event', hear));
    portal.create('companies', { name: 'Tidewater Labs' });
    while (!existsSync(file())) await new Promise((resolve) => setTimeout(resolve, 20));
    const later = new Portal();
    remember(file(), later, () => undefined);
    end();
    expect(later.all('companies')).to.have.length(1);
  });
});
