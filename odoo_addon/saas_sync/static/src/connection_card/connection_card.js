// Generated from static/src/connection_card/connection_card.ts by "npm run build". Edit that file, not this one.
// One connection on the overview: its health, what is under way, how fresh it is, what it has linked.
import { Component } from '@odoo/owl';
import { ConfirmationDialog } from '@web/core/confirmation_dialog/confirmation_dialog';
import { _t } from '@web/core/l10n/translation';
import { formatInteger } from '@web/views/fields/formatters';
import { useService } from '@web/core/utils/hooks';
import { Backlog } from '@saas_sync/backlog/backlog';
import { Brakes } from '@saas_sync/brakes/brakes';
import { BudgetBar } from '@saas_sync/budget/budget';
import { FirstContact } from '@saas_sync/first_contact/first_contact';
import { kindLabel } from '@saas_sync/kinds/kinds';
import { Standing } from '@saas_sync/standing/standing';
import { connectionLook } from '@saas_sync/states/states';
import { Streams } from '@saas_sync/streams/streams';
import { ago, exactTime } from '@saas_sync/times/times';
export class ConnectionCard extends Component {
    static template = 'saas_sync.ConnectionCard';
    static components = { Backlog, Brakes, BudgetBar, FirstContact, Standing, Streams };
    static props = { connection: Object, links: Array, manager: Boolean };
    orm;
    action;
    dialog;
    setup() {
        this.orm = useService('orm');
        this.action = useService('action');
        this.dialog = useService('dialog');
    }
    get look() {
        return connectionLook(this.props.connection);
    }
    get figures() {
        const { backlog, waiting, open_exceptions: exceptions } = this.props.connection;
        return [
            { name: 'backlog', label: _t('In progress'), value: backlog, colour: '' },
            { name: 'waiting', label: _t('Waiting'), value: waiting, colour: '' },
            {
                name: 'exceptions',
                label: _t('Exceptions'),
                value: exceptions,
                colour: exceptions ? 'text-danger' : '',
                open: () => this.openExceptions(),
            },
        ];
    }
    get counters() {
        const { counters } = this.props.connection;
        const labels = [
            ['received', _t('Received')],
            ['applied', _t('Written')],
            ['unchanged', _t('Already in agreement')],
            ['failed', _t('Failed')],
        ];
        return labels
            .filter(([name]) => name in counters)
            .map(([name, label]) => ({ name, label, value: counters[name] ?? 0 }));
    }
    ago = ago;
    exactTime = exactTime;
    formatInteger = formatInteger;
    linkText({ kind, count }) {
        return _t('%(kind)s (%(count)s)', { kind: kindLabel(kind), count: formatInteger(count) });
    }
    openConnection() {
        void this.action.doAction({
            type: 'ir.actions.act_window',
            res_model: 'saas.sync.connection',
            res_id: this.props.connection.id,
            views: [[false, 'form']],
        });
    }
    openExceptions() {
        void this.action.doAction('saas_sync.saas_sync_exception_action', {
            additionalContext: { search_default_connection_id: this.props.connection.id },
        });
    }
    openLinks({ kind }) {
        void this.action.doAction({
            type: 'ir.actions.act_window',
            name: kindLabel(kind),
            res_model: 'saas.sync.link',
            domain: [
                ['connection_id', '=', this.props.connection.id],
                ['kind', '=', kind],
            ],
            views: [
                [false, 'list'],
                [false, 'form'],
            ],
        });
    }
    pause() {
        return this.command('action_pause');
    }
    resume() {
        return this.command('action_resume');
    }
    sweep() {
        return this.command('action_sweep');
    }
    get sweepHint() {
        return _t('Looks for what was missed or deleted; what is known already is not read again.');
    }
    loadEverythingAgain() {
        const { name } = this.props.connection;
        this.dialog.add(ConfirmationDialog, {
            title: _t('Load everything again'),
            body: _t('Every record of %(connection)s will be read and compared again. Nothing is written twice, but it can take hours. To find only what was missed or deleted, “Sweep now” is enough, and much quicker.', { connection: name }),
            confirmLabel: _t('Load everything again'),
            confirm: () => this.command('action_backfill'),
            cancel: () => { },
        });
    }
    /** The server answers with what to say and asks for a reload, which also refreshes this screen. */
    async command(method) {
        const answer = await this.orm.call('saas.sync.connection', method, [[this.props.connection.id]]);
        await this.action.doAction(answer);
    }
}
