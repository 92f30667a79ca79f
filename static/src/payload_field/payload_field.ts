// The field widget saas_sync_payload: what the connected system sent, as readable JSON that can be copied.
import { Component, useState } from '@odoo/owl';
import { CopyButton } from '@web/core/copy_button/copy_button';
import { _t } from '@web/core/l10n/translation';
import { registry } from '@web/core/registry';
import { standardFieldProps, type StandardFieldProps } from '@web/views/fields/standard_field_props';

/** Longer payloads start folded. */
const FOLDED_LINES = 12;

/** @returns indented JSON; text that is no JSON is shown as it is. */
export function prettyPayload(value: unknown): string {
  if (!value) return '';
  try {
    return JSON.stringify(typeof value === 'string' ? JSON.parse(value) : value, null, 2);
  } catch {
    return typeof value === 'string' ? value : '';
  }
}

export class PayloadField extends Component<StandardFieldProps> {
  static template = 'saas_sync.PayloadField';
  static components = { CopyButton };
  static props = { ...standardFieldProps };

  state!: { unfolded: boolean };

  setup(): void {
    this.state = useState({ unfolded: false });
  }

  get text(): string {
    return prettyPayload(this.props.record.data[this.props.name]);
  }

  get lines(): string[] {
    return this.text.split('\n');
  }

  get isLong(): boolean {
    return this.lines.length > FOLDED_LINES;
  }

  get shown(): string {
    return this.isLong && !this.state.unfolded ? this.lines.slice(0, FOLDED_LINES).join('\n') : this.text;
  }

  get toggleLabel(): string {
    if (this.state.unfolded) return _t('Show less');
    return _t('Show all %(count)s lines', { count: this.lines.length });
  }

  get copiedText(): string {
    return _t('Copied');
  }

  toggle(): void {
    this.state.unfolded = !this.state.unfolded;
  }
}

registry.category('fields').add('saas_sync_payload', {
  component: PayloadField,
  displayName: _t('Payload'),
  supportedTypes: ['json', 'text', 'char'],
});
