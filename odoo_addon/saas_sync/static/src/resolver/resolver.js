// Generated from static/src/resolver/resolver.ts by "npm run build". Edit that file, not this one.
// The resolver: both sides of every field in question, a choice for each, one press that settles.
import { Component, onWillStart, onWillUnmount, onWillUpdateProps, useRef, useState } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { useService } from '@web/core/utils/hooks';
import { TAKE_OF_KEY, } from '@saas_sync/resolver/conflict';
import { ResolverField } from '@saas_sync/resolver/resolver_field';
export class Resolver extends Component {
    static template = 'saas_sync.Resolver';
    static components = { ResolverField };
    static props = { conflictId: Number, onSettled: Function };
    orm;
    service;
    notification;
    root;
    state;
    /** Field → how to read what is being typed. */
    readers = new Map();
    unwatch = () => undefined;
    setup() {
        this.orm = useService('orm');
        this.service = useService('saas_sync');
        this.notification = useService('notification');
        this.root = useRef('root');
        this.state = useState({ conflict: null, choices: {}, stale: [], note: '', busy: false });
        onWillStart(() => this.open(this.props.conflictId));
        onWillUpdateProps((next) => next.conflictId === this.props.conflictId ? undefined : this.open(next.conflictId));
        onWillUnmount(() => this.unwatch());
    }
    async open(id) {
        Object.assign(this.state, { choices: {}, stale: [], note: '' });
        await this.load(id);
        const { conflict } = this.state;
        this.unwatch();
        if (!conflict)
            return;
        this.unwatch = this.service.subscribe(conflict.model, conflict.res_id, () => void this.load(id));
        for (const line of this.lines)
            if (line.choice)
                this.keep(line, line.choice);
    }
    /** What a person has chosen stays, unless the values it was chosen between are others now. */
    async load(id = this.props.conflictId) {
        const conflict = (await this.orm.call('saas.sync.conflict', 'resolver', [id]));
        const { choices, stale } = this.state;
        for (const [field, choice] of Object.entries(choices)) {
            const line = conflict.lines.find((each) => each.field === field && !each.settled);
            if (line && line.token === choice.token)
                continue;
            delete choices[field];
            if (line)
                stale.push(field);
        }
        this.state.conflict = conflict;
    }
    get lines() {
        const lines = this.state.conflict?.lines ?? [];
        return this.state.conflict?.state === 'resolved' ? lines : lines.filter((line) => !line.settled);
    }
    get readonly() {
        return !this.state.conflict?.can_decide;
    }
    get chosen() {
        return Object.keys(this.state.choices).length;
    }
    get progress() {
        const figures = { chosen: this.chosen, all: this.lines.length };
        return _t('%(chosen)s of %(all)s decided. What is undecided stays open.', figures);
    }
    get hiddenText() {
        return _t('Fields of this record that you may not see: %(count)s.', {
            count: this.state.conflict?.hidden ?? 0,
        });
    }
    get problemText() {
        return _t('Not carried out: %(why)s', { why: this.state.conflict?.problem });
    }
    get resolvingText() {
        return _t('Being settled: Odoo and %(system)s are told.', { system: this.state.conflict?.system_name });
    }
    get allTheirs() {
        return _t("All %(system)s's", { system: this.state.conflict?.system_name });
    }
    keep(line, take) {
        this.state.choices[line.field] = { take, token: line.token };
    }
    choose(line, take) {
        const { state } = this;
        state.stale = state.stale.filter((field) => field !== line.field);
        if (take === 'value' && !line.can_type)
            return;
        if (take)
            this.keep(line, take);
        else
            delete state.choices[line.field];
        if (take !== 'value')
            this.readers.delete(line.field);
    }
    chooseAll(take) {
        for (const line of this.lines)
            this.choose(line, take);
    }
    always(line, wanted) {
        const choice = this.state.choices[line.field];
        if (choice)
            choice.always = wanted;
    }
    onReady(line, read) {
        this.readers.set(line.field, read);
    }
    focusField(field) {
        this.root.el?.querySelector(`[data-field="${CSS.escape(field)}"]`)?.focus();
    }
    onKeydown(event) {
        if (this.readonly || event.altKey)
            return;
        const target = event.target;
        const field = target.closest('[data-field]')?.dataset['field'];
        const line = this.lines.find((each) => each.field === field);
        const handled = target.matches('[data-field]')
            ? this.onFieldKey(event, line)
            : this.onInnerKey(event, line);
        if (!handled)
            return;
        event.preventDefault();
        event.stopPropagation();
    }
    onFieldKey(event, line) {
        if (!line || event.shiftKey)
            return false;
        if (event.key === 'Enter')
            void this.settle();
        else if (event.key === 'ArrowDown' || event.key === 'ArrowUp')
            this.step(line, event.key === 'ArrowDown');
        else if (event.key in TAKE_OF_KEY && !event.ctrlKey)
            this.choose(line, TAKE_OF_KEY[event.key] ?? null);
        else if (event.key === 'Escape' && this.state.choices[line.field])
            this.choose(line, null);
        else
            return false;
        return true;
    }
    /** While something is typed, keys are the widget's own. */
    onInnerKey(event, line) {
        if (event.key === 'Enter' && event.ctrlKey)
            void this.settle();
        else if (event.key === 'Escape' && line && !document.querySelector('.o-autocomplete--dropdown-menu')) {
            this.focusField(line.field);
        }
        else
            return false;
        return true;
    }
    step(line, down) {
        const next = this.lines[this.lines.indexOf(line) + (down ? 1 : -1)];
        if (next)
            this.focusField(next.field);
    }
    /** Sends the choices; the server refuses all of them if one was made between values that are no longer there. */
    async settle() {
        if (this.state.busy || !this.chosen)
            return;
        this.state.busy = true;
        try {
            const answer = (await this.orm.call('saas.sync.conflict', 'resolve', [
                this.props.conflictId,
                await this.withTyped(),
                this.state.note.trim() || null,
            ]));
            await this.load();
            if (answer.stale.length) {
                const fields = answer.stale.join(', ');
                this.notification.add(_t('Changed meanwhile, look again: %(fields)s', { fields }), {
                    type: 'warning',
                });
            }
            else
                this.props.onSettled();
        }
        finally {
            this.state.busy = false;
        }
    }
    async withTyped() {
        const choices = {};
        for (const [field, choice] of Object.entries(this.state.choices)) {
            const read = choice.take === 'value' ? this.readers.get(field) : undefined;
            choices[field] = read ? { ...choice, value: await read() } : { ...choice };
        }
        return choices;
    }
}
