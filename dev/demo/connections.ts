/** The demo's three simulated systems, and how the sidecar is connected to them. */
import { join } from 'node:path';
import { startHubSpotSandbox, type HubSpotSandbox } from '../../test/sandbox/hubspot/index.ts';
import { remember } from '../../test/sandbox/memory.ts';
import { startSalesforceSandbox, type SalesforceSandbox } from '../../test/sandbox/salesforce/index.ts';
import { startStripeSandbox, type StripeSandbox } from '../../test/sandbox/stripe/index.ts';
import type { Ports } from './ports.ts';

export interface Systems {
  stripe: StripeSandbox;
  salesforce: SalesforceSandbox;
  hubspot: HubSpotSandbox;
  /** Writes what the CRMs hold, and ends all three. */
  stop(): Promise<void>;
}

/** Ids of the connections. */
export const STRIPE = 'stripe-demo';
export const SALESFORCE = 'salesforce-demo';
export const HUBSPOT = 'hubspot-demo';

const SECRETS = {
  stripe: 'whsec_demo_only_for_the_sandbox',
  salesforce: 'salesforce-demo-only-for-the-sandbox',
  hubspot: 'hubspot-demo-only-for-the-sandbox',
};
/** Objects whose changes Salesforce tells by Flow. */
const TOLD = ['Account', 'Contact', 'Product2', 'PricebookEntry', 'Opportunity'];

const hookOf = (ports: Ports, connection: string): string =>
  `http://127.0.0.1:${ports.sidecar}/hooks/${connection}`;

export async function startSystems(home: string, ports: Ports): Promise<Systems> {
  const stripe = await startStripeSandbox({
    port: ports.sandbox,
    statePath: join(home, 'stripe.json'),
    webhook: { url: hookOf(ports, STRIPE), secret: SECRETS.stripe },
  });
  const salesforce = await startSalesforceSandbox({
    port: ports.salesforce,
    nudges: { url: hookOf(ports, SALESFORCE), token: SECRETS.salesforce, form: 'flow', objects: TOLD },
  });
  const url = hookOf(ports, HUBSPOT);
  const webhook = { url, secret: SECRETS.hubspot, publicUrl: url };
  const hubspot = await startHubSpotSandbox({ port: ports.hubspot, webhook });
  const saves = [
    remember(join(home, 'salesforce.json'), salesforce.org, (hear) => salesforce.org.on('change', hear)),
    remember(join(home, 'hubspot.json'), hubspot.portal, (hear) => hubspot.portal.on('event', hear)),
  ];
  const stop = async () => {
    for (const save of saves) save();
    await Promise.all([stripe.stop(), salesforce.stop(), hubspot.stop()]);
  };
  return { stripe, salesforce, hubspot, stop };
}

/** Content of connections.yaml, and the environment its secrets are read from. */
export function settingsFor(
  { stripe, salesforce, hubspot }: Systems,
  ports: Ports,
): { connections: unknown; env: Record<string, string> } {
  const common = { environment: 'test', time_zone: 'Europe/Berlin' };
  const connections = [
    {
      ...common,
      id: STRIPE,
      name: 'Stripe',
      system: 'stripe',
      base_url: stripe.url,
      credentials: from({ api_key: 'STRIPE_KEY', webhook_secret: 'STRIPE_WEBHOOK_SECRET' }),
      options: { account: stripe.account },
    },
    {
      ...common,
      id: SALESFORCE,
      name: 'Salesforce',
      system: 'salesforce',
      base_url: salesforce.url,
      credentials: from({
        client_id: 'SALESFORCE_ID',
        client_secret: 'SALESFORCE_SECRET',
        webhook_secret: 'SALESFORCE_WEBHOOK_SECRET',
      }),
      options: {
        organization: salesforce.org.id,
        currency: 'EUR',
        fields: { vat: 'VAT__c', payment_terms: 'Payment_Terms__c' },
      },
    },
    {
      ...common,
      id: HUBSPOT,
      name: 'HubSpot',
      system: 'hubspot',
      base_url: hubspot.url,
      first_contact: 'review',
      credentials: from({ access_token: 'HUBSPOT_TOKEN', webhook_secret: 'HUBSPOT_WEBHOOK_SECRET' }),
      options: {
        public_url: hookOf(ports, HUBSPOT),
        portal: hubspot.portal.id,
        currency: 'EUR',
        fields: { payment_terms: 'payment_terms' },
      },
    },
  ];
  const env = {
    STRIPE_KEY: stripe.apiKey,
    STRIPE_WEBHOOK_SECRET: SECRETS.stripe,
    SALESFORCE_ID: salesforce.clientId,
    SALESFORCE_SECRET: salesforce.clientSecret,
    SALESFORCE_WEBHOOK_SECRET: SECRETS.salesforce,
    HUBSPOT_TOKEN: hubspot.access.accessToken ?? '',
    HUBSPOT_WEBHOOK_SECRET: SECRETS.hubspot,
  };
  return { connections: { connections }, env };
}

const from = (names: Record<string, string>) =>
  Object.fromEntries(Object.entries(names).map(([name, env]) => [name, { env }]));
