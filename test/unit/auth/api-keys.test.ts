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

/** A key and what is kept of it. */
function makeKey(details: Partial<ApiKey> = {}): { key: string; kept: ApiKey } {
  const { key, id, hash } = newApiKey(randomBytes);
  return {
    key,
    kept: { id, hash, userId: 'demo-user', scopes: ['WhatsApp'], name: 'Test', createdAt: testNow, ...details },
  };
}

describe('a key', () => {
  test('is its id, 32 random bytes and a checksum, and its hash is of the whole', () => {
    const { key, id, hash } = newApiKey((size) => Buffer.alloc(size, 0xab));
    expect({ key, id, hash }).toEqual({
      key: 'sdk_abababababababab_q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s9566469b',
      id: 'abababababababab',
      hash: hashApiKey(key),
    });
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(readApiKeyId(key)).toBe(id);
  });

  test('is never the same', () => {
    const keys = Array.from({ length: 100 }, () => newApiKey(randomBytes));
    for (const field of ['key', 'id', 'hash'] as const) expect(new Set(keys.map((each) => each[field])).size).toBe(100);
    for (const { key, id } of keys) expect(readApiKeyId(key)).toBe(id);
  });

  test('with any one character changed is none', () => {
    const { key } = newApiKey(randomBytes);
    for (let index = 0; index < key.length; index += 1) {
      const other = key[index] === 'a' ? 'b' : 'a';
      expect([index, readApiKeyId(key.slice(0, index) + other + key.slice(index + 1))]).toEqual([index, undefined]);
    }
  });
});

/** Checks keys of a store at {@link testNow}. */
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

describe('whoever shows a key', () => {
  test('is the user as whom it acts, with its scopes, on a connection of its own', async () => {
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

  test('is nobody from the moment at which it expires', async () => {
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
    ['that was never made', makeKey().key, 'the API key is not known'],
    ['with the id of another', sameId.key, 'the API key is not known'],
    ['with the id of one that has expired', expiredId.key, 'the API key is not known'],
    ['that is a word', 'secret', 'the API key is malformed'],
    ['that is an id', known.kept.id, 'the API key is malformed'],
    ['that is a hash', known.kept.hash, 'the API key is malformed'],
    ['without its end', known.key.slice(0, -1), 'the API key is malformed'],
    ['with more at its end', `${known.key}a`, 'the API key is malformed'],
    ['with a line after it', `${known.key}\n`, 'the API key is malformed'],
    ['in capitals', known.key.toUpperCase(), 'the API key is malformed'],
    ['twice', `${known.key}, ${known.key}`, 'the API key is malformed'],
    ['as a bearer token', `Bearer ${known.key}`, 'the API key is malformed'],
    ['of 100 KB', `sdk_${known.kept.id}_${'a'.repeat(100_000)}`, 'the API key is malformed'],
  ])('%s is refused, and the key is not told', async (_, key, reason) => {
    const verify = await verifierOf(known.kept, expired.kept);
    const error: unknown = await verify(key).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(unauthenticated(reason));
    const { message, stack } = error as Error;
    for (const told of [message, stack, JSON.stringify(error)]) expect(told).not.toContain(key);
  });
});

describe('the cache', () => {
  /** A store that counts what it is asked, and a clock. */
  function lab(options: { max?: number } = {}) {
    const store = createMemoryApiKeyStore();
    const asked: string[] = [];
    let time = testNow.getTime();
    let failing = false;
    const find = createApiKeyReader(
      {
        find: async (id) => {
          asked.push(id);
          await Promise.resolve();
          if (failing) throw new Error('storage is out of order');
          return store.find(id);
        },
      },
      { now: () => new Date(time), ...options },
    );
    return {
      store,
      asked,
      find,
      pass: (milliseconds: number) => (time += milliseconds),
      fail: (value: boolean) => (failing = value),
    };
  }

  test('asks once for all who wait, and again after a minute: then a revoked key is gone', async () => {
    const { store, asked, find, pass } = lab();
    const { kept } = makeKey();
    await store.add(kept);
    expect(await Promise.all([find(kept.id), find(kept.id), find(kept.id)])).toEqual([kept, kept, kept]);
    await store.remove(kept.id);
    pass(59_999);
    expect(await find(kept.id)).toEqual(kept);
    expect(asked).toHaveLength(1);
    pass(1);
    expect(await find(kept.id)).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  test('keeps that there is none for a minute too', async () => {
    const { store, asked, find, pass } = lab();
    const { kept } = makeKey();
    expect(await find(kept.id)).toBeUndefined();
    await store.add(kept);
    pass(59_999);
    expect(await find(kept.id)).toBeUndefined();
    expect(asked).toHaveLength(1);
    pass(1);
    expect(await find(kept.id)).toEqual(kept);
    expect(await find(kept.id)).toEqual(kept);
    expect(asked).toHaveLength(2);
  });

  test('counts the minute from when it asked, not from when it was told', async () => {
    const { kept } = makeKey();
    let time = testNow.getTime();
    let asked = 0;
    const find = createApiKeyReader(
      {
        find: async () => {
          asked += 1;
          time += 50_000;
          return kept;
        },
      },
      { now: () => new Date(time) },
    );
    await find(kept.id);
    time += 10_000;
    await find(kept.id);
    expect(asked).toBe(2);
  });

  test('keeps no failure, and passes it on to all who wait', async () => {
    const { store, asked, find, fail } = lab();
    const { kept } = makeKey();
    await store.add(kept);
    fail(true);
    const answers = await Promise.allSettled([find(kept.id), find(kept.id)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fail(false);
    expect(await find(kept.id)).toEqual(kept);
    expect(asked).toHaveLength(2);
  });

  test('keeps no more than it may, the newest; made-up ids don’t drive out real ones', async () => {
    const { store, asked, find } = lab({ max: 2 });
    const keys = [makeKey(), makeKey(), makeKey()].map(({ kept }) => kept);
    for (const key of keys) await store.add(key);
    const [first, second, third] = keys.map(({ id }) => id) as [string, string, string];
    for (const id of [first, second, third, 'a', 'b', 'c']) await find(id);
    asked.length = 0;
    for (const id of [second, third, 'b', 'c']) await find(id);
    expect(asked).toEqual([]);
    await find('a');
    await find(first);
    expect(asked).toEqual(['a', first]);
  });
});

describe('a caller may show', () => {
  const byToken = { ...testCaller, userId: 'by token' };
  const byKey = { ...testCaller, userId: 'by key' };
  const authenticate = createAuthenticator(
    async (authorization) => {
      if (authorization === null) throw apiError('Unauthenticated', { reason: 'there is none' });
      return byToken;
    },
    async () => byKey,
  );

  test.each<[string, Parameters<typeof authenticate>[0], string]>([
    ['a token', { authorization: 'Bearer x', apiKey: null }, 'by token'],
    ['a token and an empty key', { authorization: 'Bearer x', apiKey: ' ' }, 'by token'],
    ['a key', { authorization: null, apiKey: 'sdk_x' }, 'by key'],
  ])('%s', async (_, credentials, userId) => {
    expect(await authenticate(credentials)).toMatchObject({ userId });
  });

  test.each<[string, Parameters<typeof authenticate>[0], string]>([
    ['nothing', { authorization: null, apiKey: null }, 'there is none'],
    ['an empty key', { authorization: null, apiKey: '' }, 'there is none'],
    ['both', { authorization: 'Bearer x', apiKey: 'sdk_x' }, 'both a token and a key were sent'],
    ['a key beside an empty token', { authorization: '', apiKey: 'sdk_x' }, 'both a token and a key were sent'],
  ])('not %s', async (_, credentials, reason) => {
    await expect(authenticate(credentials)).rejects.toMatchObject({
      code: 'Unauthenticated',
      message: expect.stringContaining(`not valid: ${reason}.`) as string,
    });
  });
});
