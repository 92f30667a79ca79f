// Generated from static/src/resolver/resolver_dialog.ts by "npm run build". Edit that file, not this one.
// The resolver over a record's own form.
import { Component } from '@odoo/owl';
import { Dialog } from '@web/core/dialog/dialog';
import { _t } from '@web/core/l10n/translation';
import { useService } from '@web/core/utils/hooks';
import { Resolver } from '@saas_sync/resolver/resolver';
export class ResolverDialog extends Component {
    static template = 'saas_sync.ResolverDialog';
    static components = { Dialog, Resolver };
    static props = { conflictId: Number, name: String, close: Function };
    notification;
    setup() {
        this.notification = useService('notification');
    }
    get title() {
        return _t('Conflict: %(record)s', { record: this.props.name });
    }
    onSettled() {
        this.notification.add(_t('Being settled'), { type: 'success' });
        this.props.close();
    }
}
