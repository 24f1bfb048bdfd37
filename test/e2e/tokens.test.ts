import { afterAll, beforeAll, expect, test } from 'vitest';

import { createApi, sendTo, tokenOf } from '../support/api.ts';
import type { SentBody } from '../support/api.ts';
import { startCountedHost } from '../support/counted-host.ts';
import type { CountedHost } from '../support/counted-host.ts';

let local: CountedHost;
beforeAll(async () => {
  local = await startCountedHost();
});
afterAll(() => local.stop());

/** A token of the host's own issuer, signed for somebody else or with other claims. */
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

const authorizations: [name: string, authorization: (token: string) => string | undefined][] = [
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
];

test.each(authorizations)('%s is 401 with WWW-Authenticate, and nothing is stored', async (_, authorizationOf) => {
  local.storage.reset();
  const authorization = authorizationOf(local.api.token);
  const response = await fetch(`${local.host.baseUrl}/messages`, {
    method: 'POST',
    headers: {
      ...(authorization === undefined ? {} : { Authorization: authorization }),
      'Customer-Id': 'demo',
      'Service-Id': 'demo-oneway',
      'Content-Type': 'application/json',
    },
    body: JSON.stringify(sendTo(['358401230001'])),
  });
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
  expect(await response.json()).toMatchObject({
    error: { code: 'Unauthenticated' },
    message: expect.any(String) as string,
  });
  expect(local.storage.operations()).toEqual([]);
});

test('the token is checked before anything else of the request', async () => {
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

test('a user sees nothing of a customer that is not theirs, whatever they ask for', async () => {
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

test('a user whom the directory does not know is refused, with whom to ask', async () => {
  const stranger = await createApi(local.host, await tokenOf(local.host, 'stranger'));
  const answer = await stranger.call('/customers');
  expect(answer.status).toBe(403);
  expect(answer.body).toMatchObject({
    error: { code: 'UserNotAllowed' },
    message: expect.stringContaining('administrator') as string,
  });
});
