import { describe, expect, test } from 'vitest';

import { createReadCache } from '../../../src/storage/read-cache.ts';
import { after } from '../../support/labs/kernel.ts';

/** Opens a cache of values that count up, with a clock, and a storage that can fail or be slow. */
function openCache({ max, wait }: { max?: number; wait?: () => Promise<void> } = {}) {
  let now = after(0);
  let fails = false;
  let gate: Promise<void> | undefined;
  const requested: string[] = [];
  const load = async (key: string): Promise<string | undefined> => {
    const number = requested.push(key);
    await gate;
    if (fails) throw new Error(`storage failed for ${key}`);
    return key === 'none' ? undefined : `${key}${number}`;
  };
  return {
    requested,
    cache: createReadCache(load, {
      now: () => now,
      ...(max === undefined ? {} : { max }),
      ...(wait === undefined ? {} : { wait }),
    }),
    setNow: (milliseconds: number) => (now = after(milliseconds)),
    fail: (value: boolean) => (fails = value),
    hold: (): (() => void) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
}

describe('a value that was read', () => {
  test.each([
    ['a', 'a1', 'a2'],
    ['none', undefined, undefined],
  ])('%s is used for a minute, and is read again after that', async (key, first, second) => {
    const { cache, requested, setNow } = openCache();
    expect(await cache.read(key)).toBe(first);
    setNow(59_999);
    expect(await cache.read(key)).toBe(first);
    expect(requested).toEqual([key]);
    setNow(60_000);
    expect(await cache.read(key)).toBe(second);
    expect(requested).toEqual([key, key]);
  });

  test('is read again for a caller that wants a younger one', async () => {
    const { cache, setNow } = openCache();
    await cache.read('a');
    setNow(5_000);
    expect(await cache.read('a', 5_001)).toBe('a1');
    expect(await cache.read('a', 5_000)).toBe('a2');
    expect(await cache.read('a')).toBe('a2');
  });

  test('has its age counted from the begin of the read, not from its end', async () => {
    const { cache, hold, setNow, requested } = openCache();
    const release = hold();
    const slow = cache.read('a');
    setNow(30_000);
    release();
    await slow;
    setNow(60_000);
    await cache.read('a');
    expect(requested).toHaveLength(2);
  });

  test('is read once for all callers that ask at the same time', async () => {
    const { cache, requested } = openCache();
    expect(await Promise.all([cache.read('a'), cache.read('a'), cache.read('b')])).toEqual(['a1', 'a1', 'b2']);
    expect(requested).toEqual(['a', 'b']);
  });
});

describe('while storage fails', () => {
  test('an outdated value is used for ten minutes', async () => {
    const { cache, setNow, fail } = openCache();
    await cache.read('a');
    await cache.read('none');
    fail(true);
    setNow(599_999);
    expect([await cache.read('a'), await cache.read('none')]).toEqual(['a1', undefined]);
    setNow(600_000);
    await expect(cache.read('a')).rejects.toThrow('storage failed for a');
    await expect(cache.read('none')).rejects.toThrow('storage failed for none');
  });

  test('a key that was never read fails for all callers, and is read again for the next', async () => {
    const { cache, fail, requested } = openCache();
    fail(true);
    const results = await Promise.allSettled([cache.read('a'), cache.read('a')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(requested).toEqual(['a']);
    fail(false);
    expect(await cache.read('a')).toBe('a2');
  });

  test('an outdated value does not count as a fresh one', async () => {
    const { cache, setNow, fail } = openCache();
    await cache.read('a');
    setNow(60_000);
    fail(true);
    await cache.read('a');
    fail(false);
    setNow(65_000);
    expect(await cache.read('a')).toBe('a3');
  });

  test('a key with an outdated value is not read again for five seconds', async () => {
    const { cache, setNow, fail, requested } = openCache();
    await cache.read('a');
    setNow(60_000);
    fail(true);
    expect([await cache.read('a'), await cache.read('a')]).toEqual(['a1', 'a1']);
    setNow(64_999);
    expect(await cache.read('a')).toBe('a1');
    expect(requested).toHaveLength(2);
    setNow(65_000);
    expect(await cache.read('a')).toBe('a1');
    expect(requested).toHaveLength(3);
  });

  test('and does not answer, an outdated value is used after two seconds', async () => {
    const { cache, setNow, hold } = openCache({ wait: () => Promise.resolve() });
    await cache.read('a');
    setNow(60_000);
    const release = hold();
    expect(await cache.read('a')).toBe('a1');
    release();
  });
});

test('the cache keeps at most `max` values, those that were read last', async () => {
  const { cache, setNow, requested } = openCache({ max: 2 });
  await cache.read('a');
  await cache.read('b');
  setNow(60_000);
  await cache.read('a');
  await cache.read('c');
  requested.length = 0;
  expect([await cache.read('a'), await cache.read('c')]).toEqual(['a3', 'c4']);
  expect(requested).toEqual([]);
  await cache.read('b');
  expect(requested).toEqual(['b']);
});
