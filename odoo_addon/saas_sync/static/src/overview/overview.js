// Generated from static/src/overview/overview.ts by "npm run build". Edit that file, not this one.
// The client action “Overview”: all connections at a glance, and where a person is needed.
import { Component, onWillStart, useState } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { registry } from '@web/core/registry';
import { user } from '@web/core/user';
import { useService } from '@web/core/utils/hooks';
import { Layout } from '@web/search/layout';
import { standardActionServiceProps } from '@web/webclient/actions/action_service';
import { ConnectionCard } from '@saas_sync/connection_card/connection_card';
import { SetupChecklist } from '@saas_sync/setup_checklist/setup_checklist';
import { useLiveOverview } from '@saas_sync/overview/live';
import { ago } from '@saas_sync/times/times';
export class Overview extends Component {
    static template = 'saas_sync.Overview';
    static components = { Layout, ConnectionCard, SetupChecklist };
    static props = { ...standardActionServiceProps };
    service;
    action;
    shared;
    rights;
    display = { controlPanel: {} };
    setup() {
        this.service = useService('saas_sync_overview');
        this.action = useService('action');
        this.shared = useLiveOverview();
        this.rights = useState({ manager: false });
        onWillStart(async () => {
            const [manager] = await Promise.all([user.hasGroup('saas_sync.group_admin'), this.service.refresh()]);
            this.rights.manager = manager;
        });
    }
    get connections() {
        return this.shared.data?.connections ?? [];
    }
    get causes() {
        return this.shared.data?.open_exceptions ?? [];
    }
    /** The checklist disappears with its last step. */
    get steps() {
        const steps = this.shared.data?.setup ?? [];
        return steps.some((step) => !step.done) ? steps : [];
    }
    get conflictsText() {
        return _t('Records on which both sides differ: %(count)s. Somebody has to decide.', {
            count: this.shared.data?.open_conflicts ?? 0,
        });
    }
    openConflicts() {
        void this.action.doAction('saas_sync.saas_sync_conflict_action');
    }
    get emptyHint() {
        return _t('Make a key for the sidecar, put it into its configuration together with the connection, and start it. The connection appears here by itself.');
    }
    /** Those who may not see exceptions learn their number from the cards, and no more. */
    get showsCauses() {
        return this.causes.length > 0 || this.connections.every((connection) => !connection.open_exceptions);
    }
    linksOf(connection) {
        return (this.shared.data?.links ?? []).filter((link) => link.connection === connection.code);
    }
    get silent() {
        return this.connections.filter((connection) => connection.silent);
    }
    silenceText(connection) {
        const when = ago(connection.reported_at);
        return _t('%(connection)s: last report %(when)s', { connection: connection.name, when });
    }
    amounts(cause) {
        const lang = document.documentElement.lang || undefined;
        return Object.entries(cause.amounts).map(([currency, amount]) => new Intl.NumberFormat(lang, { style: 'currency', currency }).format(amount));
    }
    openCause(cause) {
        void this.action.doAction({
            type: 'ir.actions.act_window',
            name: cause.label,
            res_model: 'saas.sync.exception',
            domain: [
                ['code', '=', cause.code],
                ['state', 'in', ['open', 'retrying']],
            ],
            views: [
                [false, 'list'],
                [false, 'form'],
            ],
        });
    }
    refresh() {
        return this.service.refresh();
    }
}
registry.category('actions').add('saas_sync.overview', Overview);
