/** An order of chance that a seed repeats. */

/** The same elements, in another order; `random` is uniform in [0, 1). */
export function shuffled<T>(elements: readonly T[], random: () => number): T[] {
  return elements
    .map((element) => ({ element, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ element }) => element);
}
