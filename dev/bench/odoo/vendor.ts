/** What a benchmark with a real Odoo has to know of the vendor at the other end. */
import type { Helper } from '../child.ts';
import { CONNECTION, SECRET } from '../ingest/connection.ts';

export interface Vendor {
  /** The connection's id. */
  connection: string;
  system: string;
  systemName: string;
  /** Of the path; the floor's is called the same with `_floor` behind it. */
  database: string;
  /** The sandbox as a program, relative to dev/bench. */
  program: string;
  /** What webhooks are signed with. */
  secret: string;
  /** Makes the sandbox ready and answers the rest of its entry in connections.yaml. */
  connect(sandbox: Helper, hook: string): Promise<Known>;
}

interface Known {
  entry: { options: Record<string, unknown> } & Record<string, unknown>;
  env: Record<string, string>;
}

export const STRIPE: Vendor = {
  connection: CONNECTION,
  system: 'stripe',
  systemName: 'Stripe',
  database: 'bench_path',
  program: 'odoo/sandbox.ts',
  secret: SECRET,
  connect: async (sandbox) => {
    await sandbox.ask('catalogue');
    const { url, apiKey, account } = await sandbox.ask<{ url: string; apiKey: string; account: string }>(
      'about',
    );
    return {
      entry: {
        base_url: url,
        credentials: { api_key: { env: 'STRIPE_KEY' }, webhook_secret: { env: 'STRIPE_WEBHOOK_SECRET' } },
        // The vendor's own ceiling; what is measured here is us.
        options: { account, rate_per_second: 100 },
      },
      env: { STRIPE_KEY: apiKey, STRIPE_WEBHOOK_SECRET: SECRET },
    };
  },
};
