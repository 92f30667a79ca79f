/** Assertions by which a server proves who it is with a private key (RFC 7523). */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { ConfigurationError } from '../../domain/failure.ts';

export interface AssertionClaims {
  issuer: string;
  subject: string;
  audience: string;
  /** UTC ms. */
  now: number;
  /** How long it may be used, in ms. */
  lifeMs: number;
}

/** A signed assertion (RS256). `pem` is an RSA key in PKCS#8 or PKCS#1. Throws ConfigurationError if it is none. */
export async function signedAssertion(pem: string, claims: AssertionClaims): Promise<string> {
  const key = keyOf(pem);
  const seconds = Math.floor(claims.now / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(claims.issuer)
    .setSubject(claims.subject)
    .setAudience(claims.audience)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + Math.floor(claims.lifeMs / 1000))
    .sign(key);
}

function keyOf(pem: string): KeyObject {
  try {
    // A key that travelled through an environment variable often has its line ends written out.
    const key = createPrivateKey(pem.replaceAll('\\n', '\n'));
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // The reason may hold parts of the key.
  }
  throw new ConfigurationError('bad_private_key', 'The private key of the connection is no RSA key in PEM', {
    hint: 'Put the whole file with its BEGIN and END lines where the connection’s credentials point to, without a password.',
  });
}
