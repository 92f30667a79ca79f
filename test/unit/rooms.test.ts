/** Who may import whom: one arrow between rooms, one owner for each library. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect } from 'chai';

const root = 'sidecar';

/** The rooms each room may import, besides itself. */
const mayImport: Record<string, string[]> = {
  domain: [],
  'connectors/kit': ['domain'],
  connectors: ['domain', 'connectors/kit', 'connectors/*'],
  'connectors/*': ['domain', 'connectors/kit'],
  rules: ['domain'],
  odoo: ['domain'],
  store: ['domain'],
  engine: ['domain', 'rules', 'store', 'odoo'],
  server: ['domain', 'engine'],
};

/** The only rooms that may name a library; `.` is the composition root beside the rooms. */
const ownedBy: Record<string, string[]> = {
  'better-sqlite3': ['store'],
  axios: ['connectors/kit', 'odoo'],
  jose: ['connectors/kit'],
  'fast-xml-parser': ['connectors/kit'],
  'odoo-await': ['odoo'],
  express: ['server'],
  'prom-client': ['server'],
  'node-cron': ['engine'],
  yaml: ['rules', '.'],
  '@marcbachmann/cel-js': ['rules'],
  winston: ['.'],
  '@opentelemetry/api': ['.'],
  commander: ['.'],
  'cli-progress': ['.'],
  'big.js': ['domain'],
};

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : path.endsWith('.ts') ? [path] : [];
  });
}

function roomOf(path: string): string {
  const parts = relative(root, path).split('/');
  // The commands of cli.ts belong to the composition root, one file each.
  if (parts.length === 1 || parts[0] === 'cli') return '.';
  if (parts[0] !== 'connectors') return parts[0] ?? '.';
  return parts.length === 2 ? 'connectors' : `connectors/${parts[1]}`;
}

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const found = text.matchAll(
    /(?:import|export)[^'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|^import\s+['"]([^'"]+)['"]/gm,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function allowed(from: string, to: string): boolean {
  if (from === '.' || from === to) return true;
  const key = from.startsWith('connectors/') && from !== 'connectors/kit' ? 'connectors/*' : from;
  return (mayImport[key] ?? []).some(
    (room) => room === to || (room === 'connectors/*' && /^connectors\/(?!kit)/.test(to)),
  );
}

function trespasses(): string[] {
  const found: string[] = [];
  for (const path of sources(root)) {
    const from = roomOf(path);
    for (const name of importsOf(path)) {
      if (name.startsWith('.')) {
        const target = relative('.', resolve(dirname(path), name));
        if (!target.startsWith(root)) found.push(`${path} leaves the sidecar: ${name}`);
        else if (!allowed(from, roomOf(target))) found.push(`${path} (${from}) imports ${target}`);
      } else {
        const owners = ownedBy[name];
        if (owners && !owners.includes(from))
          found.push(`${path} (${from}) imports ${name}, which ${owners.join(', ')} owns`);
      }
    }
  }
  return found;
}

describe('rooms', () => {
  it('import only what the table allows', () => {
    expect(trespasses()).to.deep.equal([]);
  });

  it('have a row in the table, each', () => {
    const rooms = new Set(
      sources(root)
        .map(roomOf)
        .filter((room) => room !== '.'),
    );
    for (const room of rooms) {
      const key = /^connectors\/(?!kit)/.test(room) ? 'connectors/*' : room;
      expect(mayImport, `sidecar/${room} is a room nobody has described`).to.have.property(key);
    }
  });

  it('name a vendor only in the vendor’s own folder', () => {
    const vendors = /\b(stripe|salesforce|hubspot|chargebee|paypal|zendesk|freshdesk)\b/i;
    const talkers = sources(root).filter((path) => {
      if (/^sidecar\/connectors\/(index\.ts|(?!kit)[a-z]+\/)/.test(path)) return false;
      const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '');
      return vendors.test(code);
    });
    expect(talkers).to.deep.equal([]);
  });
});
