// When the work under way will be done, said so that the forecast does not jump about.
import { Component } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import type { ConnectionOverview } from '@saas_sync/overview/overview_service';
import { instant, roughly, steadyEnd } from '@saas_sync/times/times';

interface Props {
  connection: ConnectionOverview;
}

/** Fewer that are done sooner are gone before anybody has read about them. */
const MANY = 100;
const SOON = 60_000;

export class Backlog extends Component<Props> {
  static template = 'saas_sync.Backlog';
  static props = { connection: Object };

  /** The forecast on the screen, in milliseconds since 1970. Not drawn by itself, so no state. */
  private end: number | null = null;

  /** Empty while nothing is known, or nothing worth a word waits. */
  get text(): string {
    const { eta_ms: eta, reported_at: reportedAt, backlog, silent, state } = this.props.connection;
    const reported = instant(reportedAt);
    if (!eta || reported === null || silent || state === 'paused' || state === 'broken') {
      this.end = null;
      return '';
    }
    this.end = steadyEnd(this.end, reported + eta, Date.now());
    const left = this.end - Date.now();
    if (left >= SOON) return _t('Worked off in about %s', roughly(left));
    return backlog >= MANY ? _t('Worked off within a minute') : '';
  }
}
