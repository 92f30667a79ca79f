// Generated from static/src/comparison_field/comparison_field.ts by "npm run build". Edit that file, not this one.
// The field widget saas_sync_comparison: a record of another system beside those of Odoo that it could be, and why.
import { Component, useState } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { registry } from '@web/core/registry';
import { useService } from '@web/core/utils/hooks';
import { standardFieldProps } from '@web/views/fields/standard_field_props';
const LABELS = () => [
    ['name', _t('Name')],
    ['vat', _t('VAT number')],
    ['email', _t('E-mail')],
    ['domain', _t('Domain')],
    ['phone', _t('Telephone')],
    ['zip', _t('Postcode')],
    ['city', _t('City')],
    ['country', _t('Country')],
    ['sku', _t('Reference')],
];
const fold = (value) => String(value ?? '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}@]/gu, '');
/** Names are compared by whoever scored them: spelling and legal forms tell nothing. */
function colourOfName({ why }) {
    if (why.some((reason) => reason.startsWith('same name')))
        return 'text-success';
    return why.some((reason) => reason.startsWith('another name')) ? 'text-danger' : '';
}
export class ComparisonField extends Component {
    static template = 'saas_sync.ComparisonField';
    static props = { ...standardFieldProps };
    orm;
    action;
    state;
    setup() {
        this.orm = useService('orm');
        this.action = useService('action');
        this.state = useState({ busy: false });
    }
    get comparison() {
        return this.props.record.data[this.props.name];
    }
    /** What at least one side knows. */
    get rows() {
        const { traits, suggestions } = this.comparison;
        const known = (name) => [traits, ...suggestions.map((each) => each.traits)].some((each) => each[name]);
        return LABELS()
            .filter(([name]) => known(name))
            .map(([name, label]) => ({ name, label }));
    }
    text(traits, { name }) {
        return String(traits[name] ?? '');
    }
    /** Bootstrap's colour of a cell: equal, different, or nothing to compare. */
    colour(suggestion, { name }) {
        if (name === 'name')
            return colourOfName(suggestion);
        const [ours, theirs] = [fold(this.comparison.traits[name]), fold(suggestion.traits[name])];
        if (!ours || !theirs)
            return '';
        return ours === theirs ? 'text-success' : 'text-danger';
    }
    label(suggestion) {
        return _t('Link to %(name)s', { name: suggestion.name });
    }
    async link(suggestion) {
        const { record } = this.props;
        this.state.busy = true;
        try {
            await this.orm.call(record.resModel, 'action_link', [[record.resId], suggestion.id]);
            await this.action.doAction({ type: 'ir.actions.client', tag: 'soft_reload' });
        }
        finally {
            this.state.busy = false;
        }
    }
    open(suggestion) {
        void this.action.doAction({
            type: 'ir.actions.act_window',
            res_model: this.comparison.model,
            res_id: suggestion.id,
            views: [[false, 'form']],
        });
    }
}
registry.category('fields').add('saas_sync_comparison', {
    component: ComparisonField,
    displayName: _t('Comparison'),
    supportedTypes: ['json'],
});
