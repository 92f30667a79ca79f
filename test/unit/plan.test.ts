/** The decisions: what a rule makes of an event, as given / when / then. */
import { expect } from 'chai';
import type { Change, Link, MoveChange, PaymentChange, UpsertChange } from '../../sidecar/domain/change.ts';
import type { Entity } from '../../sidecar/domain/entity/index.ts';
import { loadRules, plan } from '../../sidecar/rules/index.ts';
import { creditNote, customer, eventOf, invoice, line, payment } from '../support/events.ts';

const rules = loadRules('sync-rules');
const decide = (entity: Entity, id: string, link?: Link) =>
  plan(eventOf(entity, id), rules, link, { system: 'stripe' });
const only = <T extends Change>(entity: Entity, id: string, link?: Link): T => {
  const { changes } = decide(entity, id, link);
  expect(changes).to.have.length(1);
  return changes[0] as T;
};

describe('plan: customers', () => {
  it('maps fields, lowers the e-mail and looks for a twin by VAT, then by e-mail', () => {
    const change = only<UpsertChange>(customer({ vat: 'DE123456788' }), 'cus_1');
    expect(change.values).to.include({
      name: 'Acme GmbH',
      email: 'billing@acme.example',
      vat: 'DE123456788',
    });
    expect(change.match).to.deep.equal([
      [['vat', '=ilike', 'DE123456788']],
      [['email', '=ilike', 'billing@acme.example']],
    ]);
  });

  it('takes % and _ in a match literally', () => {
    const change = only<UpsertChange>(customer({ email: 'a_b%c@x.example' }), 'cus_1');
    expect(change.match).to.deep.equal([[['email', '=ilike', 'a\\_b\\%c@x.example']]]);
  });

  it('writes nothing for what the vendor did not tell, and empties what it told to be empty', () => {
    const silent = only<UpsertChange>(customer(), 'cus_1');
    expect(silent.values).not.to.have.any.keys('phone', 'street', 'country_id');
    const told = only<UpsertChange>(customer({ phone: null, addresses: [] }), 'cus_1');
    expect(told.values).to.include({ phone: null, street: null, country_id: null });
  });

  it('looks the region up within its country only', () => {
    const change = only<UpsertChange>(
      customer({ addresses: [{ role: 'main', lines: ['Marienplatz 1'], region: 'BY', country: 'DE' }] }),
      'cus_1',
    );
    expect(change.values['state_id']).to.deep.equal({
      lookup: ['res.country.state', 'code', 'BY', [['country_id.code', '=', 'DE']]],
    });
  });

  it('archives a deleted customer and touches nothing else', () => {
    const deleted = plan(eventOf(customer(), 'cus_1', { action: 'deleted' }), rules, undefined);
    expect(deleted.changes).to.have.length(1);
    expect(deleted.changes[0]).to.deep.include({ values: { active: false }, create: false, match: [] });
  });

  it('makes a deleted customer, archived and without adopting a twin, when documents need it', () => {
    const deleted = plan(
      eventOf(customer({ billed: true }), 'cus_1', { action: 'deleted' }),
      rules,
      undefined,
    );
    expect(deleted.changes[0]).to.deep.include({ create: true, match: [] });
    expect(deleted.changes[0]).to.have.nested.property('values.active', false);
    expect(deleted.changes[0]).to.have.nested.property('values.name', 'Acme GmbH');
  });

  it('gives the same digest for the same wish, whatever we believe Odoo holds', () => {
    const link: Link = {
      kind: 'customer',
      externalId: 'cus_1',
      model: 'res.partner',
      resId: 7,
      version: 1,
      digest: 'x',
      base: { name: 'Old' },
    };
    expect(only<UpsertChange>(customer(), 'cus_1', link).digest).to.equal(
      only<UpsertChange>(customer(), 'cus_1').digest,
    );
    expect(only<UpsertChange>(customer({ name: 'New' }), 'cus_1').digest).not.to.equal(
      only<UpsertChange>(customer(), 'cus_1').digest,
    );
  });
});

describe('plan: invoices', () => {
  it('posts an open invoice with quantity × price where that gives the vendor’s amount', () => {
    const change = only<MoveChange>(invoice(), 'in_1');
    expect(change.climb).to.deep.equal(['drafted', 'posted']);
    expect(change.values.lines).to.deep.equal([
      {
        name: 'Team plan',
        quantity: '3',
        price_unit: '33.33',
        product: { ref: { kind: 'product', external_id: 'prod_1' } },
        taxes: [{ ref: { kind: 'tax_rate', external_id: 'txr_19' } }],
      },
    ]);
    expect(change.values.expected).to.deep.include({ untaxed: 9999, tax: 1900, total: 11899 });
  });

  it('books the amount and says the quantity in words where price × quantity differs', () => {
    const change = only<MoveChange>(invoice({ lines: [line({ unitPrice: '33.30' })] }), 'in_1');
    expect(change.values.lines[0]).to.include({ quantity: '1', price_unit: '99.99', name: '3 × Team plan' });
  });

  it('does not trust Odoo with quantities finer than hundredths', () => {
    const change = only<MoveChange>(
      invoice({ lines: [line({ quantity: '0.333', unitPrice: '300.27027', net: 9999 })] }),
      'in_1',
    );
    expect(change.values.lines[0]).to.include({ quantity: '1', price_unit: '99.99' });
  });

  it('shows a discount as a line of its own with the same taxes', () => {
    const totals = { net: 8999, discount: 1000, tax: 1710, total: 10709, prepaid: 0, paid: 0, due: 10709 };
    const taxes = [{ rate: 'txr_19', inclusive: false, base: 8999, amount: 1710 }];
    const change = only<MoveChange>(invoice({ lines: [line({ discount: 1000 })], totals, taxes }), 'in_1');
    expect(change.values.lines[1]).to.deep.include({
      name: 'Discount: Team plan',
      price_unit: '-10.00',
      quantity: '1',
    });
    expect(change.values.lines[1]?.taxes).to.deep.equal(change.values.lines[0]?.taxes);
  });

  it('turns a negative invoice into a credit note with positive totals', () => {
    const totals = { net: -9999, discount: 0, tax: -1900, total: -11899, prepaid: 0, paid: 0, due: 0 };
    const negative = invoice({
      totals,
      taxes: [{ rate: 'txr_19', inclusive: false, base: -9999, amount: -1900 }],
      lines: [line({ net: -9999, quantity: '1', unitPrice: '-99.99' })],
    });
    const { values } = only<MoveChange>(negative, 'in_1');
    expect(values).to.include({ move_type: 'out_refund' });
    expect(values.expected).to.deep.include({ untaxed: 9999, tax: 1900, total: 11899 });
    expect(values.lines[0]).to.include({ price_unit: '99.99', quantity: '1' });
  });

  it('keeps drafts as drafts and voids what is void', () => {
    expect(only<MoveChange>(invoice({ status: 'draft' }), 'in_1').climb).to.deep.equal(['drafted']);
    expect(only<MoveChange>(invoice({ status: 'void', voidedAt: '2026-11-05' }), 'in_1')).to.deep.include({
      climb: ['voided'],
    });
  });

  it('takes back a draft that the vendor deleted, of which it tells nothing any more', () => {
    const nothing = { net: 0, discount: 0, tax: 0, total: 0, prepaid: 0, paid: 0, due: 0 };
    const deleted = invoice({ status: 'deleted', lines: [], taxes: [], totals: nothing });
    expect(only<MoveChange>(deleted, 'in_1').climb).to.deep.equal(['voided']);
  });

  it('has nothing to book for an invoice without lines, and says so', () => {
    const { changes, because } = decide(
      invoice({
        lines: [],
        totals: { net: 0, discount: 0, tax: 0, total: 0, prepaid: 0, paid: 0, due: 0 },
        taxes: [],
      }),
      'in_1',
    );
    expect(changes).to.deep.equal([]);
    expect(because).to.contain('no lines');
  });

  it('expresses yen without and dinars with three decimals', () => {
    const yen = invoice({ currency: 'JPY', lines: [line({ unitPrice: null })] });
    expect(only<MoveChange>(yen, 'in_1').values.lines[0]?.price_unit).to.equal('9999');
    const dinar = invoice({ currency: 'KWD', lines: [line({ unitPrice: null })] });
    expect(only<MoveChange>(dinar, 'in_1').values).to.include({ exponent: 3 });
    expect(only<MoveChange>(dinar, 'in_1').values.lines[0]?.price_unit).to.equal('9.999');
  });
});

describe('plan: credit notes and money', () => {
  it('corrects the invoice and settles with its refunds', () => {
    const change = only<MoveChange>(creditNote({ refunds: [{ refund: 're_1', amount: 11899 }] }), 'cn_1');
    expect(change.values).to.include({ move_type: 'out_refund' });
    expect(change.values.reversed_entry).to.deep.equal({ ref: { kind: 'invoice', external_id: 'in_1' } });
    expect(change.climb).to.deep.equal(['drafted', 'posted', 'settled:re_1']);
  });

  it('books a succeeded payment against its invoices', () => {
    const change = only<PaymentChange>(payment(), 'pi_1');
    expect(change.climb).to.deep.equal(['posted', 'reconciled:in_1']);
    expect(change.values).to.include({ payment_type: 'inbound', amount: 11899, memo: 'pi_1' });
  });

  it('does nothing for a payment that failed, is pending or pays no invoice', () => {
    expect(decide(payment({ status: 'failed' }), 'pi_1').changes).to.deep.equal([]);
    expect(decide(payment({ status: 'pending' }), 'pi_1').changes).to.deep.equal([]);
    expect(decide(payment({ allocations: [] }), 'pi_1').because).to.contain('payment@1');
  });

  it('pays a refund out, and books it back when it failed later', () => {
    const refund = {
      kind: 'refund',
      payment: 'pi_1',
      customer: 'cus_1',
      amount: 500,
      currency: 'EUR',
      status: 'succeeded',
      date: '2026-11-03',
    } as const;
    expect(only<PaymentChange>(refund, 're_1').climb).to.deep.equal(['posted']);
    const failed = only<PaymentChange>({ ...refund, status: 'failed', failedAt: '2026-11-09' }, 're_1');
    expect(failed.climb).to.deep.equal(['failed']);
    expect(failed.values.failed_date).to.equal('2026-11-09');
    expect(only<PaymentChange>({ ...refund, status: 'pending' }, 're_1').climb).to.deep.equal(['posted']);
    expect(decide({ ...refund, status: 'requested' }, 're_1').changes).to.deep.equal([]);
  });
});
