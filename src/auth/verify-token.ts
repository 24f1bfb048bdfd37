import { decodeJwt, errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';

import type { Caller } from '../operation/access.ts';
import { apiError } from '../operation/errors.ts';
import { KeysUnavailable, createIssuerKeys } from './issuer-keys.ts';
import type { IssuerKeysOptions } from './issuer-keys.ts';
import type { TrustedIssuer } from './trusted-issuers.ts';

/** Which tokens are accepted. */
export interface TokenSettings {
  issuers: readonly TrustedIssuer[];
  /** Ids of the applications whose tokens are accepted; empty: any application that the issuer knows. */
  clientIds: readonly string[];
}

/**
 * Turns an Authorization header into a caller. Rejects with Unauthenticated, or Unavailable if keys can't be fetched.
 */
export type TokenVerifier = (authorization: string | null) => Promise<Caller>;

/** Only asymmetric algorithms: with a symmetric one, anybody who knows the public key could sign. */
const algorithms = ['RS256', 'PS256', 'ES256'];

/** The maximum difference between the issuer's clock and ours, in seconds. */
const clockTolerance = 60;

/** The maximum number of characters of a token. Tokens of Entra stay far below, with all their groups. */
const tokenLimit = 32_000;

/**
 * Creates a verifier of bearer tokens (RFC 6750) that are JSON Web Tokens. It checks the signature against the
 * published keys of the issuer that the token names, and audience, tenant, application, algorithm and times.
 */
export function createTokenVerifier(
  { issuers, clientIds }: TokenSettings,
  { now = () => new Date(), ...options }: Partial<IssuerKeysOptions> = {},
): TokenVerifier {
  const keysByUrl = new Map(issuers.map(({ jwksUrl }) => [jwksUrl, createIssuerKeys(jwksUrl, { now, ...options })]));
  return async (authorization) => {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined)
      throw unauthenticated(
        authorization === null
          ? 'the call has neither a token nor a key'
          : 'the Authorization header is not a bearer token',
      );
    try {
      const trusted = findIssuer(token, issuers);
      const payload = await checkToken(token, trusted, keysByUrl.get(trusted.jwksUrl) ?? noKeys, now());
      return callerOf(payload, trusted, clientIds);
    } catch (error) {
      throw refusalOf(error);
    }
  };
}

/** Finds the trusted issuer that a token names. Nothing else in the token is used before its signature was checked. */
function findIssuer(token: string, issuers: readonly TrustedIssuer[]): TrustedIssuer {
  if (token.length > tokenLimit) throw unauthenticated(`the token is longer than ${tokenLimit} characters`);
  const { iss } = decodeJwt(token);
  const trusted = issuers.find(({ issuer }) => issuer === iss);
  if (trusted === undefined) throw unauthenticated("the token's claim iss is not accepted");
  return trusted;
}

async function checkToken(
  token: string,
  { issuer, audiences }: TrustedIssuer,
  keys: JWTVerifyGetKey,
  currentDate: Date,
): Promise<JWTPayload> {
  const rules = { issuer, audience: [...audiences], algorithms, clockTolerance, currentDate, requiredClaims: ['exp'] };
  return (await jwtVerify(token, keys, rules)).payload;
}

const noKeys: JWTVerifyGetKey = () => {
  throw new errors.JWKSNoMatchingKey();
};

function callerOf(payload: JWTPayload, { issuer, tenantId }: TrustedIssuer, clientIds: readonly string[]): Caller {
  const claim = (name: string): string | undefined => {
    const value = payload[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const userId = claim('oid') ?? claim('sub');
  if (userId === undefined) throw unauthenticated('the token names no user');
  if (tenantId !== undefined && claim('tid') !== tenantId)
    throw unauthenticated("the token's claim tid is not accepted");
  const clientId = claim('azp') ?? claim('appid');
  if (clientIds.length > 0 && (clientId === undefined || !clientIds.includes(clientId))) {
    throw unauthenticated("the token's application is not accepted");
  }
  return {
    userId,
    scopes: scopesOf(payload, tenantId !== undefined),
    connection: JSON.stringify([claim('tid') ?? issuer, claim('sub') ?? userId, clientId ?? '']),
    ...(clientId === undefined ? {} : { clientId }),
  };
}

/**
 * Returns the scopes of a token: the claim `scp`, as in Entra and others, or `scope` (RFC 9068, section 2.2.3). In
 * Entra, an application that acts for itself has the claim `roles` instead. The roles of a person are not scopes: they
 * say what the person is, not what the application may do.
 */
function scopesOf(payload: JWTPayload, isEntra: boolean): string[] {
  const { scp, scope, roles } = payload;
  const granted = scp ?? scope;
  if (typeof granted === 'string') return granted.split(' ').filter((name) => name !== '');
  return textsOf(isEntra && granted === undefined && actsForItself(payload) ? roles : granted);
}

/**
 * Tells whether a token is an application's own. `idtyp` is an optional claim; without it, `sub` equals `oid` in these.
 */
function actsForItself({ idtyp, oid, sub }: JWTPayload): boolean {
  return idtyp === undefined ? typeof oid === 'string' && oid === sub : idtyp === 'app';
}

function textsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
}

/** Converts errors of jose to errors of the catalogue. Their texts are our own, and never contain the token. */
function refusalOf(error: unknown): unknown {
  if (error instanceof KeysUnavailable) {
    return apiError('Unavailable', { what: 'The issuer of access tokens' }, { 'Retry-After': '5' });
  }
  if (error instanceof errors.JWTExpired) return unauthenticated('the token has expired');
  if (error instanceof errors.JWTClaimValidationFailed)
    return unauthenticated(`the token's claim ${error.claim} is not accepted`);
  if (error instanceof errors.JWKSNoMatchingKey) return unauthenticated('the token is signed with an unknown key');
  return error instanceof errors.JOSEError ? unauthenticated("the token's form or signature is wrong") : error;
}

function unauthenticated(reason: string): Error {
  return apiError(
    'Unauthenticated',
    { reason },
    { 'WWW-Authenticate': `Bearer error="invalid_token", error_description="${reason}"` },
  );
}
