/** Bearer tokens of the admin API, compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { Failure, Refused } from '../domain/failure.ts';

export interface Tokens {
  /** What the operator configured. */
  admin: string | undefined;
  /** Made at every start, for the `saas-sync` command on the same machine. */
  local: string | undefined;
  /** Made at every start and told to Odoo: good for ringing, and nothing else. */
  poke: string | undefined;
}

/** Lets only Odoo pass, with the token it was told last. */
export function ringer({ poke }: Tokens): RequestHandler {
  return (request, _response, next) => {
    if (poke !== undefined && same(givenIn(request), poke)) return next();
    throw new Refused(401, 'unauthorised', 'Only Odoo rings here, with the token it was told last', {
      hint: 'Nothing to do: after a restart of the sidecar Odoo is told the new one within a minute.',
    });
  };
}

const givenIn = ({ headers }: Request): string =>
  /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';

/** Lets only bearers of a token pass. Without a configured token the API is off for everybody but the local command. */
export function bearer(tokens: Tokens): RequestHandler {
  return (request, _response, next) => {
    const given = givenIn(request);
    if (tokens.local !== undefined && same(given, tokens.local)) return next();
    if (tokens.admin === undefined)
      throw new Failure('transient', 'admin_off', 'The admin API is off: no token is configured', {
        hint: 'Set SAAS_SYNC_ADMIN_TOKEN, or SAAS_SYNC_ADMIN_TOKEN_FILE, and start again.',
      });
    if (same(given, tokens.admin)) return next();
    throw new Refused(401, 'unauthorised', 'The admin API needs a valid token', {
      hint: 'Send "Authorization: Bearer …" with the token from SAAS_SYNC_ADMIN_TOKEN.',
    });
  };
}

/** Digests have one length, so neither the token's content nor its length can be timed. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
