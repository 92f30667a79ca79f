/** What the planners of single kinds hand to `plan`, and what their expressions see. */
import type { Change } from '../domain/change.ts';
import type { Event } from '../domain/event.ts';
import type { Systems } from './ownership.ts';

/** A change before the parts that all changes share are added. */
export type Draft<C extends Change = Change> = C extends Change
  ? Omit<C, 'key' | 'version' | 'digest' | 'label' | 'url' | 'rule' | 'reason' | 'force'>
  : never;

/** Why there is nothing to do, in words for the journal. */
export interface Nothing {
  nothing: string;
}

/** Where the news comes from, and which systems are connected beside it. */
export interface Towards {
  system: string;
  systems: Systems;
}

/** The scope of a rule's expressions: the entity under its kind's name, `extra`, and the `system` it comes from. */
export function scopeOf(event: Event, system = ''): Record<string, unknown> {
  return { [event.entity.kind]: event.entity, extra: event.extra ?? {}, system };
}
