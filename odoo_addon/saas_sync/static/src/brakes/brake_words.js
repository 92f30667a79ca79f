// Generated from static/src/brakes/brake_words.ts by "npm run build". Edit that file, not this one.
// Held-back deletions in words, the same on every screen.
import { _t } from '@web/core/l10n/translation';
import { formatInteger } from '@web/views/fields/formatters';
import { kindLabel } from '@saas_sync/kinds/kinds';
import { streamLabel } from '@saas_sync/streams/freshness';
/** More would not help to decide. */
const EXAMPLES = 5;
/** What is gone, in the plural. */
export function brakeLabel({ kind, stream }) {
    return kind ? kindLabel(kind) : streamLabel(stream);
}
/** @returns e.g. “Customers: 120 of 300 are missing from the list of Stripe.” */
export function brakeText(brake, { system_name: system }) {
    return _t('%(kind)s: %(absent)s of %(all)s are missing from the list of %(system)s.', {
        kind: brakeLabel(brake),
        absent: formatInteger(brake.absent ?? 0),
        all: formatInteger(brake.of ?? 0),
        system,
    });
}
/** @returns some of the records, or nothing for whoever does not decide */
export function brakeExamples({ examples, absent = 0 }) {
    const shown = (examples ?? []).slice(0, EXAMPLES).join(', ');
    if (!shown)
        return '';
    return absent > EXAMPLES ? _t('For example %s', shown) : shown;
}
