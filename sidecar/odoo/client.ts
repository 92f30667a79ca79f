/** How the sidecar speaks to Odoo: one addon model, few methods, two transports behind one interface. */

/** `call` sends one request to `saas.sync.api` and returns its answer. Throws Failures only:
 * Transient (network before the request was sent, 5xx, lock), UnknownOutcome (the answer was lost),
 * ConnectionBroken (key, database, addon, rights), InvalidData (422). */
export interface OdooTransport {
  readonly name: 'json2' | 'xmlrpc';
  call(
    method: string,
    request: unknown,
    options?: { timeoutMs?: number; signal?: AbortSignal },
  ): Promise<unknown>;
}

export interface OdooSettings {
  url: string;
  database: string;
  apiKey: string;
  /** XML-RPC only: the service user's login (the key is the password). */
  login?: string;
  timeoutMs?: number;
}
