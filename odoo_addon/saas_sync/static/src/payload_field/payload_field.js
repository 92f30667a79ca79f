// Generated from static/src/payload_field/payload_field.ts by "npm run build". Edit that file, not this one.
// The field widget saas_sync_payload: what the connected system sent, as readable JSON that can be copied.
import { Component, useState } from '@odoo/owl';
import { CopyButton } from '@web/core/copy_button/copy_button';
import { _t } from '@web/core/l10n/translation';
import { registry } from '@web/core/registry';
import { standardFieldProps } from '@web/views/fields/standard_field_props';
/** Longer payloads start folded. */
const FOLDED_LINES = 12;
/** @returns indented JSON; text that is no JSON is shown as it is. */
export function prettyPayload(value) {
    if (!value)
        return '';
    try {
        return JSON.stringify(typeof value === 'string' ? JSON.parse(value) : value, null, 2);
    }
    catch {
        return typeof value === 'string' ? value : '';
    }
}
export class PayloadField extends Component {
    static template = 'saas_sync.PayloadField';
    static components = { CopyButton };
    static props = { ...standardFieldProps };
    state;
    setup() {
        this.state = useState({ unfolded: false });
    }
    get text() {
        return prettyPayload(this.props.record.data[this.props.name]);
    }
    get lines() {
        return this.text.split('\n');
    }
    get isLong() {
        return this.lines.length > FOLDED_LINES;
    }
    get shown() {
        return this.isLong && !this.state.unfolded ? this.lines.slice(0, FOLDED_LINES).join('\n') : this.text;
    }
    get toggleLabel() {
        if (this.state.unfolded)
            return _t('Show less');
        return _t('Show all %(count)s lines', { count: this.lines.length });
    }
    get copiedText() {
        return _t('Copied');
    }
    toggle() {
        this.state.unfolded = !this.state.unfolded;
    }
}
registry.category('fields').add('saas_sync_payload', {
    component: PayloadField,
    displayName: _t('Payload'),
    supportedTypes: ['json', 'text', 'char'],
});
