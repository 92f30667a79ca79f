/** Countries as people and vendors write them, in words, and as everybody else does: ISO 3166-1 alpha-2. */

const english = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
/** Withdrawn or no countries, though they have names. */
const NOT_THESE = /^(AC|AN|BU|CP|CS|DD|DG|EA|EU|EZ|FX|IC|NT|QO|SU|TA|TP|UK|UN|X[ABC]|YD|YU|ZR|ZZ)$/;

const CODES = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter(
  (code) => !NOT_THESE.test(code) && english.of(code) !== undefined,
);

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/&/g, 'and')
    .replace(/[^\p{L}]+/gu, ' ')
    .trim()
    .toLowerCase();

/** Names in the languages whose users fill in forms by hand; the first one to claim a name keeps it. */
const BY_NAME = new Map<string, string>();
for (const language of ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'pl']) {
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
  for (const code of CODES) {
    const name = plain(names.of(code) ?? '');
    if (name && !BY_NAME.has(name)) BY_NAME.set(name, code);
  }
}
for (const [name, code] of [
  ['usa', 'US'],
  ['u s a', 'US'],
  ['united states of america', 'US'],
  ['uk', 'GB'],
  ['great britain', 'GB'],
  ['england', 'GB'],
  ['czech republic', 'CZ'],
  ['holland', 'NL'],
] as const)
  BY_NAME.set(name, code);

/** A code or a name in a usual language → the code; undefined where the text is neither. */
export function countryCode(text: string): string | undefined {
  const upper = text.trim().toUpperCase();
  if (CODES.includes(upper)) return upper;
  return BY_NAME.get(plain(text));
}

/** The code's English name, as CRMs list them; other texts stay as they are. */
export function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (english.of(code) ?? code) : code;
}
