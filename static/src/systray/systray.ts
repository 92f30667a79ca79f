// The indicator in Odoo's top bar: open exceptions as a number, the connections' health on a click.
import { Component, onMounted, onWillUnmount, useState } from '@odoo/owl';
import { browser } from '@web/core/browser/browser';
import { Dropdown } from '@web/core/dropdown/dropdown';
import { DropdownItem } from '@web/core/dropdown/dropdown_item';
import { _t } from '@web/core/l10n/translation';
import { registry } from '@web/core/registry';
import { user } from '@web/core/user';
import { useService, type ActionService } from '@web/core/utils/hooks';
import type { ConnectionOverview, OverviewService } from '@saas_sync/overview/overview_service';
import { brakeText } from '@saas_sync/brakes/brake_words';
import { connectionLook, type StateLook } from '@saas_sync/states/states';
import { staleStreams, streamLabel, streamText } from '@saas_sync/streams/freshness';
import { ago } from '@saas_sync/times/times';

/** After the page itself has loaded: nobody waits for this number. In milliseconds. */
const PATIENCE = 1000;

export class SyncSystray extends Component {
  static template = 'saas_sync.Systray';
  static components = { Dropdown, DropdownItem };
  static props = {};

  service!: OverviewService;
  action!: ActionService;
  shared!: OverviewService['state'];

  setup(): void {
    this.service = useService('saas_sync_overview');
    this.action = useService('action');
    this.shared = useState(this.service.state);
    let timer: ReturnType<typeof setTimeout>;
    onMounted(() => (timer = browser.setTimeout(() => this.load(), PATIENCE)));
    onWillUnmount(() => browser.clearTimeout(timer));
  }

  async load(): Promise<void> {
    if (await user.hasGroup('saas_sync.group_operator')) await this.service.refresh();
  }

  get connections(): ConnectionOverview[] {
    return this.shared.data?.connections ?? [];
  }

  get exceptions(): number {
    return this.connections.reduce((sum, connection) => sum + connection.open_exceptions, 0);
  }

  get conflicts(): number {
    return this.shared.data?.open_conflicts ?? 0;
  }

  get backlog(): number {
    return this.connections.reduce((sum, connection) => sum + connection.backlog, 0);
  }

  /** Everything that a person should look at: exceptions, conflicts, decisions to take, streams that are late. */
  get count(): number {
    const others = this.connections.flatMap((connection) => this.concerns(connection));
    return this.exceptions + this.conflicts + others.length;
  }

  get title(): string {
    const { exceptions, backlog } = this;
    const others = this.count - exceptions;
    return others
      ? _t(
          'SaaS Sync. Open exceptions: %(exceptions)s. Other things to look at: %(others)s. In progress: %(backlog)s.',
          { exceptions, others, backlog },
        )
      : _t('SaaS Sync. Open exceptions: %(exceptions)s. In progress: %(backlog)s.', { exceptions, backlog });
  }

  look(connection: ConnectionOverview): StateLook {
    return connectionLook(connection);
  }

  /** What needs a person besides the exceptions, in words. */
  concerns(connection: ConnectionOverview): string[] {
    const { state, silent, message } = connection;
    const broken = state === 'broken' && !silent && message ? [message] : [];
    const held = connection.brakes.filter((brake) => !brake.decided);
    return [
      ...broken,
      ...held.map((brake) => brakeText(brake, connection)),
      ...staleStreams(connection).map((stream) => `${streamLabel(stream.name)}: ${streamText(stream)}`),
    ];
  }

  detail(connection: ConnectionOverview): string {
    const figures = { backlog: connection.backlog, when: ago(connection.last_event_at) };
    return _t('%(backlog)s in progress, last event %(when)s', figures);
  }

  openOverview(): void {
    void this.action.doAction('saas_sync.saas_sync_overview_action', { clearBreadcrumbs: true });
  }

  openConflicts(): void {
    void this.action.doAction('saas_sync.saas_sync_conflict_action', { clearBreadcrumbs: true });
  }

  openExceptions(): void {
    void this.action.doAction('saas_sync.saas_sync_exception_action', { clearBreadcrumbs: true });
  }
}

registry.category('systray').add('saas_sync.systray', { Component: SyncSystray }, { sequence: 24 });
