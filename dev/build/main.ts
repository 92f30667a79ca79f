// Builds the addon's front end: static/ (TypeScript, templates, styles) → odoo_addon/saas_sync/static.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const source = join(root, 'static');
const target = join(root, 'odoo_addon', 'saas_sync', 'static');
const compiled = join(root, 'var', 'build', `static-${process.pid}`);

/** The folders of static/ that Odoo loads; the same names exist in the addon and belong to the build alone. */
const FOLDERS = ['src', 'tests'];

/** File name relative to the addon's static folder → what the file must hold. */
type Output = Map<string, string>;

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function origin(file: string): string {
  return `Generated from static/${file} by "npm run build". Edit that file, not this one.`;
}

/** Puts the notice where the format allows it: an XML declaration must stay on the first line. */
function withNotice(file: string, text: string): string {
  const extension = extname(file);
  if (extension !== '.xml') return `// ${origin(file)}\n${text}`;
  const [declaration = ''] = /^<\?xml[^>]*\?>\n/.exec(text) ?? [];
  return `${declaration}<!-- ${origin(file)} -->\n${text.slice(declaration.length)}`;
}

/** Runs the TypeScript compiler. @throws when it reports anything: its messages are already on the terminal. */
function compile(): void {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const args = [tsc, '-p', join(source, 'tsconfig.json'), '--outDir', compiled];
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) throw new Error('The front end does not compile; the messages are above.');
}

/** Odoo's bundler reads imports with regular expressions, and stumbles over one that imports types only. */
function refuseEmptyImports(name: string, text: string): void {
  if (!/^import \{\s*\} from/m.test(text)) return;
  throw new Error(`static/${name} imports nothing but types from a module: write "import type" there.`);
}

function compiledModules(): Output {
  compile();
  const output: Output = new Map();
  for (const path of filesIn(compiled).filter((file) => file.endsWith('.js'))) {
    const name = relative(compiled, path);
    const module = name.replace(/\.js$/, '.ts');
    const text = readFileSync(path, 'utf8');
    refuseEmptyImports(module, text);
    output.set(name, withNotice(module, text));
  }
  rmSync(compiled, { recursive: true, force: true });
  return output;
}

function copiedFiles(): Output {
  const output: Output = new Map();
  const files = FOLDERS.flatMap((folder) => filesIn(join(source, folder)));
  for (const path of files.filter((file) => ['.xml', '.scss'].includes(extname(file)))) {
    const name = relative(source, path);
    output.set(name, withNotice(name, readFileSync(path, 'utf8')));
  }
  return output;
}

function committedFiles(): string[] {
  return FOLDERS.flatMap((folder) => filesIn(join(target, folder))).map((file) => relative(target, file));
}

function isCurrent(name: string, text: string): boolean {
  const path = join(target, name);
  return existsSync(path) && readFileSync(path, 'utf8') === text;
}

function differences(wanted: Output): { changed: string[]; stale: string[] } {
  return {
    changed: [...wanted].filter(([name, text]) => !isCurrent(name, text)).map(([name]) => name),
    stale: committedFiles().filter((name) => !wanted.has(name)),
  };
}

function check(wanted: Output): void {
  const { changed, stale } = differences(wanted);
  if (!changed.length && !stale.length) return;
  console.error('The committed front end is not what static/ builds to. Run "npm run build" and commit:');
  for (const name of [...changed, ...stale].sort()) console.error(`  ${relative(root, join(target, name))}`);
  process.exitCode = 1;
}

function write(wanted: Output): void {
  const { changed, stale } = differences(wanted);
  for (const name of stale) rmSync(join(target, name));
  for (const name of changed) {
    const path = join(target, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wanted.get(name) ?? '');
  }
  console.log(`Front end: ${wanted.size} files, ${changed.length} written, ${stale.length} removed.`);
}

try {
  const wanted: Output = new Map([...compiledModules(), ...copiedFiles()]);
  if (process.argv.includes('--check')) check(wanted);
  else write(wanted);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
