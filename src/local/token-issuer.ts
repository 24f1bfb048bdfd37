import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import {
  Events,
  OAuth2Server,
  type JWKStore,
  type MutableToken,
  type TokenRequestIncomingMessage,
} from 'oauth2-mock-server';

/** The claims of a token. Any further claim is copied as it is, and may replace one that the issuer sets. */
export interface TokenClaims {
  sub: string;
  name?: string;
  /** Scopes without the API's address, separated by blanks. */
  scope?: string;
  /** Default: the issuer's audience. */
  audience?: string;
  /** Default: one hour; negative for a token that has expired. */
  lifetimeSeconds?: number;
  [claim: string]: unknown;
}

/** A running issuer. */
export interface TokenIssuer {
  issuer: string;
  jwksUrl: string;
  /** Signs a token that looks like a version 2.0 access token of Microsoft Entra ID. */
  issueToken(claims: TokenClaims): Promise<string>;
  stop(): Promise<void>;
}

const defaultLifetimeSeconds = 3600;
const localTenant = '5d1a0000-0000-4000-8000-000000000001';
const localClient = '5d1a0000-0000-4000-8000-000000000002';

async function createKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'RS256', use: 'sig' };
}

/** Reads the key file as text. If it is missing, writes a new key to it, readable by its owner only. */
async function loadKey(keyFile: string): Promise<string> {
  const known = await readFile(keyFile, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (known !== undefined) return known;
  const created = JSON.stringify(await createKey());
  await mkdir(dirname(keyFile), { recursive: true });
  await writeFile(keyFile, created, { mode: 0o600, flag: 'wx' });
  return created;
}

async function addKey(keys: JWKStore, keyFile: string | undefined): Promise<void> {
  if (keyFile === undefined) {
    await keys.add({ ...(await createKey()) });
    return;
  }
  const text = await loadKey(keyFile);
  try {
    await keys.add(JSON.parse(text) as Record<string, unknown>);
  } catch (cause) {
    throw new Error(`${keyFile} holds no valid private key. Remove the file to get a new key.`, { cause });
  }
}

/** Returns the scopes of a token request as for `scp`: without the API's address and the scopes of OpenID Connect. */
function grantedScopes(requested: string | undefined): string | undefined {
  const standard = new Set(['openid', 'profile', 'email', 'offline_access', '.default']);
  const names = (requested ?? '').split(' ').map((scope) => scope.slice(scope.lastIndexOf('/') + 1));
  return names.filter((name) => name !== '' && !standard.has(name)).join(' ') || undefined;
}

/**
 * Starts an OpenID Connect issuer on 127.0.0.1 with discovery, key set, sign-in and token endpoints. It needs no
 * password: every grant signs in the user of `defaultClaims`. For development and tests only.
 *
 * @param options.port 0 takes any free port
 * @param options.keyFile keeps the key pair over restarts, so that tokens stay valid; created if it is missing
 * @param options.audience the API that tokens are for
 * @param options.defaultClaims the user of the token endpoint, and the scopes for requests that name no scope
 */
export async function startTokenIssuer(options: {
  port: number;
  keyFile?: string;
  audience: string;
  defaultClaims: TokenClaims;
  now?: () => Date;
}): Promise<TokenIssuer> {
  const { port, keyFile, audience: ownAudience, defaultClaims, now = () => new Date() } = options;
  const server = new OAuth2Server();
  await addKey(server.issuer.keys, keyFile);

  const accessClaims = (claims: TokenClaims): Record<string, unknown> => {
    const { sub, scope, audience = ownAudience, lifetimeSeconds = defaultLifetimeSeconds, ...others } = claims;
    const issuedAt = Math.floor(now().getTime() / 1000);
    return {
      iss: server.issuer.url,
      aud: audience,
      sub,
      oid: sub,
      tid: localTenant,
      azp: localClient,
      ...(scope !== undefined && { scp: scope }),
      iat: issuedAt,
      nbf: issuedAt,
      exp: issuedAt + lifetimeSeconds,
      ver: '2.0',
      ...others,
    };
  };

  const replaceClaims = (payload: Record<string, unknown>, claims: Record<string, unknown>): void => {
    for (const name of Object.keys(payload)) delete payload[name];
    Object.assign(payload, claims);
  };

  server.service.on(Events.BeforeTokenSigning, ({ payload }: MutableToken, request: TokenRequestIncomingMessage) => {
    // The library signs access and identity tokens with the same function, and gives only access tokens a scope.
    if ('scope' in payload) {
      const scope = grantedScopes(request.body.scope) ?? defaultClaims.scope;
      replaceClaims(payload, accessClaims({ ...defaultClaims, ...(scope !== undefined && { scope }) }));
    } else {
      const { scp: _, ...identity } = accessClaims(defaultClaims);
      Object.assign(payload, identity, { aud: payload['aud'] });
    }
  });

  await server.start(port, '127.0.0.1');
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.issuer.url = issuer;

  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    issueToken: (claims) =>
      server.issuer.buildToken({
        scopesOrTransform: (_header, payload) => replaceClaims(payload, accessClaims(claims)),
      }),
    stop: () => server.stop(),
  };
}
