// Generated from static/src/resolver/resolver_widget.ts by "npm run build". Edit that file, not this one.
// The view widget saas_sync_resolver: the resolver within the form of a conflict.
import { Component } from '@odoo/owl';
import { registry } from '@web/core/registry';
import { standardWidgetProps } from '@web/views/widgets/standard_widget_props';
import { Resolver } from '@saas_sync/resolver/resolver';
export class ResolverWidget extends Component {
    static template = 'saas_sync.ResolverWidget';
    static components = { Resolver };
    static props = { ...standardWidgetProps };
    /** State and chatter of the form follow. */
    onSettled() {
        void this.props.record.load();
    }
}
registry.category('view_widgets').add('saas_sync_resolver', { component: ResolverWidget });
