// Generated from static/src/states/states.ts by "npm run build". Edit that file, not this one.
// The states of a link and of a connection: icon, colour and words, the same on every screen.
import { _t } from '@web/core/l10n/translation';
export function shownState(link) {
    return link.conflict_id && link.state !== 'exception' ? 'conflict' : link.state;
}
function look(icon, colour, words) {
    // Odoo's secondary colour is a background; as text it would be as good as invisible.
    return { icon, colour, text: colour === 'secondary' ? 'text-muted' : `text-${colour}`, words };
}
/** Worst first: a record with several links on one connection shows the one that needs a person. */
const BY_URGENCY = [
    'exception',
    'conflict',
    'duplicate',
    'waiting',
    'pending',
    'archived',
    'synced',
];
export function worstState(states) {
    return BY_URGENCY.find((state) => states.includes(state)) ?? 'synced';
}
/** Called while rendering, never at load time: the translations are not there yet then. */
export function linkStateLook(state) {
    switch (state) {
        case 'synced':
            return look('fa-check', 'success', _t('In sync'));
        case 'pending':
            return look('fa-refresh fa-spin', 'info', _t('Sync requested'));
        case 'waiting':
            return look('fa-hourglass-half', 'warning', _t('Waiting for another record'));
        case 'exception':
            return look('fa-exclamation-triangle', 'danger', _t('Needs attention'));
        case 'conflict':
            return look('fa-random', 'danger', _t('Both sides differ'));
        case 'duplicate':
            return look('fa-clone', 'warning', _t('Two records there are one here'));
        case 'archived':
            return look('fa-archive', 'secondary', _t('No longer synced'));
    }
}
/** A connection whose sidecar is silent has no state that could be trusted. */
function silentLook() {
    return look('fa-exclamation-circle', 'warning', _t('Silent'));
}
/** How a connection is shown, whether or not its sidecar still speaks. */
export function connectionLook({ silent, state }) {
    return silent ? silentLook() : connectionStateLook(state);
}
export function connectionStateLook(state) {
    switch (state) {
        case 'healthy':
            return look('fa-check-circle', 'success', _t('Healthy'));
        case 'degraded':
            return look('fa-exclamation-circle', 'warning', _t('Degraded'));
        case 'paused':
            return look('fa-pause-circle', 'info', _t('Paused'));
        case 'broken':
            return look('fa-times-circle', 'danger', _t('Broken'));
        case 'unknown':
            return look('fa-question-circle', 'secondary', _t('Never reported'));
    }
}
