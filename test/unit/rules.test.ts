/** Rule files: what is wrong is said with file and line, all at once. */
import { mkdtempSync, writeFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigurationError } from '../../sidecar/domain/failure.ts';
import { loadRules } from '../../sidecar/rules/index.ts';

function loading(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'saas-sync-rules-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    loadRules(folder);
    return '';
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigurationError);
    return (error as Error).message;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const head = 'entity: customer\nversion: 1\nowner: RevOps\npurpose: p\nodoo: res.partner\n';

describe('rule files', () => {
  it('ships a rule for every kind', () => {
    expect([...loadRules('sync-rules').byKind.keys()].sort()).to.deep.equal([
      'contact',
      'credit_note',
      'customer',
      'deal',
      'invoice',
      'payment',
      'price',
      'product',
      'refund',
      'tax_rate',
    ]);
  });

  it('names the line of an unknown key', () => {
    expect(loading({ 'c.yaml': `${head}fields:\n  name: { from: customer.name, onwer: odoo }\n` })).to.match(
      /c\.yaml:7: .*onwer/,
    );
  });

  it('names the line of a field the entity does not have, and lists those it has', () => {
    const message = loading({ 'c.yaml': `${head}fields:\n  name: { from: customer.nmae }\n` });
    expect(message).to.match(/c\.yaml:7: .*no field "nmae"/);
    expect(message).to.contain('legalName');
  });

  it('names the line of an expression that does not parse', () => {
    expect(loading({ 'c.yaml': `${head}fields:\n  name: { from: "lower(customer.name" }\n` })).to.match(
      /c\.yaml:7/,
    );
  });

  it('names the line of broken YAML', () => {
    expect(loading({ 'c.yaml': `${head}fields: {\n` })).to.match(/c\.yaml:\d+/);
  });

  it('reports the mistakes of all files together', () => {
    const message = loading({
      'a.yaml': 'entity: nothing\n',
      'b.yaml': `${head}fields: {}\nmode: sometimes\n`,
    });
    expect(message).to.contain('a.yaml:1');
    expect(message).to.contain('b.yaml:7');
  });

  it('refuses two rules for one kind and an empty folder', () => {
    expect(loading({ 'a.yaml': `${head}fields: {}\n`, 'b.yaml': `${head}fields: {}\n` })).to.contain(
      'already a rule',
    );
    expect(loading({})).to.contain('no rule files');
  });
});
