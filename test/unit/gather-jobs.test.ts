import { expect, test } from 'vitest';

import { createGatherer } from '../../src/storage/queues/gather-jobs.ts';

/** A queue whose additions each wait for the test to end them. */
function heldQueue() {
  const additions: { jobs: readonly string[]; succeed: () => void; fail: (error: Error) => void }[] = [];
  const gather = createGatherer<string>((jobs) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    additions.push({ jobs, succeed: resolve, fail: reject });
    return promise;
  });
  const ends: string[] = [];
  const add = (job: string): void => {
    gather(job).then(
      () => ends.push(`${job} queued`),
      (error: Error) => ends.push(`${job} ${error.message}`),
    );
  };
  return { additions, add, ends };
}

/** Lets everything happen that waits for nothing from outside. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a job alone waits for nothing, those that come meanwhile go together', async () => {
  const { additions, add, ends } = heldQueue();
  add('a');
  await settle();
  add('b');
  add('c');
  await settle();
  expect(additions.map(({ jobs }) => jobs)).toEqual([['a']]);
  additions[0]!.succeed();
  await settle();
  expect(ends).toEqual(['a queued']);
  expect(additions.map(({ jobs }) => jobs)).toEqual([['a'], ['b', 'c']]);
  additions[1]!.succeed();
  await settle();
  expect(ends).toEqual(['a queued', 'b queued', 'c queued']);
});

test('whose group fails, hears of it; the next group goes on', async () => {
  const { additions, add, ends } = heldQueue();
  add('a');
  await settle();
  add('b');
  additions[0]!.fail(new Error('is lost'));
  await settle();
  expect(ends).toEqual(['a is lost']);
  additions[1]!.succeed();
  await settle();
  expect(ends).toEqual(['a is lost', 'b queued']);
});

test('a group has no more jobs and characters than a queue message takes', async () => {
  const { additions, add } = heldQueue();
  add('first');
  await settle();
  for (let number = 0; number < 20; number++) add(`job ${number}`);
  add('x'.repeat(20_000));
  add('y'.repeat(20_000));
  for (let group = 0; group < 5; group++) {
    await settle();
    additions[group]?.succeed();
  }
  await settle();
  expect(additions.map(({ jobs }) => jobs.length)).toEqual([1, 16, 5, 1]);
});
