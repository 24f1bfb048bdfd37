import { describe, expect, test } from 'vitest';

import { cleanUpGroupContacts, giveUpContactCleanUp } from '../../../src/contacts/index.ts';
import type { CleanUpProgress, CleanUpDeps, ContactStore } from '../../../src/contacts/index.ts';
import { createMemoryCleanUpQueue } from '../../support/fakes/clean-up-queue.ts';
import { createMemoryContactStore } from '../../support/fakes/contact-store.ts';

const group = { customerId: 'demo', serviceId: 'demo-group' };
const start = new Date('2026-11-23T10:00:00.000Z');

/** Sets up a clock that advances with each step of the clean-up, and records the positions that the store was given. */
function openDeps(contacts: ContactStore, secondsPerStep = 0) {
  const cleanUps = createMemoryCleanUpQueue();
  const positions: (string | undefined)[] = [];
  let now = start.getTime();
  const deps: CleanUpDeps = {
    contacts: {
      cleanUps,
      store: {
        ...contacts,
        cleanUp(each, from) {
          positions.push(from);
          now += secondsPerStep * 1000;
          return contacts.cleanUp(each, from);
        },
      },
    },
    now: () => new Date(now),
  };
  return { deps, positions, jobs: cleanUps.jobs };
}

/** Creates a store whose clean-up returns these steps, whatever its position, and then finds nothing. */
function scripted(...steps: CleanUpProgress[]): ContactStore {
  return { ...createMemoryContactStore(), cleanUp: async () => steps.shift() ?? { removed: 0 } };
}

async function fillAndDelete(store: ContactStore, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await store.create(group, {
      id: String(index),
      phone: String(358400000000 + index),
      active: true,
      customContactProperties: [],
      createdAt: start,
    });
  }
  await store.deleteAll(group);
}

describe('the clean-up worker', () => {
  test('removes the rows of deleted contacts', async () => {
    const store = createMemoryContactStore();
    await fillAndDelete(store, 250);
    const { deps, jobs } = openDeps(store);
    expect(await cleanUpGroupContacts.handle(group, deps)).toEqual({ ...group, result: 'done', removed: 250 });
    expect(await cleanUpGroupContacts.handle(group, deps)).toEqual({ ...group, result: 'done', removed: 0 });
    expect(jobs).toEqual([]);
  });

  test('continues where each step ended, and makes another pass after one that found something', async () => {
    const { deps, positions } = openDeps(
      scripted({ removed: 5, next: 'a' }, { removed: 0, next: 'b' }, { removed: 0 }),
    );
    expect(await cleanUpGroupContacts.handle(group, deps)).toEqual({ ...group, result: 'done', removed: 5 });
    expect(positions).toEqual([undefined, 'a', 'b', undefined]);
  });

  test('stops when the time is up, and leaves the rest to another job', async () => {
    const steps = Array.from({ length: 10 }, (_, index) => ({ removed: 1, next: String(index) }));
    const { deps, positions, jobs } = openDeps(scripted(...steps), 20);
    expect(await cleanUpGroupContacts.handle(group, deps)).toEqual({ ...group, result: 'notFinished', removed: 3 });
    expect(jobs).toEqual([{ ...group, from: '2', found: true }]);
    await cleanUpGroupContacts.handle(jobs[0], deps);
    expect(positions).toEqual([undefined, '0', '1', '2', '3', '4']);
    expect(jobs.slice(1)).toEqual([{ ...group, from: '5', found: true }]);
  });

  test('queues a job for another pass if the time is up after a pass that found something', async () => {
    const { deps, jobs } = openDeps(scripted({ removed: 1 }), 60);
    expect(await cleanUpGroupContacts.handle(group, deps)).toEqual({ ...group, result: 'notFinished', removed: 1 });
    expect(jobs).toEqual([group]);
  });

  test('remembers across jobs whether a pass found something', async () => {
    const rest = { ...group, from: 'a' };
    const found = openDeps(scripted());
    await cleanUpGroupContacts.handle({ ...rest, found: true }, found.deps);
    expect(found.positions).toEqual(['a', undefined]);
    const nothing = openDeps(scripted());
    await cleanUpGroupContacts.handle({ ...rest, found: false }, nothing.deps);
    expect(nothing.positions).toEqual(['a']);
  });

  test('rejects if storage fails, so that the message comes again', async () => {
    const { deps } = openDeps({
      ...createMemoryContactStore(),
      cleanUp: () => Promise.reject(new Error('storage is away')),
    });
    await expect(cleanUpGroupContacts.handle(group, deps)).rejects.toThrow('storage is away');
  });
});

const notJobs = [undefined, null, 'x', 7, [], {}, { customerId: 'demo' }, { customerId: 'demo', serviceId: 7 }];

test.each(notJobs.map((message) => [message]))('the workers refuse the non-job %j', async (message) => {
  const { deps, positions } = openDeps(createMemoryContactStore());
  await expect(cleanUpGroupContacts.handle(message, deps)).rejects.toThrow('not a job');
  expect(positions).toEqual([]);
  expect(await giveUpContactCleanUp.handle(message, {})).toEqual({
    result: 'notAJob',
    error: new Error('a poison message is not a job of ours'),
  });
});

test('a clean-up that failed too often is reported, with its group', async () => {
  expect(await giveUpContactCleanUp.handle({ ...group, from: 'a' }, {})).toEqual({
    ...group,
    result: 'givenUp',
    error: new Error('deleted contacts could not be removed'),
  });
});
