/** Both ways on one lane: what Odoo decides goes to the vendor, and both hold the same before it ends. */
import { expect } from 'chai';
import { InvalidData, Transient } from '../../sidecar/domain/failure.ts';
import { type TwoWay, acme, fieldsAt } from '../support/two-way.ts';

const conflicts = (w: TwoWay) => w.store.parked().filter(({ conflict }) => conflict);

describe('the engine, both ways', () => {
  it('tells an edit in Odoo to each vendor once, and takes its echo for what it is', async () => {
    const w = await acme();
    const { writes } = w.odoo;
    w.clock.advance(5_000);
    w.odoo.edit(1, { phone: '2' });
    await w.engine.pullCommands();
    await w.engine.runUntilIdle();
    expect(w.crms.north.pushes).to.deep.equal([{ id: 'n1', told: { phone: '2' }, news: true }]);
    expect(w.crms.south.pushes).to.deep.equal([{ id: 's1', told: { phone: '2' }, news: true }]);
    const { applies } = w.odoo;
    await w.settle();
    expect([w.odoo.applies, w.odoo.writes]).to.deep.equal([applies, writes]);
    expect(w.crms.north.pushes.length + w.crms.south.pushes.length).to.equal(2);
  });

  it('takes news of one vendor to the other', async () => {
    const w = await acme();
    w.crms.north.edit('n1', { name: 'Acme GmbH' });
    await w.settle();
    expect(w.odoo.partners.get(1)).to.include({ name: 'Acme GmbH' });
    expect(fieldsAt(w, 'south')).to.include({ name: 'Acme GmbH' });
    expect(w.crms.north.pushes).to.deep.equal([]);
    expect(w.crms.south.pushes).to.have.length(1);
  });

  it('gives the owner’s value back to a system that is not, and to Odoo', async () => {
    const w = await acme();
    w.crms.south.edit('s1', { name: 'Wrong' });
    w.odoo.edit(1, { name: 'Wrong, too' });
    await w.settle();
    expect([w.odoo.partners.get(1)!['name'], fieldsAt(w, 'south')['name']]).to.deep.equal(['Acme', 'Acme']);
    expect(w.crms.north.pushes).to.deep.equal([]);
  });

  it('merges edits of different fields on both sides without asking', async () => {
    const w = await acme();
    w.crms.north.edit('n1', { phone: '3' });
    w.odoo.edit(1, { website: 'acme.test' });
    await w.settle();
    expect(w.odoo.partners.get(1)).to.include({ phone: '3', website: 'acme.test' });
    expect(fieldsAt(w, 'north')).to.include({ phone: '3', website: 'acme.test' });
    expect(conflicts(w)).to.deep.equal([]);
  });

  it('holds only the field that both sides changed, and tells Odoo both values', async () => {
    const w = await acme();
    w.crms.north.edit('n1', { website: 'there', phone: '4' });
    w.odoo.edit(1, { website: 'here', email: 'b@acme.example' });
    await w.settle();
    await w.engine.report();
    expect(w.odoo.partners.get(1)).to.include({ website: 'here', phone: '4' });
    expect(fieldsAt(w, 'north')).to.include({ website: 'there', email: 'b@acme.example' });
    const report = w.odoo.reports.at(-1)!;
    expect(report.exceptions).to.deep.equal([]);
    const [told] = report.conflicts;
    expect(told).to.include({ connection: 'north', external_id: 'n1', model: 'res.partner', res_id: 1 });
    expect(told!.fields).to.have.length(1);
    expect(told!.fields[0]).to.deep.include({
      field: 'website',
      why: 'both_changed',
      base: 'acme.example',
      odoo: 'here',
      other: 'there',
      odoo_by: 'ada',
      other_by: 'eve',
    });
  });

  for (const [take, value] of [
    ['odoo', 'here'],
    ['other', 'there'],
  ] as const)
    it(`gives both sides what a person chose (${take})`, async () => {
      const w = await acme();
      w.crms.north.edit('n1', { website: 'there' });
      w.odoo.edit(1, { website: 'here' });
      await w.settle();
      await w.engine.report();
      w.odoo.resolve('north', 'n1', () => take);
      await w.settle();
      expect(w.odoo.partners.get(1)).to.include({ website: value });
      expect(fieldsAt(w, 'north')).to.include({ website: value });
      expect(fieldsAt(w, 'south')).to.include({ website: value });
      expect(conflicts(w)).to.deep.equal([]);
      await w.engine.report();
      expect(w.odoo.reports.at(-1)!.resolved).to.deep.include({
        connection: 'north',
        kind: 'customer',
        external_id: 'n1',
      });
      const story = w.store.journal({ lane: 'north/customer:n1' }).map(({ detail }) => detail);
      expect(story.join('\n')).to.include('decided by ben').and.not.to.include('here');
    });

  it('ends a conflict by itself when both sides agree again', async () => {
    const w = await acme();
    w.crms.north.edit('n1', { website: 'there' });
    w.odoo.edit(1, { website: 'here' });
    await w.settle();
    expect(conflicts(w)).to.have.length(1);
    w.crms.north.edit('n1', { website: 'here' });
    await w.settle();
    expect(conflicts(w)).to.deep.equal([]);
  });

  it('keeps asking while the conflict stands, whatever else happens to the record', async () => {
    const w = await acme();
    w.crms.north.edit('n1', { website: 'there' });
    w.odoo.edit(1, { website: 'here' });
    await w.settle();
    w.crms.north.edit('n1', { phone: '9', irrelevant: 1 });
    await w.settle();
    expect(conflicts(w)).to.have.length(1);
    expect(w.odoo.partners.get(1)).to.include({ website: 'here', phone: '9' });
  });

  it('makes an edit of what another system owns a proposal, where the rule says so', async () => {
    const w = await acme();
    w.odoo.edit(1, { comment: 'better' });
    await w.settle();
    expect(conflicts(w).map(({ conflict }) => conflict!.fields[0])).to.deep.include.members([]);
    const [parked] = conflicts(w);
    expect(parked!.ref.connection).to.equal('south');
    expect(parked!.conflict!.fields[0]).to.include({
      field: 'comment',
      why: 'owned_elsewhere',
      odoo: 'better',
      other: 'n',
    });
    await w.engine.report();
    w.odoo.resolve('south', 's1', () => 'odoo');
    await w.settle();
    expect(fieldsAt(w, 'south')).to.include({ note: 'better' });
    expect(conflicts(w)).to.deep.equal([]);
  });

  it('tells what only Odoo knows, and does not tell it again', async () => {
    const w = await acme();
    w.odoo.edit(1, { standing: 'overdue' });
    await w.settle();
    expect(fieldsAt(w, 'north')).to.include({ Standing__c: 'overdue' });
    expect(fieldsAt(w, 'south')).to.include({ standing: 'overdue' });
    await w.engine.command({ command: 'sync_now', connection: 'north', kind: 'customer', external_id: 'n1' });
    await w.settle();
    expect(w.crms.north.pushes).to.have.length(1);
  });

  it('makes many edits one write', async () => {
    const w = await acme();
    for (const phone of ['5', '6', '7']) w.odoo.edit(1, { phone });
    w.odoo.edit(1, { website: 'new.example' });
    await w.settle();
    expect(w.crms.north.pushes.map(({ told }) => told)).to.deep.equal([
      { phone: '7', website: 'new.example' },
    ]);
  });

  it('finds out what became of a push whose answer was lost, instead of repeating it', async () => {
    const w = await acme();
    w.crms.north.lose = 1;
    w.odoo.edit(1, { phone: '8' });
    await w.settle();
    expect(w.crms.north.pushes).to.have.length(1);
    expect(fieldsAt(w, 'north')).to.include({ phone: '8' });
    expect(w.store.depth().pending).to.equal(0);
  });

  it('takes back the vendor’s own spelling of what it was told, and lets it be', async () => {
    const w = await acme();
    w.crms.north.spelling = (name, value) => (name === 'phone' ? `+${value}` : value);
    w.odoo.edit(1, { phone: '49' });
    await w.settle();
    expect(w.odoo.partners.get(1)).to.include({ phone: '+49' });
    expect(w.crms.north.pushes).to.have.length(1);
    expect(fieldsAt(w, 'south')).to.include({ phone: '+49' });
  });

  it('hands what the vendor refuses to a person, while the rest of the record goes on', async () => {
    const w = await acme();
    w.crms.north.refusal = new InvalidData('field_not_writable', 'Phone is locked at North');
    w.crms.north.edit('n1', { website: 'news.example' });
    w.odoo.edit(1, { phone: '8' });
    await w.settle();
    expect(w.store.parked()[0]).to.include({ code: 'field_not_writable' });
    expect(w.odoo.partners.get(1)).to.include({ website: 'news.example', phone: '8' });
    w.crms.north.refusal = undefined;
    await w.engine.command({ command: 'retry', connection: 'north', kind: 'customer', external_id: 'n1' });
    await w.settle();
    expect(fieldsAt(w, 'north')).to.include({ phone: '8' });
    expect(w.store.parked()).to.deep.equal([]);
  });

  it('tries again later what a vendor that is unwell was not told', async () => {
    const w = await acme();
    w.crms.north.refusal = new Transient('vendor_unwell', 'North is unwell');
    w.odoo.edit(1, { phone: '8' });
    await w.engine.pullCommands();
    await w.engine.runUntilIdle();
    expect(w.store.parked()).to.deep.equal([]);
    w.crms.north.refusal = undefined;
    await w.settle();
    expect(fieldsAt(w, 'north')).to.include({ phone: '8' });
  });

  it('sees an edit that is made while the vendor is being told', async () => {
    const w = await acme();
    w.crms.north.beforePush = () => {
      w.crms.north.beforePush = undefined;
      w.odoo.edit(1, { phone: 'later' });
    };
    w.odoo.edit(1, { phone: 'sooner' });
    await w.settle();
    expect(w.odoo.partners.get(1)).to.include({ phone: 'later' });
    expect(fieldsAt(w, 'north')).to.include({ phone: 'later' });
    expect(fieldsAt(w, 'south')).to.include({ phone: 'later' });
  });

  it('asks nobody about a record that is edited faster than the vendor can be told', async () => {
    const w = await acme();
    let edits = 0;
    w.crms.north.beforePush = () => {
      if (edits < 9) w.odoo.edit(1, { phone: `edit ${++edits}` });
    };
    w.odoo.edit(1, { phone: 'edit 0' });
    await w.settle();
    w.clock.advance(120_000);
    await w.settle();
    expect(edits).to.equal(9);
    expect(w.store.depth().pending).to.equal(0);
    expect(fieldsAt(w, 'north')).to.include({ phone: 'edit 9' });
    expect(fieldsAt(w, 'south')).to.include({ phone: 'edit 9' });
    expect(conflicts(w)).to.deep.equal([]);
  });

  it('goes on where it was stopped between telling the vendor and telling Odoo', async () => {
    const w = await acme();
    let told = false;
    w.crms.north.beforePush = () => void (told = true);
    w.odoo.trouble = (moment) => {
      if (moment === 'before' && told) throw new Transient('odoo_down', 'Odoo does not answer');
    };
    w.odoo.edit(1, { phone: '8' });
    await w.engine.pullCommands();
    await w.engine.runUntilIdle();
    expect(w.store.depth().pending).to.be.greaterThan(0);
    w.odoo.trouble = undefined;
    w.clock.advance(120_000);
    await w.settle();
    expect(w.crms.north.pushes).to.have.length(1);
    expect(w.odoo.held.get('north/customer:n1')!.base).to.include({ phone: '8' });
  });
});
