import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { createApiKeyReader } from '../../../src/auth/api-key-reader.ts';
import { hashApiKey, newApiKey, readApiKeyId } from '../../../src/auth/api-key.ts';
import { createAuthenticator } from '../../../src/auth/authenticate.ts';
import type { ApiKey } from '../../../src/auth/ports.ts';
import { createApiKeyVerifier } from '../../../src/auth/verify-api-key.ts';
import { apiError } from '../../../src/operation/errors.ts';
import { createMemoryApiKeyStore } from '../../support/fakes/api-key-store.ts';
import { testCaller, testNow } from '../../support/labs/kernel.ts';

/** Makes a key and what is stored of it. */
function makeKey(details: Partial<ApiKey> = {}): { key: string; kept: ApiKey } {
  const { key, id, hash } = newApiKey(randomBytes);
  return {
    key,
    kept: { id, hash, userId: 'demo-user', scopes: ['WhatsApp'], name: 'Test', createdAt: testNow, ...details },
  };
}

describe('an API key', () => {
  test('consists of its id, 32 random bytes and a checksum, and its hash covers all of it', () => {
    const { key, id, hash } = newApiKey((size) => Buffer.alloc(size, 0xab));
    expect({ key, id, hash }).toEqual({
      key: 'sdk_abababababababab_q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s9566469b',
      id: 'abababababababab',
      hash: hashApiKey(key),
    });
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(readApiKeyId(key)).toBe(id);
  });

  test('is never the same twice', () => {
    const keys = Array.from({ length: 100 }, () => newApiKey(randomBytes));
    for (const field of ['key', 'id', 'hash'] as const) expect(new Set(keys.map((each) => each[field])).size).toBe(100);
    for (const { key, id } of keys) expect(readApiKeyId(key)).toBe(id);
  });

  test('with any one character changed is not a key', () => {
    const { key } = newApiKey(randomBytes);
    for (let index = 0; index < key.length; index += 1) {
      const other = key[index] === 'a' ? 'b' : 'a';
      expect([index, readApiKeyId(key.slice(0, index) + other + key.slice(index + 1))]).toEqual([index, undefined]);
    }
  });
});

/** Creates a verifier of stored keys at {@link testNow}. */
async function verifierOf(...kept: readonly ApiKey[]) {
  const store = createMemoryApiKeyStore();
  for (const key of kept) await store.add(key);
  const now = () => testNow;
  return createApiKeyVerifier(createApiKeyReader(store, { now }), now);
}

const unauthenticated = (reason: string) => ({
  code: 'Unauthenticated',
  status: 401,
  message: `The access token or API key is missing or not valid: ${reason}. Sign in again, or renew the connection.`,
  headers: { 'WWW-Authenticate': 'Bearer' },
});

describe('the verifier of API keys', () => {
  test('returns the user of a key, with its scopes and a connection of its own', async () => {
    const [one, other] = [makeKey(), makeKey({ userId: 'other-user', scopes: [] })];
    const verify = await verifierOf(one.kept, other.kept);
    expect(await verify(one.key)).toStrictEqual({
      userId: 'demo-user',
      scopes: ['WhatsApp'],
      connection: `key:${one.kept.id}`,
    });
    expect(await verify(other.key)).toStrictEqual({
      userId: 'other-user',
      scopes: [],
      connection: `key:${other.kept.id}`,
    });
  });

  test('refuses a key from the moment at which it expires', async () => {
    const [lasting, expired] = [1, 0].map((more) => makeKey({ expiresAt: new Date(testNow.getTime() + more) })) as [
      ReturnType<typeof makeKey>,
      ReturnType<typeof makeKey>,
    ];
    const verify = await verifierOf(lasting.kept, expired.kept);
    expect(await verify(lasting.key)).toMatchObject({ userId: 'demo-user' });
    await expect(verify(expired.key)).rejects.toMatchObject(unauthenticated('the API key has expired'));
  });

  const known = makeKey();
  const sameId = newApiKey((size) => (size === 8 ? Buffer.from(known.kept.id, 'hex') : randomBytes(size)));
  const expired = makeKey({ expiresAt: testNow });
  const expiredId = newApiKey((size) => (size === 8 ? Buffer.from(expired.kept.id, 'hex') : randomBytes(size)));

  test.each<[name: string, key: string, reason: string]>([
    ['a key that was never made', makeKey().key, 'the API key is not known'],
    ['a key with the id of another', sameId.key, 'the API key is not known'],
    ['a key with the id of an expired one', expiredId.key, 'the API key is not known'],
    ['a word', 'secret', 'the API key is malformed'],
    ['an id', known.kept.id, 'the API key is malformed'],
    ['a hash', known.kept.hash, 'the API key is malformed'],
    ['a key without its last character', known.key.slice(0, -1), 'the API key is malformed'],
    ['a key with one more character', `${known.key}a`, 'the API key is malformed'],
    ['a key with a line break after it', `${known.key}\n`, 'the API key is malformed'],
    ['a key in capitals', known.key.toUpperCase(), 'the API key is malformed'],
    ['two keys', `${known.key}, ${known.key}`, 'the API key is malformed'],
    ['a key as a bearer token', `Bearer ${known.key}`, 'the API key is malformed'],
    ['a key of 100 KB', `sdk_${known.kept.id}_${'a'.repeat(100_000)}`, 'the API key is malformed'],
  ])('refuses %s with an error that does not contain it', async (_, key, reason) => {
    const verify = await verifierOf(known.kept, expired.kept);
    const error: unknown = await verify(key).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(unauthenticated(reason));
    const { message, stack } = error as Error;
    for (const text of [message, stack, JSON.stringify(error)]) expect(text).not.toContain(key);
  });
});

describe('the cache of API keys', () => {
  /** Makes a cache over a store that records its reads, and a clock. */
  function lab(options: { max?: number } = {}) {
    const store = createMemoryApiKeyStore();
    const requested: string[] = [];
    let time = testNow.getTime();
    let failing = false;
    const find = createApiKeyReader(
      {
        find: async (id) => {
          requested.push(id);
          await Promise.resolve();
          if (failing) throw new Error('storage is out of order');
          return store.find(id);
        },
      },
      { now: () => new Date(time), ...options },
    );
    return {
      store,
      requested,
      find,
      pass: (milliseconds: number) => (time += milliseconds),
      fail: (value: boolean) => (failing = value),
    };
  }

  test('reads once for all callers that wait, and again after a minute, so that a revoked key ends', async () => {
    const { store, requested, find, pass } = lab();
    const { kept } = makeKey();
    await store.add(kept);
    expect(await Promise.all([find(kept.id), find(kept.id), find(kept.id)])).toEqual([kept, kept, kept]);
    await store.remove(kept.id);
    pass(59_999);
    expect(await find(kept.id)).toEqual(kept);
    expect(requested).toHaveLength(1);
    pass(1);
    expect(await find(kept.id)).toBeUndefined();
    expect(requested).toHaveLength(2);
  });

  test('also keeps the answer that a key does not exist for a minute', async () => {
    const { store, requested, find, pass } = lab();
    const { kept } = makeKey();
    expect(await find(kept.id)).toBeUndefined();
    await store.add(kept);
    pass(59_999);
    expect(await find(kept.id)).toBeUndefined();
    expect(requested).toHaveLength(1);
    pass(1);
    expect(await find(kept.id)).toEqual(kept);
    expect(await find(kept.id)).toEqual(kept);
    expect(requested).toHaveLength(2);
  });

  test('counts the minute from the begin of the read, not from its end', async () => {
    const { kept } = makeKey();
    let time = testNow.getTime();
    let reads = 0;
    const find = createApiKeyReader(
      {
        find: async () => {
          reads += 1;
          time += 50_000;
          return kept;
        },
      },
      { now: () => new Date(time) },
    );
    await find(kept.id);
    time += 10_000;
    await find(kept.id);
    expect(reads).toBe(2);
  });

  test('passes a failure on to all callers that wait, and does not keep it', async () => {
    const { store, requested, find, fail } = lab();
    const { kept } = makeKey();
    await store.add(kept);
    fail(true);
    const answers = await Promise.allSettled([find(kept.id), find(kept.id)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fail(false);
    expect(await find(kept.id)).toEqual(kept);
    expect(requested).toHaveLength(2);
  });

  test('keeps the newest ids up to its limit; made-up ids don’t displace real ones', async () => {
    const { store, requested, find } = lab({ max: 2 });
    const keys = [makeKey(), makeKey(), makeKey()].map(({ kept }) => kept);
    for (const key of keys) await store.add(key);
    const [first, second, third] = keys.map(({ id }) => id) as [string, string, string];
    for (const id of [first, second, third, 'a', 'b', 'c']) await find(id);
    requested.length = 0;
    for (const id of [second, third, 'b', 'c']) await find(id);
    expect(requested).toEqual([]);
    await find('a');
    await find(first);
    expect(requested).toEqual(['a', first]);
  });
});

describe('the authenticator', () => {
  const byToken = { ...testCaller, userId: 'by token' };
  const byKey = { ...testCaller, userId: 'by key' };
  const authenticate = createAuthenticator(
    async (authorization) => {
      if (authorization === null)
        throw apiError('Unauthenticated', { reason: 'the call has neither a token nor a key' });
      return byToken;
    },
    async () => byKey,
  );

  test.each<[string, Parameters<typeof authenticate>[0], string]>([
    ['a token', { authorization: 'Bearer x', apiKey: null }, 'by token'],
    ['a token and an empty key', { authorization: 'Bearer x', apiKey: ' ' }, 'by token'],
    ['a key', { authorization: null, apiKey: 'sdk_x' }, 'by key'],
  ])('accepts %s', async (_, credentials, userId) => {
    expect(await authenticate(credentials)).toMatchObject({ userId });
  });

  test.each<[string, Parameters<typeof authenticate>[0], string]>([
    ['nothing', { authorization: null, apiKey: null }, 'the call has neither a token nor a key'],
    ['an empty key', { authorization: null, apiKey: '' }, 'the call has neither a token nor a key'],
    ['both', { authorization: 'Bearer x', apiKey: 'sdk_x' }, 'the call has both a token and a key'],
    ['a key beside an empty token', { authorization: '', apiKey: 'sdk_x' }, 'the call has both a token and a key'],
  ])('refuses %s', async (_, credentials, reason) => {
    await expect(authenticate(credentials)).rejects.toMatchObject({
      code: 'Unauthenticated',
      message: expect.stringContaining(`not valid: ${reason}.`) as string,
    });
  });
});
