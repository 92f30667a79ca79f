// What is still to be done before the synchronisation can work, each step with a hint and the way to it.
import { Component } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { useService, type ActionService } from '@web/core/utils/hooks';
import type { SetupStep } from '@saas_sync/overview/overview_service';

interface Props {
  steps: SetupStep[];
}

export class SetupChecklist extends Component<Props> {
  static template = 'saas_sync.SetupChecklist';
  static props = { steps: Array };

  action!: ActionService;

  setup(): void {
    this.action = useService('action');
  }

  get progress(): string {
    const { steps } = this.props;
    const done = steps.filter((step) => step.done).length;
    return _t('%(done)s of %(total)s done', { done, total: steps.length });
  }

  open(step: SetupStep): void {
    if (step.action) void this.action.doAction(step.action);
  }
}
