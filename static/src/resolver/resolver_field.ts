// One field of a conflict: what was agreed, what each side holds, and the choice between them.
import { Component } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import type { Choice, Conflict, ConflictLine, Side, Take } from '@saas_sync/resolver/conflict';
import { segmentsOf, type Segment } from '@saas_sync/resolver/difference';
import { ValueEditor } from '@saas_sync/resolver/value_editor';
import { ago, exactTime } from '@saas_sync/times/times';

interface Props {
  conflict: Conflict;
  line: ConflictLine;
  choice: Choice | undefined;
  stale: boolean;
  readonly: boolean;
  choose: (take: Take | null) => void;
  always: (wanted: boolean) => void;
  onReady: (read: () => Promise<unknown>) => void;
}

interface Option {
  take: 'odoo' | 'other';
  title: string;
  digit: string;
  side: Side;
  segments: Segment[];
}

export class ResolverField extends Component<Props> {
  static template = 'saas_sync.ResolverField';
  static components = { ValueEditor };
  static props = {
    conflict: Object,
    line: Object,
    choice: { type: Object, optional: true },
    stale: Boolean,
    readonly: Boolean,
    choose: Function,
    always: Function,
    onReady: Function,
  };

  exactTime = exactTime;

  get taken(): Take | null {
    return this.props.choice?.take ?? (this.props.readonly ? this.props.line.choice : null);
  }

  /** Within a name of a country or a day there is nothing to mark. */
  private segments(text: string, reference: string): Segment[] {
    const isText = ['char', 'text', 'html'].includes(this.props.line.spec.type);
    return segmentsOf(text, isText ? reference : '');
  }

  /** Each side is compared with what was agreed; where nothing was, with the other side. */
  get options(): Option[] {
    const { conflict, line } = this.props;
    const { base, odoo, other } = line;
    return [
      {
        take: 'odoo',
        title: _t('Odoo'),
        digit: '1',
        side: odoo,
        segments: this.segments(odoo.text, base.text || other.text),
      },
      {
        take: 'other',
        title: conflict.system_name,
        digit: '2',
        side: other,
        segments: this.segments(other.text, base.text || odoo.text),
      },
    ];
  }

  idOf(take: Take): string {
    return `o_saas_sync_${this.props.line.id}_${take}`;
  }

  whoAndWhen({ by, at }: Side): string {
    if (by && at) return _t('%(who)s, %(when)s', { who: by, when: ago(at) });
    return by ?? (at ? ago(at) : '');
  }

  get why(): string {
    const { conflict, line } = this.props;
    return line.why === 'owned_elsewhere'
      ? _t('%(system)s owns it; changed in Odoo as a proposal', { system: conflict.system_name })
      : _t('Changed on both sides');
  }

  get wasText(): string {
    return _t('Changed in Odoo meanwhile; it was: %(value)s', { value: this.props.line.was || _t('empty') });
  }

  get decidedText(): string {
    return _t('Decided by %(who)s', { who: this.props.line.decided_by });
  }

  get alwaysText(): string {
    const who = this.taken === 'odoo' ? _t('Odoo') : this.props.conflict.system_name;
    return _t('Always let %(who)s decide %(field)s: propose it as a rule', {
      who,
      field: this.props.line.label,
    });
  }
}
