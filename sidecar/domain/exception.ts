/** An open exception as Odoo's desk remembers it: all that is left of it when the sidecar has lost its store. */
import type { FailureClass } from './failure.ts';
import type { Kind } from './reference.ts';

export interface OpenException {
  kind: Kind;
  externalId: string;
  cause: FailureClass;
  code: string;
  label: string;
  message: string;
  hint: string | undefined;
}
