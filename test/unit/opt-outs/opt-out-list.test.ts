import { expect, test } from 'vitest';

import { createOptOutList } from '../../../src/opt-outs/index.ts';
import type { OptOutStore } from '../../../src/opt-outs/index.ts';
import { createMemoryOptOutStore } from '../../support/fakes/opt-out-store.ts';
import { testNow } from '../../support/labs/kernel.ts';

const identity = '358401000001';
const [first, second] = ['358401234567', '358407654321'] as const;

/** Creates a list over a store that counts its reads, with a clock that can be moved. */
function open(ttlMs?: number, change: Partial<OptOutStore> = {}) {
  const store = createMemoryOptOutStore();
  let reads = 0;
  let time = testNow.getTime();
  const counting: OptOutStore = {
    ...store,
    list(of) {
      reads += 1;
      return store.list(of);
    },
    ...change,
  };
  const list = createOptOutList(counting, { now: () => new Date(time), ...(ttlMs === undefined ? {} : { ttlMs }) });
  return {
    store,
    list,
    numbers: async (of = identity) => [...(await list.numbers(of))],
    reads: () => reads,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

test('a cached list costs no read for a minute', async () => {
  const { store, numbers, reads, pass } = open();
  await store.add({ identity, number: first }, testNow);
  expect(await numbers()).toEqual([first]);
  await store.add({ identity, number: second }, testNow);
  pass(59_999);
  expect(await numbers()).toEqual([first]);
  expect(reads()).toBe(1);
  pass(1);
  expect(await numbers()).toEqual([first, second]);
  expect(reads()).toBe(2);
});

test('simultaneous callers share a read', async () => {
  const { list, reads } = open();
  const sets = await Promise.all(Array.from({ length: 20 }, () => list.numbers(identity)));
  expect(new Set(sets).size).toBe(1);
  expect(reads()).toBe(1);
});

test('each identity has its own list', async () => {
  const { list, numbers } = open();
  await list.add({ identity, number: first }, testNow);
  await list.add({ identity: '358401000002', number: second }, testNow);
  expect([await numbers(), await numbers('358401000002'), await numbers('358401000003')]).toEqual([
    [first],
    [second],
    [],
  ]);
});

test('a write of this process is stored, and visible at once', async () => {
  const { store, list, numbers, reads } = open();
  expect(await numbers()).toEqual([]);
  await list.add({ identity, number: first }, testNow);
  expect([await numbers(), await store.list(identity)]).toEqual([[first], [first]]);
  await list.remove({ identity, number: first });
  expect([await numbers(), await store.list(identity)]).toEqual([[], []]);
  expect(reads()).toBe(1);
});

test('a write is visible even in a list whose read began before it', async () => {
  let release: (numbers: readonly string[]) => void = () => {};
  const { list } = open(undefined, { list: () => new Promise((resolve) => (release = resolve)) });
  const reading = list.numbers(identity);
  const writing = list.add({ identity, number: first }, testNow);
  release([]);
  await writing;
  expect([...(await reading), ...(await list.numbers(identity))]).toEqual([first, first]);
});

test('a failed read rejects for its callers, and the next caller reads again', async () => {
  let failing = true;
  const { list } = open(undefined, {
    list: async () => {
      if (failing) throw new Error('storage is down');
      return [first];
    },
  });
  const asking = [list.numbers(identity), list.numbers(identity)];
  const writing = list.add({ identity, number: second }, testNow);
  for (const each of asking) await expect(each).rejects.toThrow('storage is down');
  await writing;
  failing = false;
  expect([...(await list.numbers(identity))]).toEqual([first]);
});

test('a failed write changes nothing', async () => {
  const { list, numbers } = open(undefined, {
    add: () => Promise.reject(new Error('storage is down')),
  });
  expect(await numbers()).toEqual([]);
  await expect(list.add({ identity, number: first }, testNow)).rejects.toThrow('storage is down');
  expect(await numbers()).toEqual([]);
});
