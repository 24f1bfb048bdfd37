import { SignJWT, exportSPKI, importJWK } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createApi, sendTo, tokenOf } from '../support/hosts/api.ts';
import type { SentBody } from '../support/hosts/api.ts';
import { startCountedHost } from '../support/hosts/counted-host.ts';
import type { CountedHost } from '../support/hosts/counted-host.ts';
import { eventually } from '../support/tools/eventually.ts';
import { createSigningKey, publishing, startKeyServer } from '../support/servers/key-server.ts';
import type { KeyServer, SigningKey } from '../support/servers/key-server.ts';

const tenant = '11111111-1111-4111-8111-111111111111';
const apiId = '33333333-3333-4333-8333-333333333333';
const client = '44444444-4444-4444-8444-444444444444';
/** The client id in the local issuer's tokens. */
const localClient = '5d1a0000-0000-4000-8000-000000000002';

let entra: { key: SigningKey; server: KeyServer; authority: string };
let local: CountedHost;
beforeAll(async () => {
  const key = await createSigningKey('entra-1', 'RS256');
  const server = await startKeyServer(publishing(key.publicJwk));
  entra = { key, server, authority: new URL(server.url).origin };
  const environment = {
    ENTRA_TENANTS: tenant,
    ENTRA_AUDIENCES: `api://${apiId},${apiId}`,
    ENTRA_AUTHORITY: entra.authority,
    TOKEN_CLIENT_IDS: `${client},${localClient}`,
  };
  local = await startCountedHost({ environment });
});
afterAll(async () => {
  await local.stop();
  await entra.server.stop();
});

/** The claims of the demo user in a token of Entra, version 2. */
function entraClaims(): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: `${entra.authority}/${tenant}/v2.0`,
    aud: apiId,
    tid: tenant,
    oid: 'demo-user',
    sub: 'pairwise',
    azp: client,
    scp: 'User.Customers Gateway.Send',
    iat: now,
    nbf: now,
    exp: now + 600,
  };
}

/** Signs claims of Entra; `undefined` removes one. */
function signAsEntra(
  change: Readonly<Record<string, unknown>> = {},
  { alg, kid, privateKey } = entra.key,
): Promise<string> {
  return new SignJWT({ ...entraClaims(), ...change }).setProtectedHeader({ alg, kid }).sign(privateKey);
}

/** Changes the claims of a token of the host's own issuer, without signing it again. */
function tampered(token: string, change: (payload: Record<string, unknown>) => void): string {
  const [head = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  change(claims);
  return [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}

function unsigned(token: string): string {
  const [, payload = ''] = token.split('.');
  return `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${payload}.`;
}

const seconds = (more: number): number => Math.floor(Date.now() / 1000) + more;

const authorizations: [name: string, authorization: (token: string) => Promise<string> | string | undefined][] = [
  ['no header', () => undefined],
  ['an empty header', () => ''],
  ['another scheme', (token) => `Basic ${token}`],
  ['no token', () => 'Bearer'],
  ['garbage', () => 'Bearer garbage'],
  [
    'a changed payload',
    (token) => `Bearer ${tampered(token, (claims) => Object.assign(claims, { sub: 'other-user', oid: 'other-user' }))}`,
  ],
  ['no signature', (token) => `Bearer ${unsigned(token)}`],
  ['a cut signature', (token) => `Bearer ${token.slice(0, -8)}`],
  ['a token that has expired', async () => `Bearer ${await signAsEntra({ exp: seconds(-120) })}`],
  ['a token that is not valid yet', async () => `Bearer ${await signAsEntra({ nbf: seconds(120) })}`],
  ['a token for another audience', async () => `Bearer ${await signAsEntra({ aud: 'api://smartdialog' })}`],
  [
    'a token of another tenant',
    async () => `Bearer ${await signAsEntra({ iss: `${entra.authority}/x/v2.0`, tid: 'x' })}`,
  ],
  ['a token that names another tenant', async () => `Bearer ${await signAsEntra({ tid: apiId })}`],
  ['a token of another issuer', async () => `Bearer ${await signAsEntra({ iss: 'https://issuer.example' })}`],
  ['a token for another application', async () => `Bearer ${await signAsEntra({ azp: apiId })}`],
  ['a token for no application', async () => `Bearer ${await signAsEntra({ azp: undefined })}`],
  ['a token of nobody', async () => `Bearer ${await signAsEntra({ oid: undefined, sub: undefined })}`],
  [
    'the key of another issuer',
    async () => `Bearer ${await signAsEntra({ iss: /tokenIssuer +(\S+)/.exec(local.host.output())?.[1] ?? '' })}`,
  ],
  ['an unknown key', async () => `Bearer ${await signAsEntra({}, await createSigningKey('entra-2', 'RS256'))}`],
  [
    'a key that only says it is known',
    async () => `Bearer ${await signAsEntra({}, await createSigningKey('entra-1', 'RS256'))}`,
  ],
  ['the public key as a secret', async () => `Bearer ${await signWithPublicKey()}`],
];

async function signWithPublicKey(): Promise<string> {
  const publicKey = (await importJWK(entra.key.publicJwk, 'RS256')) as CryptoKey;
  return new SignJWT(entraClaims())
    .setProtectedHeader({ alg: 'HS256', kid: entra.key.kid })
    .sign(new TextEncoder().encode(await exportSPKI(publicKey)));
}

/** Sends a message to one phone with the given Authorization header. */
function sendAs(authorization: string | undefined): Promise<Response> {
  return fetch(`${local.host.baseUrl}/messages`, {
    method: 'POST',
    headers: {
      ...(authorization === undefined ? {} : { Authorization: authorization }),
      'Customer-Id': 'demo',
      'Service-Id': 'demo-oneway',
      'Content-Type': 'application/json',
    },
    body: JSON.stringify(sendTo(['358401230001'])),
  });
}

/** Returns the host's log lines of refused calls of Send Message. */
function refusals(): string[] {
  const lines = local.host.output().split('\n');
  return lines.filter((line) => line.includes('"operation":"SendMessage"') && line.includes('"Unauthenticated"'));
}

test.each(authorizations)(
  '%s is a 401 with WWW-Authenticate, stores nothing, and the log holds no token',
  async (_, authorizationOf) => {
    local.storage.reset();
    const before = refusals().length;
    const authorization = await authorizationOf(local.api.token);
    const response = await sendAs(authorization);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
    const message = expect.stringMatching(
      /^The access token or API key is missing or not valid: .+\. Sign in /,
    ) as string;
    expect(await response.json()).toEqual({ error: { code: 'Unauthenticated', message }, message });
    expect(local.storage.operations()).toEqual([]);
    await eventually(() => {
      expect(refusals()).toHaveLength(before + 1);
    });
    const pieces = (authorization ?? '').split(/[ .]/).filter(({ length }) => length > 20);
    for (const piece of pieces) expect(refusals().join('\n')).not.toContain(piece.slice(0, 60));
  },
);

test('a token of 100 KB is refused before it reaches the app, and stores nothing', async () => {
  local.storage.reset();
  const token = await signAsEntra({ groups: ['g'.repeat(75_000)] });
  const response = await sendAs(`Bearer ${token}`).catch(() => undefined);
  expect(response?.status ?? 431).toBe(431);
  expect(local.storage.operations()).toEqual([]);
  expect((await local.api.call('/customers')).status).toBe(200);
});

describe('a token of Entra is accepted', () => {
  test.each<[string, () => JWTPayload]>([
    ['of version 2', () => ({})],
    ['for the URI of the API', () => ({ aud: `api://${apiId}` })],
    [
      'of version 1',
      () => ({ iss: `https://sts.windows.net/${tenant}/`, azp: undefined, appid: client, aud: `api://${apiId}` }),
    ],
    ['of an application, by its roles', () => ({ scp: undefined, roles: ['User.Customers'], sub: 'demo-user' })],
  ])('%s', async (_, change) => {
    const api = await createApi(local.host, await signAsEntra(change()));
    const { status, body } = await api.call('/customers');
    expect([status, body]).toEqual([200, { customerUsers: [expect.objectContaining({ customerId: 'demo' })] }]);
  });

  test.each<[string, JWTPayload]>([
    ['not without the scope', { scp: 'User.Customers' }],
    ['not with the role of a person', { scp: 'User.Customers', roles: ['Gateway.Send'] }],
    ['not with another role', { scp: undefined, roles: ['WhatsApp'] }],
  ])('%s', async (_, change) => {
    local.storage.reset();
    const response = await sendAs(`Bearer ${await signAsEntra(change)}`);
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="Gateway.Send"');
    const message = expect.stringContaining(' lacks the scope Gateway.Send, ') as string;
    expect(await response.json()).toEqual({ error: { code: 'MissingScope', message }, message });
    expect(local.storage.operations().filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

test('the token is checked before the rest of the request', async () => {
  const response = await fetch(`${local.host.baseUrl}/messages`, { method: 'POST', body: 'not json' });
  expect(response.status).toBe(401);
});

test("a token from the issuer's own endpoint is accepted", async () => {
  const issuer = /tokenIssuer +(\S+)/.exec(local.host.output())?.[1];
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const response = await fetch(`${issuer}/token`, { method: 'POST', body });
  const { access_token: token } = (await response.json()) as { access_token: string };
  const api = await createApi(local.host, token);
  expect((await api.call('/customers')).status).toBe(200);
});

test('a user gets nothing of a customer that is not theirs from any operation', async () => {
  const sent = (await local.api.post(sendTo(['358401230001']))).body as SentBody;
  const other = await createApi(local.host, await tokenOf(local.host, 'other-user'));
  const path = `/messages/${sent.MessageId}`;
  const answers = {
    foreign: await other.call(path, { headers: { 'Customer-Id': 'demo' } }),
    unknown: await other.call(path, { headers: { 'Customer-Id': 'nobody' } }),
    ownCustomerForeignMessage: await other.call(path, { headers: { 'Customer-Id': 'other' } }),
    ownCustomerUnknownMessage: await other.call(`/messages/${'0'.repeat(32)}`, { headers: { 'Customer-Id': 'other' } }),
  };
  expect(answers.foreign.status).toBe(403);
  expect(answers.unknown.body).toEqual(answers.foreign.body);
  expect(answers.ownCustomerForeignMessage.status).toBe(404);
  expect(answers.ownCustomerUnknownMessage.body).toEqual(answers.ownCustomerForeignMessage.body);
  expect((await other.call('/customers')).body).toEqual({
    customerUsers: [{ customerId: 'other', customerName: 'Other customer' }],
  });
});

test('a user who is not in the directory is refused, and told whom to ask', async () => {
  const stranger = await createApi(local.host, await tokenOf(local.host, 'stranger'));
  const answer = await stranger.call('/customers');
  expect(answer.status).toBe(403);
  expect(answer.body).toMatchObject({
    error: { code: 'UserNotAllowed' },
    message: expect.stringContaining('administrator') as string,
  });
});
