/** Salesforce: who it is, and the parts that make it a connector. */
import type { Connector } from '../../domain/connector.ts';
import { KINDS } from './objects.ts';
import { receive } from './receive.ts';
import { open } from './session.ts';
import { CREDENTIALS, Options, SYSTEM, TITLE } from './settings.ts';
import { translate } from './translate/index.ts';
import { WRITABLE } from './write.ts';

export const salesforce: Connector = {
  system: SYSTEM,
  title: TITLE,
  kinds: KINDS,
  writable: WRITABLE,
  options: Options,
  credentials: CREDENTIALS,
  optional: ['client_secret', 'private_key', 'refresh_token', 'webhook_secret'],
  receive,
  translate,
  open,
};
