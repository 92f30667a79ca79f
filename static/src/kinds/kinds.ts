// Words for the kinds of records that can be linked, in the plural.
import { _t } from '@web/core/l10n/translation';

/** @returns the kind in words; a kind of a newer sidecar is shown by its technical name. */
export function kindLabel(kind: string): string {
  const labels: Record<string, string> = {
    tax_rate: _t('Tax rates'),
    customer: _t('Customers'),
    product: _t('Products'),
    price: _t('Prices'),
    invoice: _t('Invoices'),
    credit_note: _t('Credit notes'),
    payment: _t('Payments'),
    refund: _t('Refunds'),
  };
  return labels[kind] ?? kind;
}
