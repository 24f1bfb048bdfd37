import { SignJWT, UnsecuredJWT, exportSPKI, importJWK } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createTokenVerifier } from '../../../src/auth/verify-token.ts';
import { ApiError } from '../../../src/operation/errors.ts';
import { testNow } from '../../support/labs/kernel.ts';
import { createSigningKey, publishing, startKeyServer } from '../../support/servers/key-server.ts';
import type { KeyServer, SigningKey } from '../../support/servers/key-server.ts';

const issuer = 'https://issuer.example/v2.0';
const audience = 'api://smartdialog';
const nowInSeconds = testNow.getTime() / 1000;

const good: JWTPayload = {
  iss: issuer,
  aud: audience,
  sub: 'subject',
  oid: 'demo-user',
  azp: 'a-client',
  scp: 'Gateway.Send User.Customers',
  iat: nowInSeconds - 10,
  nbf: nowInSeconds - 10,
  exp: nowInSeconds + 3_600,
};

let keys: { rsa: SigningKey; pss: SigningKey; ec: SigningKey; foreign: SigningKey };
let server: KeyServer;

beforeAll(async () => {
  const [rsa, pss, ec, foreign] = await Promise.all([
    createSigningKey('rsa-1', 'RS256'),
    createSigningKey('pss-1', 'PS256'),
    createSigningKey('ec-1', 'ES256'),
    createSigningKey('rsa-1', 'RS256'),
  ]);
  keys = { rsa, pss, ec, foreign };
  server = await startKeyServer(publishing(rsa.publicJwk, pss.publicJwk, ec.publicJwk));
});
afterAll(() => server.stop());

/** Signs the good claims with changes; `undefined` removes a claim. */
function sign(claims: Record<string, unknown> = {}, key: SigningKey = keys.rsa, header: object = {}): Promise<string> {
  return new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey);
}

const verify = (authorization: string | null, now = testNow) =>
  createTokenVerifier(
    { issuers: [{ issuer, audiences: [audience, 'second'], jwksUrl: server.url }], clientIds: [] },
    { now: () => now },
  )(authorization);

/** Returns the error with which a token is refused, and checks that the error does not contain the token. */
async function refusalOf(token: string, now?: Date): Promise<ApiError> {
  const error: unknown = await verify(`Bearer ${token}`, now).catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw new Error('It was not refused.', { cause: error });
  const texts = [error.message, error.stack, JSON.stringify(error), JSON.stringify(error.headers), String(error.cause)];
  for (const piece of token.split('.').filter(({ length }) => length > 20)) {
    expect(texts.join('\n')).not.toContain(piece.slice(0, 100));
  }
  return error;
}

/** The error that a refused caller gets. */
const unauthenticated = (reason: string) => ({
  code: 'Unauthenticated',
  status: 401,
  message: `The access token or API key is missing or not valid: ${reason}. Sign in again, or renew the connection.`,
  headers: { 'WWW-Authenticate': `Bearer error="invalid_token", error_description="${reason}"` },
});

describe('a good token', () => {
  test('names the caller, the client and the scopes', async () => {
    const caller = {
      userId: 'demo-user',
      clientId: 'a-client',
      scopes: ['Gateway.Send', 'User.Customers'],
      connection: '["https://issuer.example/v2.0","subject","a-client"]',
    };
    for (const key of [keys.rsa, keys.pss, keys.ec])
      expect(await verify(`Bearer ${await sign({}, key)}`)).toEqual(caller);
    const token = await sign();
    for (const authorization of [`bearer ${token}`, `BEARER   ${token}  `])
      expect(await verify(authorization)).toEqual(caller);
  });

  test('may lack optional claims', async () => {
    const bare = await sign({ oid: undefined, azp: undefined, scp: undefined, nbf: undefined, iat: undefined });
    const nobodys = { userId: 'subject', scopes: [], connection: '["https://issuer.example/v2.0","subject",""]' };
    expect(await verify(`Bearer ${bare}`)).toStrictEqual(nobodys);
    const odd = await sign({ oid: '', azp: 5, scp: { 0: 'Gateway.Send' } });
    expect(await verify(`Bearer ${odd}`)).toStrictEqual(nobodys);
  });

  test.each([['second'], [['api://other', audience]], [['second', audience]]])(
    'may be for the audience %j',
    async (aud) => {
      expect(await verify(`Bearer ${await sign({ aud })}`)).toMatchObject({ userId: 'demo-user' });
    },
  );

  test.each<[string, Record<string, unknown>, string[]]>([
    ['scp as text', { scp: 'A  B ' }, ['A', 'B']],
    ['scp as a list', { scp: ['A', 5, 'B'] }, ['A', 'B']],
    ['scope, as in RFC 9068', { scp: undefined, scope: 'A B' }, ['A', 'B']],
    ['scp before scope', { scp: 'A', scope: 'B' }, ['A']],
    ['an empty scp before scope', { scp: '', scope: 'B' }, []],
    ['no roles: outside Entra they are a person’s', { scp: undefined, roles: ['A'] }, []],
  ])('has its scopes in %s', async (_, claims, scopes) => {
    expect((await verify(`Bearer ${await sign(claims)}`)).scopes).toEqual(scopes);
  });

  test('names the same connection for a user and a client, whatever its other claims are', async () => {
    const connectionOf = async (claims: Record<string, unknown>) =>
      (await verify(`Bearer ${await sign(claims)}`)).connection;
    const connection = await connectionOf({});
    expect(await connectionOf({ scp: 'A', exp: nowInSeconds + 60, aud: 'second' })).toBe(connection);
    const others = await Promise.all([{ sub: 'other' }, { azp: 'b-client' }, { tid: 'tenant' }].map(connectionOf));
    expect(new Set([connection, ...others]).size).toBe(4);
  });

  test('may be a minute too old or too new, because clocks differ', async () => {
    const at = (seconds: number) => new Date((nowInSeconds + seconds) * 1000);
    const token = await sign({ nbf: nowInSeconds, exp: nowInSeconds + 600 });
    expect(await verify(`Bearer ${token}`, at(-60))).toMatchObject({ userId: 'demo-user' });
    expect(await verify(`Bearer ${token}`, at(659))).toMatchObject({ userId: 'demo-user' });
    expect(await refusalOf(token, at(660))).toMatchObject(unauthenticated('the token has expired'));
    expect(await refusalOf(token, at(-61))).toMatchObject(unauthenticated("the token's claim nbf is not accepted"));
  });
});

test.each<[name: string, authorization: string | null, reason: string]>([
  ['no header', null, 'the call has neither a token nor a key'],
  ['an empty header', '', 'the Authorization header is not a bearer token'],
  ['another scheme', 'Basic dXNlcjpwYXNz', 'the Authorization header is not a bearer token'],
  ['no token', 'Bearer', 'the Authorization header is not a bearer token'],
  ['a space instead of a token', 'Bearer  ', 'the Authorization header is not a bearer token'],
  ['two tokens', 'Bearer a b', 'the Authorization header is not a bearer token'],
  ['two headers in one', 'Bearer a, Bearer b', 'the Authorization header is not a bearer token'],
  ['no space after the scheme', 'Bearera.b.c', 'the Authorization header is not a bearer token'],
])('%s is refused', async (_, authorization, reason) => {
  await expect(verify(authorization)).rejects.toMatchObject(unauthenticated(reason));
});

describe('a token is refused', () => {
  test.each<[name: string, claims: Record<string, unknown>, reason: string]>([
    ['that has expired', { exp: nowInSeconds - 120 }, 'the token has expired'],
    ['that is not valid yet', { nbf: nowInSeconds + 120 }, "the token's claim nbf is not accepted"],
    ['that never expires', { exp: undefined }, "the token's claim exp is not accepted"],
    ['whose expiry is not a number', { exp: 'tomorrow' }, "the token's claim exp is not accepted"],
    ['for another audience', { aud: 'api://other' }, "the token's claim aud is not accepted"],
    [
      'for an audience that is the beginning of ours',
      { aud: audience.slice(0, -1) },
      "the token's claim aud is not accepted",
    ],
    ['for no audience', { aud: undefined }, "the token's claim aud is not accepted"],
    ['of another issuer', { iss: 'https://elsewhere.example/v2.0' }, "the token's claim iss is not accepted"],
    ['of an issuer with a slash too many', { iss: `${issuer}/` }, "the token's claim iss is not accepted"],
    ['of no issuer', { iss: undefined }, "the token's claim iss is not accepted"],
    ['that names no user', { oid: undefined, sub: undefined }, 'the token names no user'],
    ['whose user is not a text', { oid: 5, sub: ['x'] }, 'the token names no user'],
  ])('%s', async (_, claims, reason) => {
    expect(await refusalOf(await sign(claims))).toMatchObject(unauthenticated(reason));
  });

  test('that is not signed', async () => {
    const unsigned = new UnsecuredJWT(good).encode();
    expect(await refusalOf(unsigned)).toMatchObject(unauthenticated("the token's form or signature is wrong"));
    const [, payload = ''] = (await sign()).split('.');
    for (const alg of ['none', 'None', 'NONE', '']) {
      const header = Buffer.from(JSON.stringify({ alg, kid: 'rsa-1' })).toString('base64url');
      for (const token of [`${header}.${payload}.`, `${header}.${payload}.AAAA`]) {
        expect(await refusalOf(token)).toMatchObject(unauthenticated("the token's form or signature is wrong"));
      }
    }
  });

  test('that is signed with the public key as a shared secret', async () => {
    const publicKey = (await importJWK(keys.rsa.publicJwk, 'RS256')) as CryptoKey;
    const secrets = [await exportSPKI(publicKey), JSON.stringify(keys.rsa.publicJwk), keys.rsa.publicJwk.n ?? ''];
    for (const secret of secrets) {
      const token = await new SignJWT(good)
        .setProtectedHeader({ alg: 'HS256', kid: 'rsa-1' })
        .sign(new TextEncoder().encode(secret));
      expect(await refusalOf(token)).toMatchObject(unauthenticated("the token's form or signature is wrong"));
    }
  });

  test('that is signed with an unknown key, or with another key than it names', async () => {
    const unknown = await sign({}, { ...keys.foreign, kid: 'rsa-2' });
    expect(await refusalOf(unknown)).toMatchObject(unauthenticated('the token is signed with an unknown key'));
    const impostor = await sign({}, keys.foreign);
    expect(await refusalOf(impostor)).toMatchObject(unauthenticated("the token's form or signature is wrong"));
    const mixed = await sign({}, { ...keys.ec, kid: 'rsa-1' });
    expect(await refusalOf(mixed)).toMatchObject(unauthenticated('the token is signed with an unknown key'));
  });

  test('that is longer than any real one, although its signature is right', async () => {
    const groups = (size: number) => ({ groups: ['g'.repeat(size)] });
    expect(await verify(`Bearer ${await sign(groups(20_000))}`)).toMatchObject({ userId: 'demo-user' });
    const long = unauthenticated('the token is longer than 32000 characters');
    expect(await refusalOf(await sign(groups(75_000)))).toMatchObject(long);
  });

  test('that brings its own key', async () => {
    const own = await sign({}, { ...keys.foreign, kid: 'own' }, { jwk: keys.foreign.publicJwk, jku: server.url });
    expect(await refusalOf(own)).toMatchObject(unauthenticated('the token is signed with an unknown key'));
  });

  test('that was changed after it was signed', async () => {
    const [header = '', , signature = ''] = (await sign()).split('.');
    const payload = Buffer.from(JSON.stringify({ ...good, oid: 'other-user' })).toString('base64url');
    for (const token of [`${header}.${payload}.${signature}`, (await sign()).slice(0, -8)]) {
      expect(await refusalOf(token)).toMatchObject(unauthenticated("the token's form or signature is wrong"));
    }
  });

  test('that is garbage of any length', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const header = encode({ alg: 'RS256', kid: 'rsa-1' });
    const garbage = [
      'x',
      '.',
      '..',
      '...',
      'a.b.c',
      'a.b.c.d.e',
      '%00.%00.%00',
      'ä.ö.å',
      `${header}..`,
      `${header}.${encode(good)}`,
      `${header}.${encode(good)}.x`,
      `${header}.${encode([good])}.AAAA`,
      `${encode(null)}.${encode(good)}.AAAA`,
      `${encode([])}.${encode(good)}.AAAA`,
      `${encode('RS256')}.${encode(good)}.AAAA`,
      `${encode({})}.${encode(good)}.AAAA`,
      `${encode({ alg: 5, kid: 'rsa-1' })}.${encode(good)}.AAAA`,
      `${encode({ alg: 'RS256', kid: 'rsa-1', crit: ['x'], x: 1 })}.${encode(good)}.AAAA`,
      `${encode({ alg: 'RS256', kid: 'rsa-1', b64: false, crit: ['b64'] })}.${encode(good)}.AAAA`,
      `${encode({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a.b.c.d`,
      'a'.repeat(100_000),
      `${header}.${'a'.repeat(100_000)}.${'b'.repeat(342)}`,
      '.'.repeat(100_000),
    ];
    for (const token of garbage) {
      const { code, status } = await refusalOf(token);
      expect([token.slice(0, 60), code, status]).toEqual([token.slice(0, 60), 'Unauthenticated', 401]);
    }
  });
});
