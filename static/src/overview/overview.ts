// The client action “Overview”: all connections at a glance, and where a person is needed.
import { Component, onWillStart, useState } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { registry } from '@web/core/registry';
import { user } from '@web/core/user';
import { useService, type ActionService } from '@web/core/utils/hooks';
import { Layout } from '@web/search/layout';
import { standardActionServiceProps } from '@web/webclient/actions/action_service';
import { ConnectionCard } from '@saas_sync/connection_card/connection_card';
import { SetupChecklist } from '@saas_sync/setup_checklist/setup_checklist';
import { useLiveOverview } from '@saas_sync/overview/live';
import type {
  Cause,
  ConnectionOverview,
  LinkCount,
  OverviewService,
  SetupStep,
} from '@saas_sync/overview/overview_service';
import { ago } from '@saas_sync/times/times';

export class Overview extends Component {
  static template = 'saas_sync.Overview';
  static components = { Layout, ConnectionCard, SetupChecklist };
  static props = { ...standardActionServiceProps };

  service!: OverviewService;
  action!: ActionService;
  shared!: OverviewService['state'];
  rights!: { manager: boolean };
  display = { controlPanel: {} };

  setup(): void {
    this.service = useService('saas_sync_overview');
    this.action = useService('action');
    this.shared = useLiveOverview();
    this.rights = useState({ manager: false });
    onWillStart(async () => {
      const [manager] = await Promise.all([user.hasGroup('saas_sync.group_admin'), this.service.refresh()]);
      this.rights.manager = manager;
    });
  }

  get connections(): ConnectionOverview[] {
    return this.shared.data?.connections ?? [];
  }

  get causes(): Cause[] {
    return this.shared.data?.open_exceptions ?? [];
  }

  /** The checklist disappears with its last step. */
  get steps(): SetupStep[] {
    const steps = this.shared.data?.setup ?? [];
    return steps.some((step) => !step.done) ? steps : [];
  }

  get conflictsText(): string {
    return _t('Records on which both sides differ: %(count)s. Somebody has to decide.', {
      count: this.shared.data?.open_conflicts ?? 0,
    });
  }

  openConflicts(): void {
    void this.action.doAction('saas_sync.saas_sync_conflict_action');
  }

  get emptyHint(): string {
    return _t(
      'Make a key for the sidecar, put it into its configuration together with the connection, and start it. The connection appears here by itself.',
    );
  }

  /** Those who may not see exceptions learn their number from the cards, and no more. */
  get showsCauses(): boolean {
    return this.causes.length > 0 || this.connections.every((connection) => !connection.open_exceptions);
  }

  linksOf(connection: ConnectionOverview): LinkCount[] {
    return (this.shared.data?.links ?? []).filter((link) => link.connection === connection.code);
  }

  get silent(): ConnectionOverview[] {
    return this.connections.filter((connection) => connection.silent);
  }

  silenceText(connection: ConnectionOverview): string {
    const when = ago(connection.reported_at);
    return _t('%(connection)s: last report %(when)s', { connection: connection.name, when });
  }

  amounts(cause: Cause): string[] {
    const lang = document.documentElement.lang || undefined;
    return Object.entries(cause.amounts).map(([currency, amount]) =>
      new Intl.NumberFormat(lang, { style: 'currency', currency }).format(amount),
    );
  }

  openCause(cause: Cause): void {
    void this.action.doAction({
      type: 'ir.actions.act_window',
      name: cause.label,
      res_model: 'saas.sync.exception',
      domain: [
        ['code', '=', cause.code],
        ['state', 'in', ['open', 'retrying']],
      ],
      views: [
        [false, 'list'],
        [false, 'form'],
      ],
    });
  }

  refresh(): Promise<void> {
    return this.service.refresh();
  }
}

registry.category('actions').add('saas_sync.overview', Overview);
