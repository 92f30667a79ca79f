// Generated from static/src/state_field/state_field.ts by "npm run build". Edit that file, not this one.
// The field widget saas_sync_state: a state of links or connections as icon and words, coloured as everywhere else.
import { Component } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { registry } from '@web/core/registry';
import { standardFieldProps } from '@web/views/fields/standard_field_props';
import { connectionStateLook, linkStateLook, } from '@saas_sync/states/states';
const NEUTRAL = { icon: 'fa-circle-o', colour: 'secondary', text: 'text-muted' };
/** Look-ups by value, because one widget serves several selections. */
function lookOf(value) {
    return linkStateLook(value) ?? connectionStateLook(value);
}
export class StateField extends Component {
    static template = 'saas_sync.StateField';
    static props = { ...standardFieldProps };
    get value() {
        return this.props.record.data[this.props.name] || '';
    }
    /** The words are the selection's own, so that the widget never contradicts a filter or a group. */
    get look() {
        const selection = this.props.record.fields[this.props.name]?.selection ?? [];
        const words = selection.find(([value]) => value === this.value)?.[1] ?? this.value;
        return { ...(lookOf(this.value) ?? NEUTRAL), words };
    }
}
registry.category('fields').add('saas_sync_state', {
    component: StateField,
    displayName: _t('Sync state'),
    supportedTypes: ['selection'],
    listViewWidth: [120, 220],
});
