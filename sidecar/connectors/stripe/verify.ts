/**
 * How we know that a webhook is Stripe's, meant for this connection, and in words we understand. Scheme by the vendor's
 * SDK: header `Stripe-Signature: t=<unix s>,v1=<hex>[,v1=…]`, HMAC-SHA256 of `<t>.<raw body>` with the whole whsec_ text.
 */
import * as z from 'zod';
import type { RawDelivery } from '../../domain/connector.ts';
import type { Connection } from '../../domain/connection.ts';
import { Refused } from '../../domain/failure.ts';
import { isRecord, parseJson } from '../kit/json.ts';
import { headerOf, hmacSha256, isHexOf } from '../kit/signature.ts';
import { WireEvent } from './schema.ts';
import { API_VERSION, optionsOf, type Options } from './settings.ts';

/** The event inside a genuine webhook. Throws Refused with a code for each way it can be wrong. */
export function verify(raw: RawDelivery, connection: Connection): WireEvent {
  const options = optionsOf(connection);
  checkSignature(raw, connection, options);
  const event = readEvent(raw.body);
  checkVersion(event);
  checkEnvironment(event, connection);
  checkAccount(event, options, connection);
  return event;
}

function checkSignature(raw: RawDelivery, connection: Connection, options: Options): void {
  const secrets = connection.secrets['webhook_secret'] ?? [];
  if (secrets.length === 0)
    throw new Refused(401, 'no_webhook_secret', `Connection ${connection.id} has no webhook_secret`, {
      hint: 'Copy the signing secret of the endpoint (whsec_…) to where credentials.webhook_secret points.',
    });
  const header = headerOf(raw.headers, 'stripe-signature');
  if (!header)
    throw new Refused(401, 'signature_missing', 'The webhook carries no Stripe-Signature', {
      hint: 'Only Stripe may send here. If it was Stripe, the proxy in front of the sidecar must pass on all headers.',
    });
  const { stamp, candidates } = parseHeader(header);
  if (stamp === undefined || candidates.length === 0)
    throw new Refused(401, 'signature_malformed', 'Stripe-Signature lacks a time stamp or a v1 signature', {
      hint: 'Only Stripe may send here. If it was Stripe, the proxy in front of the sidecar must not change headers.',
    });
  if (!matchesAny(raw.body, stamp, candidates, secrets))
    throw new Refused(401, 'signature_mismatch', 'No signature of the webhook matches our signing secret', {
      hint: 'Compare webhook_secret with the secret of this very endpoint; each endpoint has its own.',
    });
  const age = Math.abs(raw.receivedAt / 1000 - Number(stamp));
  if (age > options.tolerance_seconds)
    throw new Refused(
      401,
      'signature_stale',
      `The webhook was signed ${Math.round(age)} s away from our time`,
      {
        hint: 'A replayed message, or a clock that is wrong here: check the time of this machine.',
      },
    );
}

function parseHeader(header: string): { stamp: string | undefined; candidates: string[] } {
  const parts = header.split(',').map((part) => part.trim().split('='));
  const stamp = parts.find(([name]) => name === 't')?.[1];
  const candidates = parts.filter(([name]) => name === 'v1').map(([, value]) => value ?? '');
  return { stamp: stamp !== undefined && /^\d{1,12}$/.test(stamp) ? stamp : undefined, candidates };
}

/** Every pair is compared, so that the time taken does not tell which one matched. */
function matchesAny(body: Buffer, stamp: string, candidates: string[], secrets: string[]): boolean {
  let matched = false;
  for (const secret of secrets) {
    const digest = hmacSha256(secret, [`${stamp}.`, body]);
    for (const candidate of candidates) matched = isHexOf(digest, candidate) || matched;
  }
  return matched;
}

function readEvent(body: Buffer): WireEvent {
  const json = parseJson(body);
  if (!isRecord(json))
    throw new Refused(400, 'not_json', 'The webhook is not a JSON object', {
      hint: 'Let the address of the endpoint at Stripe lead here directly: whatever stands between must not change the body.',
    });
  if (json['object'] === 'v2.core.event')
    throw new Refused(400, 'thin_event', 'The endpoint sends thin events, which do not say enough', {
      hint: 'At Stripe, make an event destination with payload style "snapshot".',
    });
  const parsed = WireEvent.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Refused(400, 'not_an_event', `The webhook is no event: ${z.prettifyError(parsed.error)}`);
}

function checkVersion(event: WireEvent): void {
  if (event.api_version === API_VERSION) return;
  throw new Refused(
    400,
    'api_version',
    `The webhook is written in API version ${event.api_version ?? 'unknown'}, we read ${API_VERSION}`,
    {
      hint: `Make the endpoint anew with api_version ${API_VERSION}; it is fixed when an endpoint is made.`,
      args: { got: event.api_version, want: API_VERSION },
    },
  );
}

function checkEnvironment(event: WireEvent, connection: Connection): void {
  const got = event.livemode ? 'live' : 'test';
  if (got === connection.environment) return;
  throw new Refused(
    400,
    'wrong_environment',
    `A ${got} event came to connection ${connection.id}, which is ${connection.environment}`,
    { hint: `Point the ${got} endpoint to a connection whose environment is "${got}".` },
  );
}

function checkAccount(event: WireEvent, options: Options, connection: Connection): void {
  const named = event.account ?? event.context?.split('/').at(-1);
  if (!named || named === options.account) return;
  throw new Refused(400, 'other_account', `The event belongs to account ${named}`, {
    hint: `Set options.account of connection ${connection.id} to ${named}, or make a connection of its own for it.`,
    args: { got: named, want: options.account ?? null },
  });
}
