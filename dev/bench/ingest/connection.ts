/** The connection that the webhooks of `ingest` are for. */
import type { Connection } from '../../../sidecar/domain/connection.ts';

export const CONNECTION = 'stripe-bench';
export const SECRET = 'whsec_bench_only';

export const connection: Connection = {
  id: CONNECTION,
  system: 'stripe',
  company: 'base.main_company',
  environment: 'test',
  time_zone: 'UTC',
  options: {},
  baseUrl: 'http://127.0.0.1:9',
  secrets: { api_key: ['sk_test_bench'], webhook_secret: [SECRET] },
};
