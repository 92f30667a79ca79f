// The column “Sync” of every list of a linked model, shown and hidden like Odoo's own optional columns.
import { Component, onWillStart } from '@odoo/owl';
import { browser } from '@web/core/browser/browser';
import { _t } from '@web/core/l10n/translation';
import { registry } from '@web/core/registry';
import { useService } from '@web/core/utils/hooks';
import { patch } from '@web/core/utils/patch';
import { ListRenderer, type Column, type RecordList } from '@web/views/list/list_renderer';
import { standardWidgetProps, type StandardWidgetProps } from '@web/views/widgets/standard_widget_props';
import { SyncBadge } from '@saas_sync/badge/badge';

/** Name under which the column is toggled and remembered. */
export const COLUMN = 'saas_sync_links';

export class ListColumn extends Component<StandardWidgetProps> {
  static template = 'saas_sync.ListColumn';
  static components = { SyncBadge };
  static props = { ...standardWidgetProps };

  /** The samples behind an empty list's help are no records of the database. */
  get resId(): number | false {
    const { record } = this.props;
    return record.model.useSampleModel || record.isNew ? false : record.resId;
  }
}

const listColumn = { component: ListColumn, listViewWidth: [44, 64] };
registry.category('view_widgets').add(COLUMN, listColumn);

function syncColumn(): Column {
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

interface Extension {
  saasSyncModels: Set<string>;
  /** Lists inside forms stay as they are: their lines are part of the form, which has its own badge. */
  readonly hasSyncColumn: boolean;
}

patch(ListRenderer.prototype, {
  setup(this: ListRenderer & Extension) {
    super.setup();
    this.saasSyncModels = new Set();
    const service = useService('saas_sync');
    onWillStart(async () => {
      if (!this.isX2Many) this.saasSyncModels = await service.linkedModels();
    });
  },

  get hasSyncColumn(): boolean {
    const renderer = this as unknown as ListRenderer & Extension;
    return !renderer.isX2Many && renderer.saasSyncModels.has(renderer.props.list.resModel);
  },

  processAllColumn(this: ListRenderer & Extension, columns: Column[], list: RecordList): Column[] {
    const all = super.processAllColumn(columns, list);
    return this.hasSyncColumn ? [...all, syncColumn()] : all;
  },

  // Odoo remembers optional columns that are fields; ours is none.
  computeOptionalActiveFields(this: ListRenderer & Extension): Record<string, boolean> {
    const active = super.computeOptionalActiveFields();
    if (this.hasSyncColumn) {
      const remembered = browser.localStorage.getItem(this.keyOptionalFields);
      active[COLUMN] = remembered === null || remembered.split(',').includes(COLUMN);
    }
    return active;
  },
});
