// What the other system's limits still allow: a thin bar, shown when it matters or when asked for.
import { Component } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { formatInteger } from '@web/views/fields/formatters';
import type { Budget } from '@saas_sync/overview/overview_service';
import { clockTime, wait } from '@saas_sync/times/times';

interface Props {
  budget: Budget | null;
  /** The other system's name. */
  system: string;
  /** Shown even while plenty is left. */
  always?: boolean;
}

/** Shares of the whole: below the one it is worth a line, below the other a warning. */
const WORTH_A_LINE = 0.5;
const LOW = 0.2;
/** A limit per second or so is there again before anybody has read about it. In milliseconds. */
const LASTING = 60_000;

export class BudgetBar extends Component<Props> {
  static template = 'saas_sync.BudgetBar';
  static props = {
    budget: { type: [Object, { value: null }] },
    system: String,
    always: { type: Boolean, optional: true },
  };

  /** Null while the limits are unknown, or what was told of them makes no sense. */
  get share(): number | null {
    const { left, of } = this.props.budget ?? {};
    if (typeof left !== 'number' || typeof of !== 'number' || !(of > 0)) return null;
    return Math.min(1, Math.max(0, left / of));
  }

  get isLasting(): boolean {
    return (this.props.budget?.per_ms ?? LASTING) >= LASTING;
  }

  get isShown(): boolean {
    if (this.share === null) return false;
    return this.props.always || this.share < (this.isLasting ? WORTH_A_LINE : LOW);
  }

  get isLow(): boolean {
    return this.share !== null && this.share < LOW;
  }

  get percent(): number {
    return Math.round((this.share ?? 0) * 100);
  }

  get colour(): string {
    if (!this.isLow) return 'success';
    return this.isLasting ? 'warning' : 'info';
  }

  get text(): string {
    const { left = 0, of = 0, per_ms: span = 0, resets_at: resetsAt } = this.props.budget ?? {};
    const figures = { left: formatInteger(left), of: formatInteger(of), time: clockTime(resetsAt) };
    if (!this.isLasting)
      return this.isLow
        ? _t('as fast as %s allows', this.props.system)
        : _t('up to %(of)s calls in %(time)s', { of: figures.of, time: wait(span) });
    return figures.time
      ? _t('%(left)s of %(of)s left, full again at %(time)s', figures)
      : _t('%(left)s of %(of)s left', figures);
  }
}
