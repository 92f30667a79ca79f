/** What first contact leaves to be heeded: decisions about records that have no link. */
import type { Reference } from '../domain/reference.ts';

/** A record of Odoo between which a person has to choose. */
export interface Choice {
  id: number;
  name: string;
}

/** `create`: it is made, whoever looks like it; `ignore`: never; `decide`: neither, until somebody decides. */
export interface Verdict {
  verdict: 'create' | 'ignore' | 'decide';
  candidates: readonly Choice[];
}

/** Part of the Store. */
export interface VerdictStore {
  /** Undefined: the rules alone say what happens. */
  verdict(ref: Reference): Verdict | undefined;
  /** Each replaces an older one of the same record. */
  saveVerdicts(verdicts: readonly (Verdict & { ref: Reference })[]): void;
  dropVerdict(ref: Reference): void;
}
