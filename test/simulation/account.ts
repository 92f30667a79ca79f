/** The one connection of the world of billing. */
import type { Connection } from '../../sidecar/domain/connection.ts';

export const CONNECTION = 'stripe';
export const SECRET = 'whsec_simulated';

export const connection = (apiKey: string): Connection => ({
  id: CONNECTION,
  system: 'stripe',
  company: 'base.main_company',
  environment: 'test',
  baseUrl: 'https://vendor.example',
  time_zone: 'Europe/Berlin',
  secrets: { api_key: [apiKey], webhook_secret: [SECRET] },
  options: {},
});
