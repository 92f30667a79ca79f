// Generated from static/src/setup_checklist/setup_checklist.ts by "npm run build". Edit that file, not this one.
// What is still to be done before the synchronisation can work, each step with a hint and the way to it.
import { Component } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { useService } from '@web/core/utils/hooks';
export class SetupChecklist extends Component {
    static template = 'saas_sync.SetupChecklist';
    static props = { steps: Array };
    action;
    setup() {
        this.action = useService('action');
    }
    get progress() {
        const { steps } = this.props;
        const done = steps.filter((step) => step.done).length;
        return _t('%(done)s of %(total)s done', { done, total: steps.length });
    }
    open(step) {
        if (step.action)
            void this.action.doAction(step.action);
    }
}
