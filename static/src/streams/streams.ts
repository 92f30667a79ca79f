// How fresh each stream of a connection is: one line while all is well, and whatever is late or under way.
import { Component, useState } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import type { Stream } from '@saas_sync/overview/overview_service';
import {
  allText,
  findings,
  isRunning,
  isStale,
  oldestFirst,
  streamLabel,
  streamText,
} from '@saas_sync/streams/freshness';
import { clockTime, exactTime } from '@saas_sync/times/times';

interface Props {
  streams: Stream[];
  /** Starts with every stream shown. */
  open?: boolean;
}

/** So few need no summary. */
const FEW = 2;

export class Streams extends Component<Props> {
  static template = 'saas_sync.Streams';
  static props = { streams: Array, open: { type: Boolean, optional: true } };

  state = useState({ open: false });
  isStale = isStale;
  streamLabel = streamLabel;
  streamText = streamText;

  setup(): void {
    this.state.open = this.props.open ?? false;
  }

  get many(): boolean {
    return this.props.streams.length > FEW;
  }

  get summary(): string {
    return allText(this.props.streams);
  }

  get someStale(): boolean {
    return this.props.streams.some(isStale);
  }

  /** Late ones first; behind them, as long as nobody wants to see all, only what is being read. */
  get shown(): Stream[] {
    const { streams } = this.props;
    const stale = oldestFirst(streams.filter(isStale));
    const others = streams.filter((stream) => !isStale(stream));
    const all = this.state.open || !this.many;
    return [...stale, ...(all ? others : others.filter(isRunning))];
  }

  get toggleText(): string {
    return this.state.open ? _t('Show less') : _t('Show all %s', this.props.streams.length);
  }

  /** Only who looks closely wants to know when the next look is due. */
  nextText(stream: Stream): string {
    const time = clockTime(stream.next_at);
    return this.state.open && time && !isRunning(stream) ? _t('next look %s', time) : '';
  }

  /** When exactly, and what the last whole reading found. */
  tooltip({ fresh_at: freshAt, last }: Stream): string {
    return [exactTime(freshAt), last ? findings(last) : ''].filter(Boolean).join('\n');
  }

  toggle(): void {
    this.state.open = !this.state.open;
  }
}
