// What a connection's first sync would do, counted, while people review it; the way to the work list and to the start.
import { Component } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { useService, type ActionService, type Orm } from '@web/core/utils/hooks';
import { formatInteger } from '@web/views/fields/formatters';
import type { ConnectionOverview } from '@saas_sync/overview/overview_service';

export interface Contact {
  state: 'looking' | 'review' | 'starting';
  /** Records compared so far. */
  looked: number;
  counts: Record<'link' | 'create' | 'ignore' | 'decide' | 'leave', number>;
}

interface Props {
  connection: ConnectionOverview;
  /** May decide and start. */
  manager: boolean;
}

interface Count {
  plan: string;
  label: string;
  value: number;
  colour: string;
}

export class FirstContact extends Component<Props> {
  static template = 'saas_sync.FirstContact';
  static props = { connection: Object, manager: Boolean };

  orm!: Orm;
  action!: ActionService;

  setup(): void {
    this.orm = useService('orm');
    this.action = useService('action');
  }

  get contact(): Contact | null {
    return this.props.connection.contact ?? null;
  }

  get title(): string {
    const { state, looked } = this.contact!;
    if (state === 'starting') return _t('Syncing is about to start');
    if (state === 'review') return _t('First contact: nothing is synchronised before you start it');
    return _t('First contact: %(count)s records compared so far', { count: formatInteger(looked) });
  }

  get counts(): Count[] {
    const { link, create, ignore, decide } = this.contact!.counts;
    const all: Count[] = [
      { plan: 'link', label: _t('to link'), value: link, colour: 'text-success' },
      { plan: 'decide', label: _t('to decide'), value: decide, colour: decide ? 'text-danger' : '' },
      { plan: 'create', label: _t('to create'), value: create, colour: 'text-info' },
      { plan: 'ignore', label: _t('ignored'), value: ignore, colour: 'text-muted' },
    ];
    return all;
  }

  text(value: number): string {
    return formatInteger(value);
  }

  openList(plan: string): void {
    void this.action.doAction({
      type: 'ir.actions.act_window',
      name: _t('First Contact'),
      res_model: 'saas.sync.candidate',
      domain: [
        ['connection_id', '=', this.props.connection.id],
        ['plan', '=', plan],
      ],
      context: { search_default_group_finding: 1 },
      views: [
        [false, 'list'],
        [false, 'form'],
      ],
    });
  }

  accept(): void {
    void this.action.doAction({
      type: 'ir.actions.act_window',
      name: _t('Accept by Score'),
      res_model: 'saas.sync.accept',
      views: [[false, 'form']],
      target: 'new',
      context: { default_connection_id: this.props.connection.id },
    });
  }

  async call(method: string): Promise<void> {
    const answer = await this.orm.call('saas.sync.connection', method, [[this.props.connection.id]]);
    await this.action.doAction(answer as object);
  }
}
