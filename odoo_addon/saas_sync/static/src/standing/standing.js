// Generated from static/src/standing/standing.ts by "npm run build". Edit that file, not this one.
// What is wrong with a connection, what to do about it, and when it is tried again.
import { Component, useEffect } from '@odoo/owl';
import { browser } from '@web/core/browser/browser';
import { _t } from '@web/core/l10n/translation';
import { connectionLook } from '@saas_sync/states/states';
import { instant, wait } from '@saas_sync/times/times';
const SECOND = 1000;
export class Standing extends Component {
    static template = 'saas_sync.Standing';
    static props = { connection: Object };
    setup() {
        useEffect((nextTry) => {
            if (nextTry === null)
                return;
            const timer = browser.setInterval(() => {
                this.render();
                if (nextTry <= Date.now())
                    browser.clearInterval(timer);
            }, SECOND);
            return () => browser.clearInterval(timer);
        }, () => [this.nextTry]);
    }
    get look() {
        return connectionLook(this.props.connection);
    }
    get isShown() {
        const { message, hint } = this.props.connection;
        return Boolean(message || hint || this.nextTry !== null);
    }
    /** In milliseconds since 1970; null unless a connection in trouble waits for it. */
    get nextTry() {
        const { state, silent, next_try_at: nextTryAt } = this.props.connection;
        const inTrouble = !silent && (state === 'degraded' || state === 'broken');
        return inTrouble ? instant(nextTryAt) : null;
    }
    /** A rest ends by itself; a break ends only when somebody has mended its cause. */
    get nextTryText() {
        if (this.nextTry === null)
            return '';
        if (this.nextTry <= Date.now())
            return _t('Being tried again now.');
        const when = wait(this.nextTry - Date.now());
        return this.props.connection.state === 'broken'
            ? _t('Tried again in %s.', when)
            : _t('Tried again in %s; it goes on by itself.', when);
    }
}
