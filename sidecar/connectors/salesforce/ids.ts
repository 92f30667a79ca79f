/**
 * Record ids. The vendor shows 15 characters in which case matters and 18 that survive programs which ignore case: the last three tell
 * which of the first fifteen are capitals. We only ever keep 18.
 */

const CHECKS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The id with 18 characters; undefined if the text is no record id. */
export function longId(text: string): string | undefined {
  if (!/^(?:[a-zA-Z0-9]{15}|[a-zA-Z0-9]{18})$/.test(text)) return undefined;
  const short = text.slice(0, 15);
  return short + [0, 5, 10].map((from) => checkOf(short.slice(from, from + 5))).join('');
}

function checkOf(five: string): string {
  let bits = 0;
  for (const [place, letter] of five.split('').entries()) if (/[A-Z]/.test(letter)) bits |= 1 << place;
  return CHECKS[bits]!;
}
