/** Says the same thing once a minute: whoever floods the door does not flood the log too. */

/** How long the same thing is not said again. */
const QUIET_MS = 60_000;

export interface Seldom {
  /** Undefined while the thing has just been said, else how often it happened unsaid since then. */
  say(thing: string): number | undefined;
  /** The thing is over: its next time is news. */
  over(thing: string): void;
}

/** There must be few different things; `now` is in ms. */
export function createSeldom(now: () => number): Seldom {
  const said = new Map<string, { at: number; unsaid: number }>();
  return {
    say(thing) {
      const last = said.get(thing);
      if (last && now() - last.at < QUIET_MS) {
        last.unsaid++;
        return undefined;
      }
      said.set(thing, { at: now(), unsaid: 0 });
      return last?.unsaid ?? 0;
    },
    over: (thing) => void said.delete(thing),
  };
}
