/** Checks the addons' Python with ruff (its WebAssembly build, so no Python tool is needed) and a few habits of Odoo. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace, PositionEncoding } from '@astral-sh/ruff-wasm-nodejs';

const SETTINGS = {
  'line-length': 88,
  'target-version': 'py310',
  'indent-width': 4,
  lint: {
    // As OCA's template has it, and the security rules that pylint-odoo has under other names.
    select: [
      'B',
      'C90',
      'E',
      'F',
      'I',
      'UP',
      'W',
      'S102',
      'S110',
      'S112',
      'S113',
      'S307',
      'S608',
      'T20',
      'BLE',
    ],
    ignore: ['UP031'],
    mccabe: { 'max-complexity': 16 },
    isort: {
      sections: { odoo: ['odoo'], 'odoo-addons': ['odoo.addons'] },
      'section-order': [
        'future',
        'standard-library',
        'third-party',
        'odoo',
        'odoo-addons',
        'first-party',
        'local-folder',
      ],
    },
  },
};

/** What pylint-odoo would say, for the rules that a line can break. */
const HABITS: { name: string; pattern: RegExp; advice: string; except?: RegExp }[] = [
  {
    name: 'invalid-commit',
    pattern: /\bcr\.(commit|rollback)\(/,
    advice: 'Odoo commits; a record that must stay needs a savepoint',
    except: /tests\/|tools\//,
  },
  { name: 'sql-constraints', pattern: /\b_sql_constraints\b/, advice: 'use models.Constraint' },
  { name: 'prefer-env-translation', pattern: /from odoo import .*\b_\b/, advice: 'use self.env._()' },
  {
    name: 'translation-f-string',
    pattern: /env\._\(\s*f["']/,
    advice: 'constant text with named placeholders',
  },
  { name: 'deprecated-groups', pattern: /\bgroups_id\b/, advice: 'group_ids in Odoo 19' },
];

const MANIFEST_KEYS = ['name', 'version', 'license', 'author', 'category', 'summary', 'depends', 'data'];

export function checkPython(): Promise<{ ok: boolean; output: string }> {
  const ruff = new Workspace(SETTINGS, PositionEncoding.Utf16);
  const found: string[] = [];
  for (const path of pythonFiles('odoo_addon')) {
    const text = readFileSync(path, 'utf8');
    for (const { code, message, start_location: at } of ruff.check(text) as RuffFinding[])
      if (!excused(path, code)) found.push(`${path}:${at.row}:${at.column} ${code} ${message}`);
    found.push(...habitsBroken(path, text));
  }
  return Promise.resolve({ ok: found.length === 0, output: found.join('\n') });
}

/** An `__init__.py` imports for others and in Odoo's order, a manifest is one expression, tests may build SQL. */
function excused(path: string, code: string | null): boolean {
  if (path.endsWith('__init__.py')) return code === 'F401' || code === 'I001';
  if (path.endsWith('__manifest__.py')) return code === 'B018';
  return code === 'S608' && path.includes('/tests/');
}

interface RuffFinding {
  code: string | null;
  message: string;
  start_location: { row: number; column: number };
}

function habitsBroken(path: string, text: string): string[] {
  const found: string[] = [];
  for (const [index, line] of text.split('\n').entries())
    for (const { name, pattern, advice, except } of HABITS)
      if (pattern.test(line) && !except?.test(path)) found.push(`${path}:${index + 1} ${name}: ${advice}`);
  if (path.endsWith('__manifest__.py'))
    for (const key of MANIFEST_KEYS)
      if (!new RegExp(`["']${key}["']\\s*:`).test(text))
        found.push(`${path}:1 manifest-required-key: ${key} is missing`);
  return found;
}

function pythonFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === '__pycache__' ? [] : pythonFiles(path);
    return path.endsWith('.py') ? [path] : [];
  });
}
