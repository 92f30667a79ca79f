/** The list of connectors. A new system is one folder beside this file and one line here. */
import type { Connector } from '../domain/connector.ts';
import { hubspot } from './hubspot/index.ts';
import { salesforce } from './salesforce/index.ts';
import { stripe } from './stripe/index.ts';

export const connectors: readonly Connector[] = [hubspot, salesforce, stripe];

/** The connector of a `system` in connections.yaml. */
export function connectorOf(system: string): Connector | undefined {
  return connectors.find((connector) => connector.system === system);
}
