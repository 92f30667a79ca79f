// The view widget saas_sync_connection_panel: what the overview shows of a connection, live on its form.
import { Component, onWillStart, useState } from '@odoo/owl';
import { registry } from '@web/core/registry';
import { user } from '@web/core/user';
import { useService } from '@web/core/utils/hooks';
import { standardWidgetProps, type StandardWidgetProps } from '@web/views/widgets/standard_widget_props';
import { Backlog } from '@saas_sync/backlog/backlog';
import { Brakes } from '@saas_sync/brakes/brakes';
import { BudgetBar } from '@saas_sync/budget/budget';
import { FirstContact } from '@saas_sync/first_contact/first_contact';
import { useLiveOverview } from '@saas_sync/overview/live';
import type { ConnectionOverview, OverviewService } from '@saas_sync/overview/overview_service';
import { Standing } from '@saas_sync/standing/standing';
import { Streams } from '@saas_sync/streams/streams';

export class ConnectionPanel extends Component<StandardWidgetProps> {
  static template = 'saas_sync.ConnectionPanel';
  static components = { Backlog, Brakes, BudgetBar, FirstContact, Standing, Streams };
  static props = { ...standardWidgetProps };

  shared!: OverviewService['state'];
  rights!: { manager: boolean };

  setup(): void {
    const service = useService('saas_sync_overview');
    this.shared = useLiveOverview();
    this.rights = useState({ manager: false });
    onWillStart(async () => {
      const [manager] = await Promise.all([user.hasGroup('saas_sync.group_admin'), service.refresh()]);
      this.rights.manager = manager;
    });
  }

  /** Nothing for a connection that is archived: nobody reports about it. */
  get connection(): ConnectionOverview | undefined {
    const { resId } = this.props.record;
    return this.shared.data?.connections.find((connection) => connection.id === resId);
  }
}

registry.category('view_widgets').add('saas_sync_connection_panel', { component: ConnectionPanel });
