// Generated from static/src/lock/lock.ts by "npm run build". Edit that file, not this one.
// The small lock beside a field that another system owns, on every form of every linked model.
import { Component } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { usePopover } from '@web/core/popover/popover_hook';
import { patch } from '@web/core/utils/patch';
import { Field } from '@web/views/fields/field';
import { useLock } from '@saas_sync/lock/locks';
import { ago, exactTime } from '@saas_sync/times/times';
const OUTCOMES = {
    revert: () => _t('What you change here is set back to the value there.'),
    warn: () => _t('What you change here stays, and differs from the value there.'),
    propose: () => _t('Your change becomes a proposal that somebody decides on.'),
    block: () => _t('It can be changed there only.'),
};
/** What the lock says, line by line. */
export function wordsOf(lock) {
    return {
        owner: _t('Owned by %s', lock.system_name),
        changed: _t('last changed %s', ago(lock.last_changed)),
        outcome: OUTCOMES[lock.against](),
    };
}
export class LockPopover extends Component {
    static template = 'saas_sync.LockPopover';
    static props = { lock: Object, close: { type: Function, optional: true } };
    get words() {
        return wordsOf(this.props.lock);
    }
    get where() {
        return `${this.props.lock.connection}, ${this.words.changed}`;
    }
    get exact() {
        return exactTime(this.props.lock.last_changed);
    }
}
export class FieldLock extends Component {
    static template = 'saas_sync.FieldLock';
    static props = { record: Object, name: String };
    // Hooks belong into setup: while class fields are filled the component has no environment yet.
    state;
    popover;
    setup() {
        this.state = useLock(() => ({
            model: this.props.record.resModel,
            id: this.props.record.resId || false,
            field: this.props.name,
        }));
        this.popover = usePopover(LockPopover, { position: 'bottom-end', setActiveElement: true });
    }
    /** What a screen reader says and the tooltip shows. */
    get title() {
        if (!this.state.lock)
            return '';
        const { owner, changed, outcome } = wordsOf(this.state.lock);
        return `${owner}, ${changed}. ${outcome}`;
    }
    open(event) {
        this.popover.open(event.currentTarget, { lock: this.state.lock });
    }
}
// Getters on the prototype, because subclasses copy what Field declares when they are declared.
patch(Field.prototype, {
    get saasSyncLock() {
        return FieldLock;
    },
    /** Only fields of the form's own record: rows of lists are too many, and too small. */
    get saasSyncMayLock() {
        const { record } = this.props;
        return Boolean(record?.resId && record.model?.root?.id === record.id);
    },
});
