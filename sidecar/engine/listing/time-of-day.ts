/** When a time of day comes next in a time zone: "02:00" every day, "sun 02:00" once a week. */

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY_MS = 86_400_000;

/**
 * The first moment (UTC ms) after `after` at which the clocks of `timeZone` show the time. On the day on which they skip
 * it, it comes as much later as they were put forward.
 */
export function nextTimeOfDay(spec: string, timeZone: string, after: number): number {
  const [time = '', day] = spec.split(' ').reverse();
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const today = after + offsetAt(after, timeZone);
  const midnight = today - (((today % DAY_MS) + DAY_MS) % DAY_MS);
  // Eight days reach the same weekday of next week; one more, because the offset may move a day across midnight.
  for (let days = -1; days <= 9; days++) {
    const local = midnight + days * DAY_MS + (hours * 60 + minutes) * 60_000;
    if (day !== undefined && DAYS[new Date(local).getUTCDay()] !== day) continue;
    const at = instantOf(local, timeZone);
    if (at > after) return at;
  }
  throw new RangeError(`"${spec}" is no time of day`);
}

/** The moment at which clocks in the zone show `local` (ms as if it were UTC). */
function instantOf(local: number, timeZone: string): number {
  const guess = local - offsetAt(local, timeZone);
  return local - offsetAt(guess, timeZone);
}

/** How far the zone is ahead of UTC at a moment, in ms. */
function offsetAt(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return shown - Math.floor(at / 1_000) * 1_000;
}
