import { expect, test } from 'vitest';

import { createGatherer } from '../../../../src/storage/queues/gather-jobs.ts';

/** A queue whose writes each wait until the test ends them. */
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

/** Lets everything run that waits for nothing from outside. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** As many jobs as are queued one by one at the same time. */
const oneByOne = Array.from({ length: 8 }, (_, index) => `first ${index}`);

test('the first few jobs are queued one by one; jobs that come during these writes are queued together', async () => {
  const { additions, add, ends } = heldQueue();
  for (const job of oneByOne) add(job);
  add('b');
  add('c');
  await settle();
  expect(additions.map(({ jobs }) => jobs)).toEqual(oneByOne.map((job) => [job]));
  additions[3]!.succeed();
  await settle();
  expect(ends).toEqual(['first 3 queued']);
  expect(additions.at(-1)?.jobs).toEqual(['b', 'c']);
  additions.at(-1)!.succeed();
  await settle();
  expect(ends).toEqual(['first 3 queued', 'b queued', 'c queued']);
  add('d');
  await settle();
  expect(additions.at(-1)?.jobs).toEqual(['d']);
});

test('if the write of a group fails, its callers get the error; the next group is queued all the same', async () => {
  const { additions, add, ends } = heldQueue();
  for (const job of oneByOne) add(job);
  add('b');
  additions[0]!.fail(new Error('is lost'));
  await settle();
  expect(ends).toEqual(['first 0 is lost']);
  additions.at(-1)!.succeed();
  await settle();
  expect(ends).toEqual(['first 0 is lost', 'b queued']);
});

test('a group has no more jobs and bytes than fit into a queue message', async () => {
  const { additions, add } = heldQueue();
  for (const job of oneByOne) add(job);
  for (let number = 0; number < 20; number++) add(`job ${number}`);
  add('ä'.repeat(12_000));
  add('ä'.repeat(12_000));
  for (let group = 0; group < 12; group++) {
    await settle();
    additions[group]?.succeed();
  }
  await settle();
  expect(additions.map(({ jobs }) => jobs.length).slice(oneByOne.length)).toEqual([16, 5, 1]);
});
