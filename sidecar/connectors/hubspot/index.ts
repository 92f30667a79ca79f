/** HubSpot: who it is, and the parts that make it a connector. */
import type { Connector } from '../../domain/connector.ts';
import { receive } from './receive.ts';
import { open } from './session.ts';
import { CREDENTIALS, Options, SYSTEM, TITLE } from './settings.ts';
import { translate } from './translate/index.ts';
import { KINDS, WRITABLE } from './vocabulary.ts';

export const hubspot: Connector = {
  system: SYSTEM,
  title: TITLE,
  kinds: KINDS,
  writable: Object.fromEntries(Object.entries(WRITABLE).map(([kind, names]) => [kind, Object.keys(names)])),
  options: Options,
  credentials: CREDENTIALS,
  optional: ['access_token', 'client_id', 'client_secret', 'refresh_token'],
  receive,
  translate,
  open,
};
