// Generated from static/src/candidates_field/candidates_field.ts by "npm run build". Edit that file, not this one.
// The field widget saas_sync_candidates: the Odoo records that could be meant, each chosen with one press.
import { Component, useState } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { registry } from '@web/core/registry';
import { useService } from '@web/core/utils/hooks';
import { standardFieldProps } from '@web/views/fields/standard_field_props';
export class CandidatesField extends Component {
    static template = 'saas_sync.CandidatesField';
    static props = { ...standardFieldProps };
    orm;
    action;
    state;
    setup() {
        this.orm = useService('orm');
        this.action = useService('action');
        this.state = useState({ busy: false });
    }
    get candidates() {
        return this.props.record.data[this.props.name] || [];
    }
    label(candidate) {
        return _t('Use %(name)s and retry', { name: candidate.name });
    }
    /** Links the record on the server, which also has everything that waited for it tried again. */
    async choose(candidate) {
        const { record } = this.props;
        this.state.busy = true;
        try {
            const of = [[record.resId], candidate.id];
            const said = await this.orm.call(record.resModel, 'action_use_candidate', of);
            await this.action.doAction(said);
        }
        finally {
            this.state.busy = false;
        }
    }
}
registry.category('fields').add('saas_sync_candidates', {
    component: CandidatesField,
    displayName: _t('Candidates'),
    supportedTypes: ['json'],
});
