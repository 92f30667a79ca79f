// Moments in words and in full, for every screen.
import { deserializeDateTime, formatDateTime } from '@web/core/l10n/dates';
import { _t } from '@web/core/l10n/translation';

/** Odoo's models speak the server's notation, the sidecar's own figures ISO 8601. */
function parse(moment: string): LuxonDateTime {
  return moment.includes('T') ? luxon.DateTime.fromISO(moment) : deserializeDateTime(moment);
}

/** @returns e.g. “3 minutes ago”, or words for never. */
export function ago(moment: string | null): string {
  return (moment && parse(moment).toRelative()) || _t('never');
}

/** @returns the moment in the user's own notation and time zone, for tooltips; empty for never. */
export function exactTime(moment: string | null): string {
  return moment ? formatDateTime(parse(moment)) : '';
}
