// Generated from static/src/resolver/value_editor.ts by "npm run build". Edit that file, not this one.
// A merged value, typed with the field's own kind of widget.
import { Component, onMounted, useRef } from '@odoo/owl';
import { Record as RecordSlot } from '@web/model/record';
import { Field } from '@web/views/fields/field';
/** A relation is shown by name and told by id. */
const plain = (held) => held?.id ?? held;
export class ValueEditor extends Component {
    static template = 'saas_sync.ValueEditor';
    static components = { Record: RecordSlot, Field };
    static props = { conflict: Object, line: Object, onReady: Function };
    given;
    isThere = false;
    setup() {
        const { conflict, line, onReady } = this.props;
        const root = useRef('root');
        // Whoever asked for it, by mouse or keyboard, goes on typing.
        onMounted(() => {
            this.isThere = true;
            root.el?.querySelector('input, select, textarea')?.focus();
        });
        // A currency or a translation dialog would need the whole record.
        const type = line.spec.type === 'monetary' ? 'float' : line.spec.type;
        const start = line.choice === 'value' ? line.held.value : line.held.odoo;
        this.given = {
            resModel: conflict.model,
            resId: false,
            fields: { [line.field]: { ...line.spec, type, name: line.field } },
            activeFields: { [line.field]: {} },
            values: { [line.field]: start },
            hooks: {
                onRootLoaded: (root) => onReady(async () => {
                    const typed = await root.getChanges();
                    return line.field in typed ? typed[line.field] : plain(start);
                }),
            },
        };
    }
    /** Values that come again would replace what is being typed. */
    get record() {
        const { values, ...others } = this.given;
        return this.isThere ? others : { ...others, values };
    }
    /** Of records somebody may only choose: nothing is made in passing. */
    get extra() {
        if (this.props.line.spec.type !== 'many2one')
            return {};
        return { canOpen: false, canCreate: false, canCreateEdit: false, canQuickCreate: false };
    }
}
