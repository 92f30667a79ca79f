/** Is Odoo as the sidecar needs it? Asked by `doctor` and at the start; answers in problems with a way out. */
import { asFailure } from '../domain/failure.ts';
import type { Hello } from './answers.ts';
import type { OdooApi } from './api.ts';

/** One thing that is wrong, and what to do about it. */
export interface Problem {
  code: string;
  message: string;
  hint: string;
  /** `stop`: nothing works; `warn`: works, but not as it should. */
  level: 'stop' | 'warn';
}

/** What was found. */
export interface ProbeResult {
  /** Undefined when Odoo could not be asked. */
  hello: Hello | undefined;
  problems: Problem[];
  /** How far Odoo's clock is ahead of ours, in ms, to about a second. */
  clockSkewMs: number | undefined;
}

/** What to look for. */
export interface ProbeOptions {
  /** UTC ms. */
  now?: () => number;
  /** Addons that must be there; `saas_sync` always is. */
  addons?: readonly string[];
  timeoutMs?: number;
}

const SERIES = '19.0';
/** More than this and "in sync since" is wrong on people's screens. */
const LARGEST_SKEW_MS = 30_000;

/** Never throws: what is wrong is in the answer. */
export async function probeOdoo(api: OdooApi, options: ProbeOptions = {}): Promise<ProbeResult> {
  const now = options.now ?? Date.now;
  const asked = now();
  try {
    const hello = await api.hello({ timeoutMs: options.timeoutMs ?? 15_000 });
    const clockSkewMs = Date.parse(hello.time) - (asked + now()) / 2;
    return { hello, clockSkewMs, problems: problemsOf(hello, clockSkewMs, options.addons ?? []) };
  } catch (error) {
    const { code, message, hint } = asFailure(error);
    return {
      hello: undefined,
      clockSkewMs: undefined,
      problems: [{ code, message, hint: hint ?? 'See Odoo’s log.', level: 'stop' }],
    };
  }
}

function problemsOf(hello: Hello, skewMs: number, addons: readonly string[]): Problem[] {
  return [
    ...seriesProblem(hello),
    ...['saas_sync', ...addons].flatMap((addon) => addonProblem(hello, addon)),
    ...companyProblem(hello),
    ...skewProblem(skewMs),
    ...hello.problems.map(({ code, message, hint }) => ({
      code,
      message,
      hint: hint ?? 'See Settings › SaaS Sync in Odoo.',
      level: 'warn' as const,
    })),
  ];
}

function seriesProblem({ odoo }: Hello): Problem[] {
  if (odoo === SERIES || odoo.endsWith(`~${SERIES}`)) return [];
  return [
    {
      code: 'odoo_version',
      message: `Odoo is version ${odoo}; the sidecar is made for ${SERIES}.`,
      hint: 'Use the sidecar and the addon made for that version of Odoo.',
      level: 'warn',
    },
  ];
}

function addonProblem({ addons, database }: Hello, addon: string): Problem[] {
  const version = addons[addon];
  if (version === undefined)
    return [
      {
        code: 'odoo_addon',
        message: `The addon ${addon} is not installed in the database "${database}".`,
        hint: `Install ${addon} in Odoo's Apps.`,
        level: 'stop',
      },
    ];
  if (version.startsWith(`${SERIES}.`)) return [];
  return [
    {
      code: 'odoo_addon_version',
      message: `The addon ${addon} is version ${version}; the sidecar is made for ${SERIES}.`,
      hint: `Update ${addon} to the version that came with this sidecar.`,
      level: 'warn',
    },
  ];
}

function companyProblem({ companies, user }: Hello): Problem[] {
  if (companies.length > 0) return [];
  return [
    {
      code: 'odoo_rights',
      message: `The user ${user} may work in no company.`,
      hint: 'Press Update access in Settings › SaaS Sync.',
      level: 'stop',
    },
  ];
}

function skewProblem(skewMs: number): Problem[] {
  if (Math.abs(skewMs) <= LARGEST_SKEW_MS) return [];
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return [
    {
      code: 'clock_skew',
      message: `Odoo's clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the sidecar's.`,
      hint: 'Let both machines keep their time by NTP.',
      level: 'warn',
    },
  ];
}
