import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';

import type { Caller } from '../operation/access.ts';
import { apiError } from '../operation/errors.ts';

/** Whose tokens are accepted. */
export interface TokenSettings {
  issuer: string;
  audience: string;
  jwksUrl: string;
}

/** Turns an Authorization header into a caller, or throws Unauthenticated (or Unavailable, where keys can't be had). */
export type TokenVerifier = (authorization: string | null) => Promise<Caller>;

/** Only asymmetric algorithms: with a symmetric one, whoever knows the public key could sign. */
const algorithms = ['RS256', 'PS256', 'ES256'];

/** Seconds by which the issuer's clock may differ from ours. */
const clockTolerance = 60;

/**
 * Checks bearer tokens (RFC 6750) as JSON Web Tokens: signature against the issuer's published keys, issuer, audience,
 * algorithm, and times. Keys are fetched when first needed and again when a token names an unknown one.
 */
export function createTokenVerifier(
  { issuer, audience, jwksUrl }: TokenSettings,
  now: () => Date = () => new Date(),
): TokenVerifier {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 5_000 });
  return async (authorization) => {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined)
      throw unauthenticated(authorization === null ? 'there is none' : 'it is not a bearer token');
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      clockTolerance,
      currentDate: now(),
      requiredClaims: ['exp'],
    }).catch((error: unknown) => {
      throw refusalOf(error);
    });
    return callerOf(payload);
  };
}

function callerOf(payload: JWTPayload): Caller {
  const claim = (name: string): string | undefined => {
    const value = payload[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const userId = claim('oid') ?? claim('sub');
  if (userId === undefined) throw unauthenticated('it names no user');
  const clientId = claim('azp') ?? claim('appid');
  return {
    userId,
    scopes: claim('scp')?.split(' ') ?? [],
    ...(clientId === undefined ? {} : { clientId }),
  };
}

/** jose's errors as ours: what is wrong with a token is said in words of our own, never with the token. */
function refusalOf(error: unknown): Error {
  if (error instanceof errors.JWTExpired) return unauthenticated('it has expired');
  if (error instanceof errors.JWTClaimValidationFailed)
    return unauthenticated(`its claim ${error.claim} is not accepted`);
  if (error instanceof errors.JWKSNoMatchingKey) return unauthenticated('it is signed with an unknown key');
  const keysUnreachable = error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError);
  if (keysUnreachable || isBadKeyAnswer(error)) {
    return apiError('Unavailable', { what: 'The issuer of access tokens' }, { 'Retry-After': '5' });
  }
  return unauthenticated('its form or signature is wrong');
}

/** jose reports an answer that isn't a key set as a plain JOSEError. */
function isBadKeyAnswer(error: errors.JOSEError): boolean {
  return error.code === 'ERR_JOSE_GENERIC' || error instanceof errors.JWKSInvalid;
}

function unauthenticated(reason: string): Error {
  return apiError(
    'Unauthenticated',
    { reason },
    { 'WWW-Authenticate': `Bearer error="invalid_token", error_description="${reason}"` },
  );
}
