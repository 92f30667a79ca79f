// Moments and spans of time in words and in full, for every screen.
import { deserializeDateTime, formatDateTime } from '@web/core/l10n/dates';
import { localization } from '@web/core/l10n/localization';
import { _t } from '@web/core/l10n/translation';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Odoo's models speak the server's notation, the sidecar's own figures ISO 8601. */
function parse(moment: string | null | undefined): LuxonDateTime | null {
  if (!moment) return null;
  const at = moment.includes('T') ? luxon.DateTime.fromISO(moment) : deserializeDateTime(moment);
  return at.isValid ? at : null;
}

/** @returns e.g. “3 minutes ago” or “in 40 seconds”, or words for never. */
export function ago(moment: string | null | undefined): string {
  return parse(moment)?.toRelative() || _t('never');
}

/** @returns the moment in the user's own notation and time zone, for tooltips; empty for never. */
export function exactTime(moment: string | null | undefined): string {
  const at = parse(moment);
  return at ? formatDateTime(at) : '';
}

/** @returns e.g. “09:12”, with the day before it unless that is today; empty for never. */
export function clockTime(moment: string | null | undefined): string {
  const at = parse(moment);
  if (!at) return '';
  const time = at.toFormat(localization.timeFormat.replace(/:?ss/, ''));
  if (at.hasSame(luxon.DateTime.now(), 'day')) return time;
  return `${at.toLocaleString({ day: 'numeric', month: 'short' })}, ${time}`;
}

/** @returns the moment in milliseconds since 1970, or null for never. */
export function instant(moment: string | null | undefined): number | null {
  return parse(moment)?.toMillis() ?? null;
}

function amountOf(value: number, unit: 'second' | 'minute' | 'hour' | 'day'): string {
  const lang = document.documentElement.lang || undefined;
  return new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/**
 * A span as a person would guess it: in steps that grow with it, so that a forecast does not jump about.
 *
 * @param span in milliseconds
 * @returns e.g. “6 minutes”, “25 minutes”, “3 hours”
 */
export function roughly(span: number): string {
  if (span < 10 * MINUTE) return amountOf(Math.max(1, Math.ceil(span / MINUTE)), 'minute');
  if (span < 55 * MINUTE) return amountOf(5 * Math.round(span / (5 * MINUTE)), 'minute');
  if (span < 2 * DAY) return amountOf(Math.max(1, Math.round(span / HOUR)), 'hour');
  return amountOf(Math.round(span / DAY), 'day');
}

/** @returns a wait of some milliseconds, counted down to the second towards its end, e.g. “40 seconds” */
export function wait(span: number): string {
  return span > MINUTE ? roughly(span) : amountOf(Math.max(1, Math.ceil(span / SECOND)), 'second');
}

/**
 * Which of two forecasts of an end to show: the one shown so far, until the newer one says something else.
 *
 * @param shown the end shown so far, in milliseconds since 1970; null for none
 * @param forecast the newer forecast
 * @param now in milliseconds since 1970
 */
export function steadyEnd(shown: number | null, forecast: number, now: number): number {
  const leeway = Math.max(20 * SECOND, (forecast - now) / 5);
  return shown !== null && Math.abs(shown - forecast) <= leeway ? shown : forecast;
}
