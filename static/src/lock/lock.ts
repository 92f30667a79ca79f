// The small lock beside a field that another system owns, on every form of every linked model.
import { Component } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { usePopover, type Popover } from '@web/core/popover/popover_hook';
import { patch } from '@web/core/utils/patch';
import { Field } from '@web/views/fields/field';
import { useLock, type Lock } from '@saas_sync/lock/locks';
import { ago, exactTime } from '@saas_sync/times/times';

interface FieldRecord {
  id: string;
  resModel: string;
  resId: number | false;
  model?: { root?: { id?: string } };
}

const OUTCOMES: Record<Lock['against'], () => string> = {
  revert: () => _t('What you change here is set back to the value there.'),
  warn: () => _t('What you change here stays, and differs from the value there.'),
  propose: () => _t('Your change becomes a proposal that somebody decides on.'),
  block: () => _t('It can be changed there only.'),
};

/** What the lock says, line by line. */
export function wordsOf(lock: Lock): { owner: string; changed: string; outcome: string } {
  return {
    owner: _t('Owned by %s', lock.system_name),
    changed: _t('last changed %s', ago(lock.last_changed)),
    outcome: OUTCOMES[lock.against](),
  };
}

export class LockPopover extends Component<{ lock: Lock; close: () => void }> {
  static template = 'saas_sync.LockPopover';
  static props = { lock: Object, close: { type: Function, optional: true } };

  get words(): ReturnType<typeof wordsOf> {
    return wordsOf(this.props.lock);
  }

  get where(): string {
    return `${this.props.lock.connection}, ${this.words.changed}`;
  }

  get exact(): string {
    return exactTime(this.props.lock.last_changed);
  }
}

export class FieldLock extends Component<{ record: FieldRecord; name: string }> {
  static template = 'saas_sync.FieldLock';
  static props = { record: Object, name: String };

  // Hooks belong into setup: while class fields are filled the component has no environment yet.
  state!: { lock: Lock | null };
  popover!: Popover;

  setup(): void {
    this.state = useLock(() => ({
      model: this.props.record.resModel,
      id: this.props.record.resId || false,
      field: this.props.name,
    }));
    this.popover = usePopover(LockPopover, { position: 'bottom-end', setActiveElement: true });
  }

  /** What a screen reader says and the tooltip shows. */
  get title(): string {
    if (!this.state.lock) return '';
    const { owner, changed, outcome } = wordsOf(this.state.lock);
    return `${owner}, ${changed}. ${outcome}`;
  }

  open(event: MouseEvent): void {
    this.popover.open(event.currentTarget as HTMLElement, { lock: this.state.lock });
  }
}

// Getters on the prototype, because subclasses copy what Field declares when they are declared.
patch(Field.prototype, {
  get saasSyncLock() {
    return FieldLock;
  },
  /** Only fields of the form's own record: rows of lists are too many, and too small. */
  get saasSyncMayLock(): boolean {
    const { record } = (this as unknown as { props: { record: FieldRecord } }).props;
    return Boolean(record?.resId && record.model?.root?.id === record.id);
  },
});
