// The field widget saas_sync_comparison: a record of another system beside those of Odoo that it could be, and why.
import { Component, useState } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { registry } from '@web/core/registry';
import { useService, type ActionService, type Services } from '@web/core/utils/hooks';
import { standardFieldProps, type StandardFieldProps } from '@web/views/fields/standard_field_props';

export type Traits = Record<string, string | number | boolean | null | undefined>;

export interface Suggestion {
  id: number;
  name: string;
  score: number;
  why: string[];
  traits: Traits;
}

export interface Comparison {
  model: string | false;
  system: string;
  traits: Traits;
  suggestions: Suggestion[];
  /** Which of them it will be linked to. */
  chosen: number | false;
}

interface Row {
  name: string;
  label: string;
}

const LABELS = (): [string, string][] => [
  ['name', _t('Name')],
  ['vat', _t('VAT number')],
  ['email', _t('E-mail')],
  ['domain', _t('Domain')],
  ['phone', _t('Telephone')],
  ['zip', _t('Postcode')],
  ['city', _t('City')],
  ['country', _t('Country')],
  ['sku', _t('Reference')],
];

const fold = (value: Traits[string]): string =>
  String(value ?? '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}@]/gu, '');

/** Names are compared by whoever scored them: spelling and legal forms tell nothing. */
function colourOfName({ why }: Suggestion): string {
  if (why.some((reason) => reason.startsWith('same name'))) return 'text-success';
  return why.some((reason) => reason.startsWith('another name')) ? 'text-danger' : '';
}

export class ComparisonField extends Component<StandardFieldProps> {
  static template = 'saas_sync.ComparisonField';
  static props = { ...standardFieldProps };

  orm!: Services['orm'];
  action!: ActionService;
  state!: { busy: boolean };

  setup(): void {
    this.orm = useService('orm');
    this.action = useService('action');
    this.state = useState({ busy: false });
  }

  get comparison(): Comparison {
    return this.props.record.data[this.props.name] as Comparison;
  }

  /** What at least one side knows. */
  get rows(): Row[] {
    const { traits, suggestions } = this.comparison;
    const known = (name: string) =>
      [traits, ...suggestions.map((each) => each.traits)].some((each) => each[name]);
    return LABELS()
      .filter(([name]) => known(name))
      .map(([name, label]) => ({ name, label }));
  }

  text(traits: Traits, { name }: Row): string {
    return String(traits[name] ?? '');
  }

  /** Bootstrap's colour of a cell: equal, different, or nothing to compare. */
  colour(suggestion: Suggestion, { name }: Row): string {
    if (name === 'name') return colourOfName(suggestion);
    const [ours, theirs] = [fold(this.comparison.traits[name]), fold(suggestion.traits[name])];
    if (!ours || !theirs) return '';
    return ours === theirs ? 'text-success' : 'text-danger';
  }

  label(suggestion: Suggestion): string {
    return _t('Link to %(name)s', { name: suggestion.name });
  }

  async link(suggestion: Suggestion): Promise<void> {
    const { record } = this.props;
    this.state.busy = true;
    try {
      await this.orm.call(record.resModel, 'action_link', [[record.resId], suggestion.id]);
      await this.action.doAction({ type: 'ir.actions.client', tag: 'soft_reload' });
    } finally {
      this.state.busy = false;
    }
  }

  open(suggestion: Suggestion): void {
    void this.action.doAction({
      type: 'ir.actions.act_window',
      res_model: this.comparison.model,
      res_id: suggestion.id,
      views: [[false, 'form']],
    });
  }
}

registry.category('fields').add('saas_sync_comparison', {
  component: ComparisonField,
  displayName: _t('Comparison'),
  supportedTypes: ['json'],
});
