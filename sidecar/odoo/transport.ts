/** Chooses the line to Odoo. */
import type { OdooSettings, OdooTransport } from './client.ts';
import { makeJson2 } from './json2.ts';
import { makeXmlrpc } from './xmlrpc.ts';

/** JSON-2 is the usual one; XML-RPC is for sites that allow only that, and needs `login`. */
export function openTransport(settings: OdooSettings, kind: OdooTransport['name'] = 'json2'): OdooTransport {
  return kind === 'json2' ? makeJson2(settings) : makeXmlrpc(settings);
}
