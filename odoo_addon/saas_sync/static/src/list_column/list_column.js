// Generated from static/src/list_column/list_column.ts by "npm run build". Edit that file, not this one.
// The column “Sync” of every list of a linked model, shown and hidden like Odoo's own optional columns.
import { Component, onWillStart } from '@odoo/owl';
import { browser } from '@web/core/browser/browser';
import { _t } from '@web/core/l10n/translation';
import { registry } from '@web/core/registry';
import { useService } from '@web/core/utils/hooks';
import { patch } from '@web/core/utils/patch';
import { ListRenderer } from '@web/views/list/list_renderer';
import { standardWidgetProps } from '@web/views/widgets/standard_widget_props';
import { SyncBadge } from '@saas_sync/badge/badge';
/** Name under which the column is toggled and remembered. */
export const COLUMN = 'saas_sync_links';
export class ListColumn extends Component {
    static template = 'saas_sync.ListColumn';
    static components = { SyncBadge };
    static props = { ...standardWidgetProps };
    /** The samples behind an empty list's help are no records of the database. */
    get resId() {
        const { record } = this.props;
        return record.model.useSampleModel || record.isNew ? false : record.resId;
    }
}
const listColumn = { component: ListColumn, listViewWidth: [44, 64] };
registry.category('view_widgets').add(COLUMN, listColumn);
function syncColumn() {
    return {
        id: COLUMN,
        name: COLUMN,
        type: 'widget',
        label: _t('Sync'),
        optional: 'show',
        widget: listColumn,
        props: { name: COLUMN },
    };
}
patch(ListRenderer.prototype, {
    setup() {
        super.setup();
        this.saasSyncModels = new Set();
        const service = useService('saas_sync');
        onWillStart(async () => {
            if (!this.isX2Many)
                this.saasSyncModels = await service.linkedModels();
        });
    },
    get hasSyncColumn() {
        const renderer = this;
        return !renderer.isX2Many && renderer.saasSyncModels.has(renderer.props.list.resModel);
    },
    processAllColumn(columns, list) {
        const all = super.processAllColumn(columns, list);
        return this.hasSyncColumn ? [...all, syncColumn()] : all;
    },
    // Odoo remembers optional columns that are fields; ours is none.
    computeOptionalActiveFields() {
        const active = super.computeOptionalActiveFields();
        if (this.hasSyncColumn) {
            const remembered = browser.localStorage.getItem(this.keyOptionalFields);
            active[COLUMN] = remembered === null || remembered.split(',').includes(COLUMN);
        }
        return active;
    },
});
