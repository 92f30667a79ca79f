// The resolver over a record's own form.
import { Component } from '@odoo/owl';
import { Dialog } from '@web/core/dialog/dialog';
import { _t } from '@web/core/l10n/translation';
import { useService, type NotificationService } from '@web/core/utils/hooks';
import { Resolver } from '@saas_sync/resolver/resolver';

interface Props {
  conflictId: number;
  /** Name of the record, for the title. */
  name: string;
  close: () => void;
}

export class ResolverDialog extends Component<Props> {
  static template = 'saas_sync.ResolverDialog';
  static components = { Dialog, Resolver };
  static props = { conflictId: Number, name: String, close: Function };

  notification!: NotificationService;

  setup(): void {
    this.notification = useService('notification');
  }

  get title(): string {
    return _t('Conflict: %(record)s', { record: this.props.name });
  }

  onSettled(): void {
    this.notification.add(_t('Being settled'), { type: 'success' });
    this.props.close();
  }
}
