/** E-mail addresses as evidence of who somebody is: those that many people share prove nothing. */

/** What a site adds to the lists below. */
export interface Mailboxes {
  shared: readonly string[];
  free: readonly string[];
}

/** Names before the @ that stand for an office, not for a person. */
const SHARED = new Set(
  (
    'info sales office billing support hello contact accounts accounting admin team mail post service invoice invoices ' +
    'finance ap noreply no-reply help kontakt vertrieb buchhaltung rechnung ventas facturation compta jobs press marketing orders'
  ).split(' '),
);

/** Domains where everybody can have an address. */
const FREE = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com yahoo.de yahoo.fr yahoo.co.uk icloud.com me.com ' +
    'mac.com aol.com gmx.de gmx.net gmx.com gmx.at gmx.ch web.de t-online.de freenet.de mail.com mail.ru yandex.ru proton.me ' +
    'protonmail.com zoho.com orange.fr wanadoo.fr free.fr laposte.net libero.it virgilio.it bluewin.ch hotmail.fr hotmail.de ' +
    'qq.com 163.com naver.com'
  ).split(' '),
);

/** The address in small letters if it is one person's; null for one that many share, and for what is none. */
export function personalMailbox(email: unknown, more: Mailboxes = { shared: [], free: [] }): string | null {
  const parts = partsOf(email);
  if (!parts) return null;
  const name = parts.name.replace(/\+.*$/, '');
  return SHARED.has(name) || more.shared.includes(name) ? null : `${parts.name}@${parts.domain}`;
}

/** "acme.example" of a website, else of an e-mail address; null where that is nobody's in particular. */
export function companyDomain(
  website: unknown,
  email: unknown,
  more: Mailboxes = { shared: [], free: [] },
): string | null {
  const domain = hostOf(website) ?? partsOf(email)?.domain;
  return domain === undefined || FREE.has(domain) || more.free.includes(domain) ? null : domain;
}

function partsOf(email: unknown): { name: string; domain: string } | undefined {
  const found = typeof email === 'string' ? /^([^\s@]+)@([^\s@]+\.[^\s@]+)$/.exec(email.trim()) : null;
  return found ? { name: found[1]!.toLowerCase(), domain: found[2]!.toLowerCase() } : undefined;
}

function hostOf(website: unknown): string | undefined {
  if (typeof website !== 'string') return undefined;
  const found = /^(?:[a-z]+:\/\/)?(?:www\.)?([^\s/:?#]+\.[^\s/:?#]+)/i.exec(website.trim());
  return found?.[1]?.toLowerCase();
}
