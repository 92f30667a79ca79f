// Deletions that wait for a decision: more records are gone from the other system than is usual.
import { Component } from '@odoo/owl';
import { ConfirmationDialog } from '@web/core/confirmation_dialog/confirmation_dialog';
import { _t } from '@web/core/l10n/translation';
import { useService, type ActionService, type DialogService, type Orm } from '@web/core/utils/hooks';
import type { Brake, ConnectionOverview } from '@saas_sync/overview/overview_service';
import { brakeExamples, brakeLabel, brakeText } from '@saas_sync/brakes/brake_words';
import { ago, exactTime } from '@saas_sync/times/times';

interface Props {
  connection: ConnectionOverview;
  /** May decide. */
  manager: boolean;
}

export class Brakes extends Component<Props> {
  static template = 'saas_sync.Brakes';
  static props = { connection: Object, manager: Boolean };

  orm!: Orm;
  action!: ActionService;
  dialog!: DialogService;
  ago = ago;
  exactTime = exactTime;
  brakeExamples = brakeExamples;

  setup(): void {
    this.orm = useService('orm');
    this.action = useService('action');
    this.dialog = useService('dialog');
  }

  text(brake: Brake): string {
    return brakeText(brake, this.props.connection);
  }

  decisionText(brake: Brake): string {
    return brake.decided === 'keep_absent'
      ? _t('Decided: they stay as they are. The sidecar is being told.')
      : _t('Decided: each is checked, and archived if it is gone. The sidecar is being told.');
  }

  release(brake: Brake): void {
    this.ask(brake, {
      method: 'action_release_brake',
      title: _t('Check each and archive what is gone'),
      body: _t(
        '%(kind)s: each of the %(count)s is looked up at %(system)s. What does not exist there any more is archived in Odoo; nothing is deleted, and what is found stays.',
        this.figures(brake),
      ),
    });
  }

  keep(brake: Brake): void {
    this.ask(brake, {
      method: 'action_keep_absent',
      title: _t('Leave them'),
      body: _t(
        '%(kind)s: the %(count)s stay in Odoo as they are, and nobody is asked about them again. Whatever reappears at %(system)s is kept in sync as before.',
        this.figures(brake),
      ),
    });
  }

  private figures(brake: Brake): Record<string, string | number> {
    const { system_name: system } = this.props.connection;
    return { kind: brakeLabel(brake), count: brake.absent ?? 0, system };
  }

  private ask(brake: Brake, { method, title, body }: Record<'method' | 'title' | 'body', string>): void {
    this.dialog.add(ConfirmationDialog, {
      title,
      body,
      confirmLabel: title,
      confirm: async () => {
        const ids = [this.props.connection.id];
        const answer = await this.orm.call('saas.sync.connection', method, [ids, brake.stream]);
        await this.action.doAction(answer as object);
      },
      cancel: () => {},
    });
  }
}
