// Compiles the sidecar to one file of JavaScript and keeps it by its content: the compiler is needed once per version.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCE = join(ROOT, 'sidecar');
const CACHE = join(ROOT, 'node_modules', '.cache', 'saas-sync');
/** Packages of which the sidecar uses a small part. */
const COMPILED_IN = ['axios', 'yaml', 'zod'];
/** Older packages inside those ask for node's own modules by `require`. */
const REQUIRE = `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(${JSON.stringify(import.meta.url)});`;
/** Files of other versions are kept that long: a process that starts right now may be about to read one. */
const KEEP_MS = 86_400_000;

/** Path of the compiled command line. Throws when it is not there and cannot be made. */
export async function compiled() {
  const file = join(CACHE, `${fingerprint()}.mjs`);
  if (existsSync(file)) return file;
  mkdirSync(CACHE, { recursive: true });
  const fresh = `${file}.${process.pid}.new`;
  try {
    await compile(fresh);
    // Whoever else compiled it meanwhile wrote the same bytes.
    renameSync(fresh, file);
  } finally {
    rmSync(fresh, { force: true });
  }
  forgetOld(file);
  return file;
}

/** Contents, not times of change: a checkout or an image gives files any time it likes. The place is compiled in. */
function fingerprint() {
  const hash = createHash('sha256').update(ROOT).update(process.version);
  const own = [import.meta.url, new URL('../package-lock.json', import.meta.url)].map((url) =>
    fileURLToPath(url),
  );
  for (const file of [...own, ...sources()])
    if (existsSync(file)) hash.update(`\0${file}\0`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 20);
}

const sources = () =>
  readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(SOURCE, name));

const dependencies = () => JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).dependencies;

async function compile(outfile) {
  const { build, stop } = await import('esbuild');
  try {
    await build({
      entryPoints: [join(SOURCE, 'cli.ts')],
      outfile,
      bundle: true,
      // Loaded as they are, as in a run without compiling; the others shrink a lot when only what is used is loaded.
      external: Object.keys(dependencies()).filter((name) => !COMPILED_IN.includes(name)),
      banner: { js: REQUIRE },
      format: 'esm',
      platform: 'node',
      target: 'node20',
      plugins: [keepPlaces],
      logLevel: 'silent',
    });
  } finally {
    // Else its helper process would live as long as the sidecar.
    await stop();
  }
}

/** Modules find migrations and rules beside their source, wherever the compiled file lies. */
const keepPlaces = {
  name: 'keep-places',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
      return { contents, loader: 'ts' };
    });
  },
};

function forgetOld(current) {
  for (const name of readdirSync(CACHE)) {
    const file = join(CACHE, name);
    const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (file !== current && age > KEEP_MS) rmSync(file, { force: true });
  }
}
