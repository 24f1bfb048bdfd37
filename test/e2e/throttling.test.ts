import { afterAll, beforeAll, expect, test } from 'vitest';

import { count } from '../../src/core/plural.ts';
import { createApi, tokenOf } from '../support/hosts/api.ts';
import type { Api } from '../support/hosts/api.ts';
import { spawnLocalHost } from '../support/hosts/local-host.ts';
import type { LocalHost } from '../support/hosts/local-host.ts';

const limit = 5;
let host: LocalHost;
let api: Api;
const first: number[] = [];
beforeAll(async () => {
  host = await spawnLocalHost({ environment: { CALLS_PER_MINUTE: String(limit) } });
  api = await createApi(host);
  for (let call = 1; call <= limit; call++) first.push((await api.call('/customers')).status);
});
afterAll(() => host.stop());

test('a call beyond the limit is a 429 with the time to wait, for every operation', async () => {
  expect(first).toEqual([200, 200, 200, 200, 200]);
  for (const path of ['/customers', '/phonenumberregions', `/messages/${'0'.repeat(32)}`]) {
    const answer = await api.call(path);
    expect(answer.status).toBe(429);
    const seconds = Number(answer.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
    const message = `This connection made more than 5 calls within 60 seconds. Wait ${count(seconds, 'second')}, and spread the calls.`;
    expect(answer.body).toEqual({ error: { code: 'Throttled', message }, message });
  }
});

test('another token of the same user and application shares the limit; another user does not', async () => {
  const again = await createApi(host, await tokenOf(host));
  expect((await again.call('/customers')).status).toBe(429);
  const other = await createApi(host, await tokenOf(host, 'other-user'));
  expect((await other.call('/customers')).status).toBe(200);
});

test('a call without a valid token is a 401, and not counted', async () => {
  for (let call = 0; call <= limit; call++) {
    const answer = await (await createApi(host, 'no token')).call('/customers');
    expect(answer.status).toBe(401);
  }
});

test('removing a trigger is never throttled', async () => {
  for (let call = 0; call <= limit; call++)
    expect((await api.call('/pipelines/none/actions/none', { method: 'DELETE' })).status).toBe(204);
});
