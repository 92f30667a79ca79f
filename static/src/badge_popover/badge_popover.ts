// What a click on a badge tells: state in words, last synchronisation, last error, and what can be done.
import { Component, useState } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import {
  useService,
  type ActionService,
  type DialogService,
  type NotificationService,
} from '@web/core/utils/hooks';
import { ResolverDialog } from '@saas_sync/resolver/resolver_dialog';
import { linkStateLook, shownState, type StateLook } from '@saas_sync/states/states';
import { useBadges, type Badge, type SyncService } from '@saas_sync/sync_service/sync_service';
import { ago, exactTime } from '@saas_sync/times/times';

interface Props {
  resModel: string;
  resId: number;
  /** Code of the connection whose links are shown. */
  connection: string;
  /** The record's links as the badge knows them: the popover must not open empty. */
  badges: Badge[];
  close: () => void;
}

export class BadgePopover extends Component<Props> {
  static template = 'saas_sync.BadgePopover';
  static props = { resModel: String, resId: Number, connection: String, badges: Array, close: Function };

  service!: SyncService;
  action!: ActionService;
  notification!: NotificationService;
  dialog!: DialogService;
  live!: { badges: Badge[] };
  state!: { asking: boolean };
  exactTime = exactTime;

  setup(): void {
    this.service = useService('saas_sync');
    this.action = useService('action');
    this.notification = useService('notification');
    this.dialog = useService('dialog');
    // Its own subscription, so that an open popover follows the bus like the badge below it.
    this.live = useBadges(() => ({ model: this.props.resModel, id: this.props.resId }), this.props.badges);
    this.state = useState({ asking: false });
  }

  get links(): Badge[] {
    return this.live.badges.filter((badge) => badge.connection === this.props.connection);
  }

  look(link: Badge): StateLook {
    return linkStateLook(shownState(link));
  }

  whenSynchronised(link: Badge): string {
    if (!link.last_sync) return _t('Not synced yet');
    return _t('Last synced %(when)s', { when: ago(link.last_sync) });
  }

  openLabel(link: Badge): string {
    return _t('Open in %(system)s', { system: link.system_name });
  }

  conflictLabel(link: Badge): string {
    return link.conflict_fields === 1
      ? _t('Conflict: 1 field')
      : _t('Conflict: %(count)s fields', { count: link.conflict_fields });
  }

  openConflict(link: Badge): void {
    this.props.close();
    const name = link.label ?? link.external_id;
    this.dialog.add(ResolverDialog, { conflictId: link.conflict_id, name });
  }

  async syncNow(): Promise<void> {
    this.state.asking = true;
    try {
      const { resModel, resId } = this.props;
      await this.service.syncNow(
        resModel,
        resId,
        this.links.map((link) => link.id),
      );
      this.notification.add(_t('Sync requested'), { type: 'success' });
    } finally {
      this.state.asking = false;
    }
  }

  openException(link: Badge): void {
    this.props.close();
    void this.action.doAction({
      type: 'ir.actions.act_window',
      res_model: 'saas.sync.exception',
      res_id: link.exception_id,
      views: [[false, 'form']],
    });
  }

  openLinks(): void {
    this.props.close();
    const { resModel, resId } = this.props;
    void this.action.doAction({
      type: 'ir.actions.act_window',
      name: _t('Links'),
      res_model: 'saas.sync.link',
      domain: [
        ['model', '=', resModel],
        ['res_id', '=', resId],
      ],
      views: [
        [false, 'list'],
        [false, 'form'],
      ],
    });
  }
}
