/** How likely a record of Odoo is the one that another system means: points for what agrees, with the reasons in words. Pure. */
import type { Contact, Customer, Product } from '../domain/entity/index.ts';
import type { Candidate, Scored, Traits } from '../domain/first-contact.ts';

export interface Verdict {
  finding: 'match' | 'ambiguous' | 'create';
  /** Of the best one; 0 without any. */
  score: number;
  /** In one sentence. */
  why: string;
  /** Best first. */
  suggestions: Scored[];
}

/**
 * Points. A VAT number is given to one company only, yet parts of a group share it, so that alone it does not decide; a company's
 * mailbox or domain is strong, for few companies share them; names repeat, so that an equal name alone is a question
 * and needs one more thing to be an answer; an equal place is weak, for many live there.
 */
export const POINTS = {
  vat: 60,
  otherVat: -40,
  email: 45,
  emailInside: 30,
  domain: 25,
  name: 45,
  nearName: 30,
  otherName: -5,
  place: 15,
  city: 5,
  otherPlace: -15,
  phone: 15,
  sameCompany: 35,
  sku: 75,
  otherForm: -10,
} as const;

/** From here on it is taken for the same: two strong things agree, or a strong one and a near name (45 + 30). */
export const CLEAR = 75;
/** Below it is not worth a person's time; an equal name (45) is, unless the place contradicts it. */
export const NEAR = 40;
/** The next best must be this much worse, else a person chooses: as much as one more thing that agrees. */
export const LEAD = 20;
/** An address that so many records of Odoo have is nobody's own. */
const SHARED_BY = 4;
/** Shown to a person; more than these decide nothing. */
const SUGGESTED = 5;

/** Mailboxes of a function, which a company's people and its agencies share. */
const SHARED_MAILBOX =
  /^(abuse|accounting|accounts?|accountspayable|admin|ap|billing|buchhaltung|contact|contabilita|enquir(y|ies)|facturation|factur(en|as?)|finance|hello|help|hi|hola|hr|info|invoices?|kontakt|mail|marketing|no-?reply|office|orders?|payables?|post|postmaster|procurement|purchas(e|ing)|rechnung(en)?|reception|sales|service|support|team|webmaster|welcome)([-_.+].*)?@/;

/** Providers whose domain says nothing about a company. */
const PUBLIC_DOMAINS = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com hotmail.fr hotmail.de live.com msn.com yahoo.com yahoo.de yahoo.fr yahoo.co.uk ' +
    'ymail.com icloud.com me.com mac.com aol.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de posteo.de ' +
    'mailbox.org proton.me protonmail.com pm.me orange.fr free.fr laposte.net wanadoo.fr libero.it virgilio.it telenet.be ' +
    'skynet.be ziggo.nl kpnmail.nl xs4all.nl bluewin.ch mail.ru yandex.ru qq.com 163.com zoho.com fastmail.com'
  ).split(' '),
);

/** True for info@, billing@ and their like: proof of nothing. */
export function isSharedMailbox(email: string): boolean {
  return SHARED_MAILBOX.test(email.trim().toLowerCase());
}

/** The domain of a company, of its web site or of somebody's address there; undefined for public providers. */
export function companyDomain(
  website: string | null | undefined,
  email: string | null | undefined,
): string | undefined {
  for (const text of [website, email?.split('@').at(-1)]) {
    const domain = (text ?? '')
      .trim()
      .toLowerCase()
      .replace(/^(https?:\/\/)?(www\.)?/, '')
      .replace(/[/:?#].*$/s, '');
    if (domain.includes('.') && !PUBLIC_DOMAINS.has(domain)) return domain;
  }
  return undefined;
}

/** What candidates are asked for by; an address of a shared mailbox is left out. */
export function traitsOf(entity: Customer | Contact | Product): Traits {
  if (entity.kind === 'product') return { name: entity.name, sku: entity.sku ?? null };
  const address = entity.addresses?.find(({ role }) => role === 'main') ?? entity.addresses?.[0];
  const email = entity.email?.trim().toLowerCase() || null;
  return {
    name: entity.name,
    email: email !== null && isSharedMailbox(email) ? null : email,
    domain: companyDomain(entity.kind === 'customer' ? entity.website : null, email) ?? null,
    zip: address?.postcode?.trim() || null,
    city: address?.city?.trim() || null,
    country: address?.country ?? null,
    phone: entity.phone ?? null,
    ...(entity.kind === 'customer'
      ? { vat: entity.vat ?? null, company: entity.isCompany ?? null, parent: entity.parent ?? null }
      : { company: false, parent: entity.customer ?? null }),
  };
}

/** What two records of one system have in common if they are one and the same; undefined where there is nothing to go by. */
export function twinKeys(traits: Traits): { vat?: string; mail?: string; place?: string } {
  const vat = foldVat(traits.vat);
  const name = foldName(traits.name);
  return {
    ...(vat ? { vat } : {}),
    ...(traits.email ? { mail: traits.email } : {}),
    ...(traits.zip && name ? { place: `${name}|${traits.zip.toLowerCase()}` } : {}),
    ...(!traits.zip && traits.sku ? { place: `sku|${traits.sku.toLowerCase()}` } : {}),
  };
}

/** Decides between candidates. */
export function judge(traits: Traits, candidates: readonly Candidate[]): Verdict {
  const shared = candidates.filter(({ how }) => how?.includes('email')).length >= SHARED_BY;
  const all = candidates
    .map((candidate) => score(traits, candidate, shared))
    .filter((scored) => scored.score >= NEAR)
    .sort((one, other) => other.score - one.score || one.id - other.id);
  const [best, next] = all;
  const suggestions = all.slice(0, SUGGESTED);
  if (!best) return { finding: 'create', score: 0, why: 'Nothing in Odoo looks like it', suggestions };
  const words = best.why.join(', ');
  if (next && next.score > best.score - LEAD)
    return { finding: 'ambiguous', score: best.score, why: `${words}; another comes close`, suggestions };
  return { finding: best.score >= CLEAR ? 'match' : 'ambiguous', score: best.score, why: words, suggestions };
}

function score(traits: Traits, candidate: Candidate, shared: boolean): Scored {
  const points = [
    ...vatPoints(traits, candidate),
    ...mailPoints(traits, candidate, shared),
    ...namePoints(traits.name, candidate.name),
    ...placePoints(traits, candidate),
    ...phonePoints(traits, candidate),
    ...otherPoints(traits, candidate),
  ];
  const sum = points.reduce((total, [value]) => total + value, 0);
  const { id, name, how: _how, sameCompany: _same, website, ...rest } = candidate;
  return {
    id,
    name,
    score: Math.max(0, Math.min(100, sum)),
    why: points.map(([value, words]) => `${words} (${value})`),
    traits: { ...rest, name, domain: rest.domain ?? companyDomain(website, rest.email) ?? null },
  };
}

type Points = [value: number, words: string][];

function vatPoints(traits: Traits, candidate: Candidate): Points {
  const [ours, theirs] = [foldVat(traits.vat), foldVat(candidate.vat)];
  if (!ours || !theirs) return [];
  return ours === theirs ? [[POINTS.vat, 'same VAT number']] : [[POINTS.otherVat, 'another VAT number']];
}

/** An address and its domain are one proof, not two. */
function mailPoints(traits: Traits, candidate: Candidate, shared: boolean): Points {
  const { how = [] } = candidate;
  const email = candidate.email?.trim().toLowerCase();
  if (traits.email && !shared) {
    if (email === traits.email) return [[POINTS.email, 'same e-mail address']];
    if (how.includes('email')) return [[POINTS.emailInside, 'somebody there has the same e-mail address']];
  }
  if (traits.company === false || !traits.domain) return [];
  const own = companyDomain(candidate.website, email) === traits.domain;
  return own || how.includes('domain') ? [[POINTS.domain, 'same domain']] : [];
}

function namePoints(ours: string, theirs: string): Points {
  const [one, other] = [foldName(ours), foldName(theirs)];
  if (one === '' || other === '') return [];
  if (one === other) return [[POINTS.name, 'same name']];
  const steps = editDistance(one, other, allowedSteps(Math.max(one.length, other.length)));
  if (steps === 1) return [[POINTS.nearName, 'name differs by one letter']];
  if (steps !== undefined) return [[POINTS.nearName, `name differs by ${steps} letters`]];
  const [short, long] = [ours, theirs].map(wordsOf).sort((a, b) => a.length - b.length);
  if (short!.length > 0 && short!.join('').length >= 4 && short!.every((word) => long!.includes(word)))
    return [[POINTS.nearName, 'one name contains the other']];
  return [[POINTS.otherName, 'another name']];
}

function placePoints(traits: Traits, candidate: Candidate): Points {
  const same = (one?: string | null, other?: string | null) =>
    one && other ? foldName(one) === foldName(other) : undefined;
  const country = same(traits.country, candidate.country);
  const zip = country === false ? false : same(traits.zip, candidate.zip);
  const city = country === false ? false : same(traits.city, candidate.city);
  if (zip) return [[POINTS.place, 'same postcode']];
  if (city) return [[POINTS.city, 'same city']];
  return zip === false || city === false ? [[POINTS.otherPlace, 'another place']] : [];
}

/** Numbers are written with and without country and area prefixes: their last eight digits tell. */
function phonePoints(traits: Traits, candidate: Candidate): Points {
  const tail = (text?: string | null) => (text ?? '').replace(/\D/g, '').slice(-8);
  const ours = tail(traits.phone);
  return ours.length >= 7 && ours === tail(candidate.phone) ? [[POINTS.phone, 'same telephone number']] : [];
}

function otherPoints(traits: Traits, candidate: Candidate): Points {
  const points: Points = [];
  if (traits.sku && candidate.sku && traits.sku.toLowerCase() === candidate.sku.toLowerCase())
    points.push([POINTS.sku, 'same reference']);
  if (candidate.sameCompany) points.push([POINTS.sameCompany, 'works for the same company']);
  const [ours, theirs] = [traits.company, candidate.company];
  if (typeof ours === 'boolean' && typeof theirs === 'boolean' && ours !== theirs)
    points.push([POINTS.otherForm, 'one is a company, the other a person']);
  return points;
}

const LEGAL_FORMS = new Set(
  (
    'ab ag as bv co company corp corporation gmbh inc incorporated kg kk limited llc llp ltd mbh nv ohg oy plc pte pty sa ' +
    'sarl sas se sl spa srl ug'
  ).split(' '),
);

/** Spelling that tells nothing is taken away: case, accents, umlauts written either way, points, legal forms. */
function wordsOf(text: string): string[] {
  const plain = text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/ø/g, 'o')
    .replace(/ł/g, 'l')
    .replaceAll('.', '')
    .replace(/([aou])e/g, '$1');
  const words = plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const bare = words.filter((word) => !LEGAL_FORMS.has(word));
  return bare.length > 0 ? bare : words;
}

const foldName = (text: string): string => wordsOf(text).join('');

const foldVat = (text: string | null | undefined): string =>
  (text ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '');

/** One slip in six letters is a slip of the pen, more is another name; never more than three. */
const allowedSteps = (length: number): number => Math.min(3, Math.floor(length / 6));

/** Levenshtein distance with swapped neighbours counted once; undefined beyond `most`. */
function editDistance(one: string, other: string, most: number): number | undefined {
  if (Math.abs(one.length - other.length) > most) return undefined;
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1);
      let least = Math.min(changed, row[j]! + 1, next[j - 1]! + 1);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        least = Math.min(least, before[j - 2]! + 1);
      next.push(least);
    }
    [before, row] = [row, next];
  }
  const steps = row.at(-1)!;
  return steps <= most ? steps : undefined;
}
