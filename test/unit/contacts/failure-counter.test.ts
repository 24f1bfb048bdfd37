import { expect, test } from 'vitest';

import { createFailureCounter } from '../../../src/contacts/index.ts';
import type { FailedMessage, Group } from '../../../src/contacts/index.ts';
import type { ServiceType } from '../../../src/operation/access.ts';
import { createMemoryContactStore } from '../../support/fakes/contact-store.ts';
import { createMemoryDirectory } from '../../support/fakes/directory.ts';

const at = new Date('2026-11-23T10:00:00.000Z');
const service = (id: string, type: ServiceType) => ({ id, name: id, type, senders: [], allowsReplies: false });
const customer = (id: string, services: readonly ReturnType<typeof service>[]) => ({
  id,
  name: id,
  region: 'FI',
  timeZone: 'Europe/Helsinki',
  services,
});
const directory = createMemoryDirectory({
  customers: [
    customer('demo', [service('send', 'OneWay'), service('staff', 'Group'), service('clients', 'Group')]),
    customer('other', [service('staff', 'Group')]),
    customer('plain', [service('send', 'OneWay'), service('receive', 'TwoWay')]),
  ],
  users: [],
});
const failure = (customerId: string, number: string, recipientId: string) => ({ customerId, number, recipientId, at });

/** Creates a counter, and records its writes. */
function openCounter(recordFailure: () => Promise<'counted'> = async () => 'counted') {
  const writes: [Group, FailedMessage][] = [];
  const counter = createFailureCounter({
    directory,
    contacts: {
      recordFailure(group, failed) {
        writes.push([group, failed]);
        return recordFailure();
      },
    },
  });
  return { counter, writes };
}

test('a failure is written once for each group service of its customer', async () => {
  const { counter, writes } = openCounter();
  await counter.record([
    failure('demo', '358401', 'a'),
    failure('other', '358402', 'b'),
    failure('demo', '358403', 'c'),
  ]);
  const wanted: [string, string, string, string][] = [
    ['demo', 'staff', '358401', 'a'],
    ['demo', 'staff', '358403', 'c'],
    ['demo', 'clients', '358401', 'a'],
    ['demo', 'clients', '358403', 'c'],
    ['other', 'staff', '358402', 'b'],
  ];
  expect(writes).toEqual(
    wanted.map(([customerId, serviceId, number, recipientId]) => [
      { customerId, serviceId },
      { number, recipientId, at },
    ]),
  );
});

test.each([
  ['no failure', []],
  ['a customer without groups', [failure('plain', '358401', 'a')]],
  ['a customer that no longer exists', [failure('gone', '358401', 'a')]],
])('%s writes nothing', async (_, failures) => {
  const { counter, writes } = openCounter();
  await counter.record(failures);
  expect(writes).toEqual([]);
});

test('failures are written 16 at a time, and all before it resolves', async () => {
  let running = 0;
  let max = 0;
  const { counter, writes } = openCounter(async () => {
    running += 1;
    max = Math.max(max, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return 'counted';
  });
  await counter.record(Array.from({ length: 100 }, (_, index) => failure('other', '358401', String(index))));
  expect([writes.length, max, running]).toEqual([100, 16, 0]);
});

test('a failed write rejects', async () => {
  const { counter } = openCounter(() => Promise.reject(new Error('storage is away')));
  await expect(counter.record([failure('other', '358401', 'a')])).rejects.toThrow('storage is away');
});

test('a contact counts the failures of its number, each once', async () => {
  const contacts = createMemoryContactStore();
  const counter = createFailureCounter({ directory, contacts });
  const group = { customerId: 'demo', serviceId: 'clients' };
  await contacts.create(group, { id: '1', phone: '358401', active: true, customContactProperties: [], createdAt: at });
  const failures = [failure('demo', '358401', 'a'), failure('demo', '358401', 'b'), failure('demo', '358402', 'c')];
  await counter.record(failures);
  await counter.record(failures);
  expect((await contacts.read(group, '358401'))?.failedMessages).toBe(2);
});
