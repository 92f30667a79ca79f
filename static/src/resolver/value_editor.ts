// A merged value, typed with the field's own kind of widget.
import { Component, onMounted, useRef } from '@odoo/owl';
import { Record as RecordSlot, type WidgetRecord } from '@web/model/record';
import { Field } from '@web/views/fields/field';
import type { Conflict, ConflictLine } from '@saas_sync/resolver/conflict';

interface Props {
  conflict: Conflict;
  line: ConflictLine;
  /** Hands out how to read what is typed, also before the widget has lost the focus. */
  onReady: (read: () => Promise<unknown>) => void;
}

/** A relation is shown by name and told by id. */
const plain = (held: unknown): unknown => (held as { id?: number } | null)?.id ?? held;

export class ValueEditor extends Component<Props> {
  static template = 'saas_sync.ValueEditor';
  static components = { Record: RecordSlot, Field };
  static props = { conflict: Object, line: Object, onReady: Function };

  private given!: { values: object; [prop: string]: unknown };
  private isThere = false;

  setup(): void {
    const { conflict, line, onReady } = this.props;
    const root: { el: HTMLElement | null } = useRef('root');
    // Whoever asked for it, by mouse or keyboard, goes on typing.
    onMounted(() => {
      this.isThere = true;
      root.el?.querySelector<HTMLElement>('input, select, textarea')?.focus();
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
        onRootLoaded: (root: WidgetRecord) =>
          onReady(async () => {
            const typed = await root.getChanges();
            return line.field in typed ? typed[line.field] : plain(start);
          }),
      },
    };
  }

  /** Values that come again would replace what is being typed. */
  get record(): object {
    const { values, ...others } = this.given;
    return this.isThere ? others : { ...others, values };
  }

  /** Of records somebody may only choose: nothing is made in passing. */
  get extra(): object {
    if (this.props.line.spec.type !== 'many2one') return {};
    return { canOpen: false, canCreate: false, canCreateEdit: false, canQuickCreate: false };
  }
}
