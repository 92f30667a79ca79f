/** From instants to business dates: which calendar day an instant is depends on where the books are kept. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** `YYYY-MM-DD` of an instant (UTC ms) in an IANA time zone. */
export function businessDate(at: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts['year']!.padStart(4, '0')}-${parts['month']}-${parts['day']}`;
}
