/** What the checks found wrong; the first of each kind is the one to look at. */

/** The promises that every history is checked for. */
export type Check =
  | 'acknowledged_is_durable'
  | 'one_lease_at_a_time'
  | 'canonical_order'
  | 'never_older_again'
  | 'effects_once'
  | 'agrees_with_vendor'
  | 'sums_agree'
  | 'comes_to_rest'
  | 'parked_for_a_reason'
  | 'desk_agrees'
  | 'no_echo'
  | 'both_sides_agree'
  | 'owner_decides'
  | 'no_edit_vanishes'
  | 'nothing_made_up'
  | 'told_once'
  | 'asked_for_a_reason'
  | 'no_twins'
  | 'no_defect';

export interface Violation {
  check: Check;
  detail: string;
}

export class Verdict {
  readonly violations: Violation[] = [];
  /** How many single facts were compared. */
  facts = 0;

  /** Notes a violation unless `holds`. */
  expect(holds: boolean, check: Check, detail: () => string): void {
    this.facts++;
    if (!holds && this.violations.length < 50) this.violations.push({ check, detail: detail() });
  }

  get checks(): Set<Check> {
    return new Set(this.violations.map(({ check }) => check));
  }
}
