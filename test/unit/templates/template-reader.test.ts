import { expect, test } from 'vitest';

import { createMemoryTemplateStore } from '../../support/fakes/template-store.ts';
import { createTemplateReader } from '../../../src/templates/index.ts';
import { testNow } from '../../support/labs/kernel.ts';
import { storedTemplate } from '../../support/samples/templates.ts';

/** Creates a reader over a store with one approved template. Reads are counted, and the clock can be moved. */
async function openReader(ttlMs?: number) {
  const store = createMemoryTemplateStore();
  const template = storedTemplate({ status: 'approved', carrierReference: 'carrier-1' });
  await store.create(template);
  let reads = 0;
  let time = testNow.getTime();
  const counting = {
    async read(customerId: string, name: string) {
      reads += 1;
      return store.read(customerId, name);
    },
  };
  const reader = createTemplateReader(counting, {
    now: () => new Date(time),
    ...(ttlMs === undefined ? {} : { ttlMs }),
  });
  return {
    store,
    template,
    approved: (name = 'order_ready', customerId = 'demo') => reader.approved(customerId, name),
    reads: () => reads,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

test('a cached template costs no read for a minute', async () => {
  const { template, approved, reads, pass } = await openReader();
  expect(await approved()).toEqual(template);
  pass(59_999);
  expect(await approved()).toEqual(template);
  expect(reads()).toBe(1);
  pass(1);
  expect(await approved()).toEqual(template);
  expect(reads()).toBe(2);
});

test('the cache keeps customers apart', async () => {
  const { store, template, approved } = await openReader();
  await approved();
  expect(await approved('order_ready', 'other')).toBeUndefined();
  const theirs = { ...template, customerId: 'other', content: 'Theirs.' };
  await store.create(theirs);
  expect(await approved('order_ready', 'other')).toEqual(theirs);
});

test('a template that is not approved is not found, and not cached', async () => {
  const { store, approved, reads } = await openReader();
  expect(await approved('unknown')).toBeUndefined();
  for (const status of ['pending', 'rejected'] as const) {
    await store.create(storedTemplate({ name: status, status }));
    expect(await approved(status)).toBeUndefined();
    await store.update('demo', status, { status: 'approved', updatedAt: testNow });
    expect(await approved(status)).toMatchObject({ name: status, status: 'approved' });
  }
  expect(reads()).toBe(5);
});

test('a template that loses its approval is found until its cache entry expires', async () => {
  const { store, approved, pass } = await openReader(1_000);
  await approved();
  await store.update('demo', 'order_ready', { status: 'rejected', updatedAt: testNow });
  pass(999);
  expect(await approved()).toMatchObject({ status: 'approved' });
  pass(1);
  expect(await approved()).toBeUndefined();
});

test('a full cache still works', async () => {
  const { store, approved, reads, pass } = await openReader(1_000);
  for (let index = 0; index < 1_000; index++) {
    await store.create(storedTemplate({ name: `t${index}`, status: 'approved' }));
    await approved(`t${index}`);
  }
  pass(1_000);
  expect(await approved()).toMatchObject({ name: 'order_ready' });
  expect(await approved()).toMatchObject({ name: 'order_ready' });
  expect(reads()).toBe(1_001);
});
