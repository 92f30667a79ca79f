// How complete what is known of the other system is, and from when on that is too old.
import { _t } from '@web/core/l10n/translation';
import { formatInteger } from '@web/views/fields/formatters';
import { kindLabel } from '@saas_sync/kinds/kinds';
import type { ConnectionOverview, Stream } from '@saas_sync/overview/overview_service';
import { clockTime, instant } from '@saas_sync/times/times';

/** The log of changes has words of its own; a listing is named after what it lists. */
export function streamLabel(name: string): string {
  if (name === 'events') return _t('Event log');
  const kind = name.replace(/s$/, '');
  const label = kindLabel(kind);
  if (label !== kind) return label;
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A look at this stream is under way. */
export function isRunning({ progress }: Stream): boolean {
  return progress !== undefined && progress !== null && progress !== '' && progress !== 'done';
}

/** A complete reading is overdue; how often there is one is the connection's own setting, which the sidecar knows. */
export function isStale(stream: Stream): boolean {
  const lateAt = instant(stream.late_at);
  return lateAt !== null && !isRunning(stream) && Date.now() > lateAt;
}

/** Whoever is paused, broken or silent is behind anyway, and says so elsewhere. */
export function staleStreams({ streams, state, silent }: ConnectionOverview): Stream[] {
  return silent || state === 'paused' || state === 'broken' ? [] : oldestFirst(streams.filter(isStale));
}

export function oldestFirst(streams: Stream[]): Stream[] {
  return [...streams].sort((one, other) => (instant(one.fresh_at) ?? 0) - (instant(other.fresh_at) ?? 0));
}

/** @returns e.g. “complete as of 09:12” or “1,200 looked at” */
export function streamText(stream: Stream): string {
  if (isRunning(stream)) return progressText(stream);
  const time = clockTime(stream.fresh_at);
  if (!time) return _t('not read completely yet');
  return isStale(stream) ? _t('complete only until %s', time) : _t('complete as of %s', time);
}

/** The sidecar counts in its own words; the number alone is said in the user's. */
function progressText({ progress }: Stream): string {
  const [count] = /^\d+/.exec(String(progress)) ?? [];
  return count ? _t('%s looked at', formatInteger(Number(count))) : String(progress);
}

/** @returns e.g. “1,200 listed, 3 of them read again” */
export function findings({ listed, put }: NonNullable<Stream['last']>): string {
  return _t('%(listed)s listed, %(put)s of them read again', {
    listed: formatInteger(listed),
    put: formatInteger(put),
  });
}

/** @returns one line for all of them, as of the oldest */
export function allText(streams: Stream[]): string {
  const complete = streams.filter((stream) => instant(stream.fresh_at) !== null);
  if (complete.length < streams.length)
    return _t('%(complete)s of %(all)s complete', { complete: complete.length, all: streams.length });
  return _t('complete as of %s', clockTime(oldestFirst(complete)[0]?.fresh_at));
}
