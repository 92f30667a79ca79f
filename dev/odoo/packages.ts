// Odoo 19 as Debian packages it: unpacked under var/, with its dependencies from this machine's own suite.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { apt, aptGet, missingPackages, type AptOptions } from './apt.ts';
import { inVar } from './paths.ts';
import { mustRun, run, SetupError } from './process.ts';
import type { Progress } from './progress.ts';

const PYTHON = `asn1crypto babel cbor2 chardet cryptography dateutil decorator docutils freezegun geoip2 gevent greenlet
  idna jinja2 libsass lxml magic markupsafe num2words ofxparse openpyxl openssl passlib pil polib psutil psycopg2 pypdf
  pypdf2 qrcode reportlab requests rjsmin serial stdnum tz urllib3 usb vobject websocket werkzeug xlrd xlsxwriter xlwt
  zeep`;

// The scripts and fonts are what Odoo's asset bundles link to; chromium runs its browser tests.
const OTHERS = `postgresql chromium fonts-dejavu-core fonts-font-awesome fonts-glyphicons-halflings fonts-inconsolata
  fonts-roboto-unhinted libjs-jquery libjs-jquery-form libjs-underscore`;

const words = (text: string): string[] => text.split(/\s+/);

/** What Odoo and its tests need from this machine's own Debian suite. */
export const DEPENDENCIES = [...words(OTHERS), ...words(PYTHON).map((name) => `python3-${name}`)];

/** The unpacked Odoo. */
export interface OdooPackage {
  version: string;
  root: string;
}

/** Refuses early, and says what else can be done, where Debian's packages cannot help. */
export function requireDebian(): void {
  const others = 'Set ODOO_URL to an Odoo 19 that runs somewhere, or start Docker.';
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=debian$/m.test(release))
    throw new SetupError(`No Docker engine runs, and this is not Debian. ${others}`);
  if (!existsSync('/usr/bin/apt-get'))
    throw new SetupError(`No Docker engine runs, and apt-get is missing. ${others}`);
}

/** Installs the dependencies that are missing; without root it says which command to run. */
export async function installDependencies(progress: Progress): Promise<void> {
  const missing = await missingPackages(DEPENDENCIES);
  if (missing.length === 0) return;
  const install = ['install', '--yes', '--no-install-recommends', ...missing];
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `Odoo needs Debian packages. Run this, then try again:\n  sudo apt-get ${install.join(' ')}`,
    );
  }
  await progress.step(`Debian packages (${missing.length})`, async (report) => {
    const first = await apt(install, { report });
    if (first.code === 0) return;
    await run({ file: 'dpkg', args: ['--configure', '-a'] }); // an installation may have been interrupted
    await apt(['update'], {}); // one broken third-party source must not stop us: the install decides
    await aptGet(install, 'Installing Debian packages', { report });
  });
}

/** Odoo 19 under `var/odoo/<version>`: downloaded and unpacked once. */
export async function odooPackage(progress: Progress): Promise<OdooPackage> {
  const present = unpackedVersion();
  if (present) return { version: present, root: inVar('odoo', present) };
  const source = await throwAwaySource();
  const file = await progress.step('Odoo 19 package', (report) => download(source, report));
  const version = (
    await mustRun({ file: 'dpkg-deb', args: ['--field', file, 'Version'] }, 'Reading the package')
  ).trim();
  await progress.step(`Unpacking Odoo ${version}`, () => unpack(file, inVar('odoo', version)));
  return { version, root: inVar('odoo', version) };
}

// A folder gets its final name only when it is complete, so a name is a promise.
const unpackedVersion = (): string | undefined =>
  readdirSync(inVar('odoo'))
    .filter((name) => /^19\.[\w.+~-]+$/.test(name) && !name.endsWith('.partial'))
    .sort()
    .at(-1);

/**
 * Odoo 19 is in Debian's unstable suite only. This asks the mirror that the machine already uses, with lists and
 * cache of its own, so the system's apt stays as it is.
 */
async function throwAwaySource(): Promise<AptOptions> {
  const mirror = await debianMirror();
  const home = inVar('apt');
  for (const folder of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(home, folder), { recursive: true });
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const option = existsSync(keyring) ? `[signed-by=${keyring}] ` : '';
  writeFileSync(join(home, 'sources.list'), `deb ${option}${mirror} sid main\n`);
  return {
    cwd: home,
    settings: {
      'Dir::Etc::sourcelist': join(home, 'sources.list'),
      'Dir::Etc::sourceparts': '-',
      'Dir::State::Lists': join(home, 'lists'),
      'Dir::Cache': join(home, 'cache'),
    },
  };
}

async function debianMirror(): Promise<string> {
  const format = ['--format', '$(ORIGIN) $(REPO_URI) $(COMPONENT)', 'Created-By: Packages'];
  let targets = await apt(['indextargets', ...format], {});
  if (!targets.stdout.includes(' main')) {
    await apt(['update'], {});
    targets = await apt(['indextargets', ...format], {});
  }
  const line = targets.stdout
    .split('\n')
    .find((text) => text.startsWith('Debian ') && text.endsWith(' main'));
  if (!line)
    throw new SetupError("apt knows no Debian mirror; check /etc/apt/sources.list and run 'apt-get update'.");
  return line.split(' ')[1] ?? '';
}

async function download(source: AptOptions, report: (fraction: number) => void): Promise<string> {
  const folder = source.cwd ?? '';
  await aptGet(['update'], 'Reading the list of Debian packages', {
    ...source,
    report: (f) => report(f * 0.2),
  });
  await aptGet(['download', 'odoo-19'], 'Downloading Odoo 19', {
    ...source,
    report: (f) => report(0.2 + f * 0.8),
  });
  const file = readdirSync(folder).find((name) => name.startsWith('odoo-19_') && name.endsWith('.deb'));
  if (!file) throw new SetupError('apt-get downloaded Odoo 19, but the package file is not there.');
  return join(folder, file);
}

async function unpack(file: string, target: string): Promise<void> {
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  await mustRun({ file: 'dpkg-deb', args: ['--extract', file, partial] }, 'Unpacking Odoo');
  // The asset files are relative links into usr/share: without these folders every page is an error 500.
  for (const name of ['javascript', 'fonts', 'fonts-font-awesome', 'fonts-glyphicons']) {
    const link = join(partial, 'usr/share', name);
    if (!existsSync(link)) symlinkSync(join('/usr/share', name), link);
  }
  renameSync(partial, target);
}
