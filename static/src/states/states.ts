// The states of a link and of a connection: icon, colour and words, the same on every screen.
import { _t } from '@web/core/l10n/translation';

/** State of one link between an Odoo record and its counterpart in a connected system. */
export type LinkState = 'synced' | 'pending' | 'waiting' | 'exception' | 'archived' | 'duplicate';

/** What a badge shows: the link's state, or that both sides differ and somebody has to decide. */
export type ShownState = LinkState | 'conflict';

export function shownState(link: { state: LinkState; conflict_id: number | null }): ShownState {
  return link.conflict_id && link.state !== 'exception' ? 'conflict' : link.state;
}

/** State of a whole connection; `unknown` until its sidecar has reported once. */
export type ConnectionState = 'healthy' | 'degraded' | 'paused' | 'broken' | 'unknown';

export interface StateLook {
  /** Font Awesome classes. */
  icon: string;
  /** Suffix of Bootstrap's colour classes `text-bg-…` and `alert-…`. */
  colour: string;
  /** Class for an icon without a background. */
  text: string;
  /** The state as a person says it. */
  words: string;
}

function look(icon: string, colour: string, words: string): StateLook {
  // Odoo's secondary colour is a background; as text it would be as good as invisible.
  return { icon, colour, text: colour === 'secondary' ? 'text-muted' : `text-${colour}`, words };
}

/** Worst first: a record with several links on one connection shows the one that needs a person. */
const BY_URGENCY: ShownState[] = [
  'exception',
  'conflict',
  'duplicate',
  'waiting',
  'pending',
  'archived',
  'synced',
];

export function worstState(states: ShownState[]): ShownState {
  return BY_URGENCY.find((state) => states.includes(state)) ?? 'synced';
}

/** Called while rendering, never at load time: the translations are not there yet then. */
export function linkStateLook(state: ShownState): StateLook {
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
function silentLook(): StateLook {
  return look('fa-exclamation-circle', 'warning', _t('Silent'));
}

/** How a connection is shown, whether or not its sidecar still speaks. */
export function connectionLook({ silent, state }: { silent: boolean; state: ConnectionState }): StateLook {
  return silent ? silentLook() : connectionStateLook(state);
}

export function connectionStateLook(state: ConnectionState): StateLook {
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
