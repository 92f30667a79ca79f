// The resolver: both sides of every field in question, a choice for each, one press that settles.
import { Component, onWillStart, onWillUnmount, onWillUpdateProps, useRef, useState } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { useService, type NotificationService, type Orm } from '@web/core/utils/hooks';
import {
  TAKE_OF_KEY,
  type Choices,
  type Conflict,
  type ConflictLine,
  type Take,
} from '@saas_sync/resolver/conflict';
import { ResolverField } from '@saas_sync/resolver/resolver_field';
import type { SyncService } from '@saas_sync/sync_service/sync_service';

interface Props {
  conflictId: number;
  /** Called after a decision was taken over by the server. */
  onSettled: () => void;
}

interface State {
  conflict: Conflict | null;
  choices: Choices;
  /** Names of fields whose values changed under the person's eyes. */
  stale: string[];
  note: string;
  busy: boolean;
}

export class Resolver extends Component<Props> {
  static template = 'saas_sync.Resolver';
  static components = { ResolverField };
  static props = { conflictId: Number, onSettled: Function };

  orm!: Orm;
  service!: SyncService;
  notification!: NotificationService;
  root!: { el: HTMLElement | null };
  state!: State;
  /** Field → how to read what is being typed. */
  private readers = new Map<string, () => Promise<unknown>>();
  private unwatch: () => void = () => undefined;

  setup(): void {
    this.orm = useService('orm');
    this.service = useService('saas_sync');
    this.notification = useService('notification');
    this.root = useRef('root');
    this.state = useState<State>({ conflict: null, choices: {}, stale: [], note: '', busy: false });
    onWillStart(() => this.open(this.props.conflictId));
    onWillUpdateProps((next: Props) =>
      next.conflictId === this.props.conflictId ? undefined : this.open(next.conflictId),
    );
    onWillUnmount(() => this.unwatch());
  }

  private async open(id: number): Promise<void> {
    Object.assign(this.state, { choices: {}, stale: [], note: '' });
    await this.load(id);
    const { conflict } = this.state;
    this.unwatch();
    if (!conflict) return;
    this.unwatch = this.service.subscribe(conflict.model, conflict.res_id, () => void this.load(id));
    for (const line of this.lines) if (line.choice) this.keep(line, line.choice);
  }

  /** What a person has chosen stays, unless the values it was chosen between are others now. */
  async load(id = this.props.conflictId): Promise<void> {
    const conflict = (await this.orm.call('saas.sync.conflict', 'resolver', [id])) as Conflict;
    const { choices, stale } = this.state;
    for (const [field, choice] of Object.entries(choices)) {
      const line = conflict.lines.find((each) => each.field === field && !each.settled);
      if (line && line.token === choice.token) continue;
      delete choices[field];
      if (line) stale.push(field);
    }
    this.state.conflict = conflict;
  }

  get lines(): ConflictLine[] {
    const lines = this.state.conflict?.lines ?? [];
    return this.state.conflict?.state === 'resolved' ? lines : lines.filter((line) => !line.settled);
  }

  get readonly(): boolean {
    return !this.state.conflict?.can_decide;
  }

  get chosen(): number {
    return Object.keys(this.state.choices).length;
  }

  get progress(): string {
    const figures = { chosen: this.chosen, all: this.lines.length };
    return _t('%(chosen)s of %(all)s decided. What is undecided stays open.', figures);
  }

  get hiddenText(): string {
    return _t('Fields of this record that you may not see: %(count)s.', {
      count: this.state.conflict?.hidden ?? 0,
    });
  }

  get problemText(): string {
    return _t('Not carried out: %(why)s', { why: this.state.conflict?.problem });
  }

  get resolvingText(): string {
    return _t('Being settled: Odoo and %(system)s are told.', { system: this.state.conflict?.system_name });
  }

  get allTheirs(): string {
    return _t("All %(system)s's", { system: this.state.conflict?.system_name });
  }

  private keep(line: ConflictLine, take: Take): void {
    this.state.choices[line.field] = { take, token: line.token };
  }

  choose(line: ConflictLine, take: Take | null): void {
    const { state } = this;
    state.stale = state.stale.filter((field) => field !== line.field);
    if (take === 'value' && !line.can_type) return;
    if (take) this.keep(line, take);
    else delete state.choices[line.field];
    if (take !== 'value') this.readers.delete(line.field);
  }

  chooseAll(take: Take): void {
    for (const line of this.lines) this.choose(line, take);
  }

  always(line: ConflictLine, wanted: boolean): void {
    const choice = this.state.choices[line.field];
    if (choice) choice.always = wanted;
  }

  onReady(line: ConflictLine, read: () => Promise<unknown>): void {
    this.readers.set(line.field, read);
  }

  private focusField(field: string): void {
    this.root.el?.querySelector<HTMLElement>(`[data-field="${CSS.escape(field)}"]`)?.focus();
  }

  onKeydown(event: KeyboardEvent): void {
    if (this.readonly || event.altKey) return;
    const target = event.target as HTMLElement;
    const field = target.closest<HTMLElement>('[data-field]')?.dataset['field'];
    const line = this.lines.find((each) => each.field === field);
    const handled = target.matches('[data-field]')
      ? this.onFieldKey(event, line)
      : this.onInnerKey(event, line);
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  }

  private onFieldKey(event: KeyboardEvent, line: ConflictLine | undefined): boolean {
    if (!line || event.shiftKey) return false;
    if (event.key === 'Enter') void this.settle();
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') this.step(line, event.key === 'ArrowDown');
    else if (event.key in TAKE_OF_KEY && !event.ctrlKey) this.choose(line, TAKE_OF_KEY[event.key] ?? null);
    else if (event.key === 'Escape' && this.state.choices[line.field]) this.choose(line, null);
    else return false;
    return true;
  }

  /** While something is typed, keys are the widget's own. */
  private onInnerKey(event: KeyboardEvent, line: ConflictLine | undefined): boolean {
    if (event.key === 'Enter' && event.ctrlKey) void this.settle();
    else if (event.key === 'Escape' && line && !document.querySelector('.o-autocomplete--dropdown-menu')) {
      this.focusField(line.field);
    } else return false;
    return true;
  }

  private step(line: ConflictLine, down: boolean): void {
    const next = this.lines[this.lines.indexOf(line) + (down ? 1 : -1)];
    if (next) this.focusField(next.field);
  }

  /** Sends the choices; the server refuses all of them if one was made between values that are no longer there. */
  async settle(): Promise<void> {
    if (this.state.busy || !this.chosen) return;
    this.state.busy = true;
    try {
      const answer = (await this.orm.call('saas.sync.conflict', 'resolve', [
        this.props.conflictId,
        await this.withTyped(),
        this.state.note.trim() || null,
      ])) as { stale: string[] };
      await this.load();
      if (answer.stale.length) {
        const fields = answer.stale.join(', ');
        this.notification.add(_t('Changed meanwhile, look again: %(fields)s', { fields }), {
          type: 'warning',
        });
      } else this.props.onSettled();
    } finally {
      this.state.busy = false;
    }
  }

  private async withTyped(): Promise<Choices> {
    const choices: Choices = {};
    for (const [field, choice] of Object.entries(this.state.choices)) {
      const read = choice.take === 'value' ? this.readers.get(field) : undefined;
      choices[field] = read ? { ...choice, value: await read() } : { ...choice };
    }
    return choices;
  }
}
