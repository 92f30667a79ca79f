// The view widget saas_sync_follow: a form that waits for the sidecar follows its reports without a reload.
import { Component, onMounted, onWillUnmount } from '@odoo/owl';
import { registry } from '@web/core/registry';
import { useService } from '@web/core/utils/hooks';
import { standardWidgetProps, type StandardWidgetProps } from '@web/views/widgets/standard_widget_props';

export class Follow extends Component<StandardWidgetProps> {
  static template = 'saas_sync.Follow';
  static props = { ...standardWidgetProps };

  setup(): void {
    const bus = useService('bus_service');
    const follow = () => void this.follow();
    onMounted(() => bus.subscribe('saas_sync.overview', follow));
    onWillUnmount(() => bus.unsubscribe('saas_sync.overview', follow));
  }

  /** What a person is typing is never replaced, and a record that waits for nobody is left alone. */
  private async follow(): Promise<void> {
    const { record } = this.props;
    if (record.data['state'] === 'retrying' && !(await record.isDirty())) await record.load();
  }
}

registry.category('view_widgets').add('saas_sync_follow', { component: Follow });
