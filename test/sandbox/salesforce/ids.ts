/** Ids in Salesforce's shapes: rising, the same in every run, 18 characters. */

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECK = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** Adds the three letters that tell the capitals of an id with 15 characters. */
export function eighteen(id: string): string {
  const short = id.slice(0, 15);
  let suffix = '';
  for (let block = 0; block < 3; block += 1) {
    let bits = 0;
    for (let place = 0; place < 5; place += 1) {
      const letter = short.charAt(block * 5 + place);
      if (letter >= 'A' && letter <= 'Z') bits += 2 ** place;
    }
    suffix += CHECK.charAt(bits);
  }
  return short + suffix;
}

function base62(value: number, width: number): string {
  let text = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) text = DIGITS.charAt(rest % 62) + text;
  return text.padStart(width, '0');
}

/** Counts on for each prefix, so that later ids sort behind earlier ones. */
export class Ids {
  private readonly counts = new Map<string, number>();

  keep(): [string, number][] {
    return [...this.counts];
  }

  resume(counts: readonly [string, number][]): void {
    for (const [prefix, count] of counts) this.counts.set(prefix, count);
  }

  next(prefix: string): string {
    const count = (this.counts.get(prefix) ?? 0) + 1;
    this.counts.set(prefix, count);
    // Steps of 37 make ids in which letters of both cases occur, as they do in real ones.
    return eighteen(`${prefix}Qy0000${base62(count * 37, 6)}`);
  }
}
