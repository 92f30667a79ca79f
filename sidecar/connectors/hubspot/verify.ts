/**
 * How we know that a webhook is HubSpot's and that nobody changed it. Scheme v3 by the vendor's SDK: header `X-HubSpot-Signature-v3`
 * holds base64(HMAC-SHA256(client secret, METHOD + URL + raw body + timestamp)), the timestamp in ms is a header, too.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Connection } from '../../domain/connection.ts';
import type { RawDelivery } from '../../domain/connector.ts';
import { Refused } from '../../domain/failure.ts';
import { headerOf, hmacSha256 } from '../kit/signature.ts';
import { optionsOf, TITLE, type Options } from './settings.ts';

const METHOD = 'POST';

/** Throws Refused with a code for each way in which a message can be wrong. */
export function verify(raw: RawDelivery, connection: Connection): void {
  const options = optionsOf(connection);
  const secrets = secretsOf(connection);
  const url = addressOf(options, connection);
  const signature = headerOf(raw.headers, 'x-hubspot-signature-v3');
  if (!signature)
    throw new Refused(401, 'signature_missing', 'The webhook carries no X-HubSpot-Signature-v3', {
      hint: `Only ${TITLE} may send here. If it was ${TITLE}, the proxy in front of the sidecar must pass on all headers.`,
    });
  const stamp = headerOf(raw.headers, 'x-hubspot-request-timestamp') ?? '';
  if (!/^\d{1,15}$/.test(stamp))
    throw new Refused(401, 'signature_malformed', 'X-HubSpot-Request-Timestamp is missing or no time', {
      hint: `Only ${TITLE} may send here. If it was ${TITLE}, the proxy in front of the sidecar must not change headers.`,
    });
  if (!matchesAny(raw.body, url, stamp, signature, secrets))
    throw new Refused(401, 'signature_mismatch', 'The signature of the webhook matches none of our secrets', {
      hint: `Compare webhook_secret with the app's client secret, and options.public_url with the address that ${TITLE} was told.`,
    });
  checkAge(raw, Number(stamp), options);
}

function secretsOf({ id, secrets }: Connection): string[] {
  const found = secrets['webhook_secret'] ?? secrets['client_secret'] ?? [];
  if (found.length > 0) return found;
  throw new Refused(401, 'no_webhook_secret', `Connection ${id} has no webhook_secret`, {
    hint: "Copy the app's client secret to where credentials.webhook_secret points.",
  });
}

function addressOf({ public_url: url }: Options, { id }: Connection): string {
  if (url !== undefined) return signedUrl(url);
  throw new Refused(401, 'no_public_url', `Connection ${id} does not know the address of its webhook`, {
    hint: `Set options.public_url to the address that ${TITLE} was told, e.g. https://sync.example.com/hooks/${id}.`,
  });
}

const DECODED = '3A 2F 3F 40 21 24 27 28 29 2A 2C 3B';

/** The URL as HubSpot signs it: some characters are decoded first, all others stay as they were sent. */
export function signedUrl(url: string): string {
  return url.replace(/%([0-9A-F]{2})/gi, (code, hex: string) =>
    DECODED.includes(hex.toUpperCase()) ? String.fromCharCode(Number.parseInt(hex, 16)) : code,
  );
}

/** Every secret is tried, so that the time taken does not tell which one matched. */
function matchesAny(body: Buffer, url: string, stamp: string, signature: string, secrets: string[]): boolean {
  const given = Buffer.from(signature, 'base64');
  let matched = false;
  for (const secret of secrets) {
    const digest = hmacSha256(secret, [METHOD, url, body, stamp]);
    matched = (given.length === digest.length && timingSafeEqual(given, digest)) || matched;
  }
  return matched;
}

function checkAge(raw: RawDelivery, stamp: number, { tolerance_seconds: tolerance }: Options): void {
  const age = Math.abs(raw.receivedAt - stamp) / 1000;
  if (age <= tolerance) return;
  throw new Refused(
    401,
    'signature_stale',
    `The webhook was signed ${Math.round(age)} s away from our time`,
    {
      hint: 'A replayed message, or a clock that is wrong here: check the time of this machine.',
    },
  );
}
