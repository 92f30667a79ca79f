// Generated from static/src/streams/streams.ts by "npm run build". Edit that file, not this one.
// How fresh each stream of a connection is: one line while all is well, and whatever is late or under way.
import { Component, useState } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { allText, findings, isRunning, isStale, oldestFirst, streamLabel, streamText, } from '@saas_sync/streams/freshness';
import { clockTime, exactTime } from '@saas_sync/times/times';
/** So few need no summary. */
const FEW = 2;
export class Streams extends Component {
    static template = 'saas_sync.Streams';
    static props = { streams: Array, open: { type: Boolean, optional: true } };
    state = useState({ open: false });
    isStale = isStale;
    streamLabel = streamLabel;
    streamText = streamText;
    setup() {
        this.state.open = this.props.open ?? false;
    }
    get many() {
        return this.props.streams.length > FEW;
    }
    get summary() {
        return allText(this.props.streams);
    }
    get someStale() {
        return this.props.streams.some(isStale);
    }
    /** Late ones first; behind them, as long as nobody wants to see all, only what is being read. */
    get shown() {
        const { streams } = this.props;
        const stale = oldestFirst(streams.filter(isStale));
        const others = streams.filter((stream) => !isStale(stream));
        const all = this.state.open || !this.many;
        return [...stale, ...(all ? others : others.filter(isRunning))];
    }
    get toggleText() {
        return this.state.open ? _t('Show less') : _t('Show all %s', this.props.streams.length);
    }
    /** Only who looks closely wants to know when the next look is due. */
    nextText(stream) {
        const time = clockTime(stream.next_at);
        return this.state.open && time && !isRunning(stream) ? _t('next look %s', time) : '';
    }
    /** When exactly, and what the last whole reading found. */
    tooltip({ fresh_at: freshAt, last }) {
        return [exactTime(freshAt), last ? findings(last) : ''].filter(Boolean).join('\n');
    }
    toggle() {
        this.state.open = !this.state.open;
    }
}
