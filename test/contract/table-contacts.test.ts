import { randomUUID } from 'node:crypto';

import { TableClient, odata } from '@azure/data-tables';
import { afterAll, beforeEach, expect, test } from 'vitest';

import type { Contact, Group } from '../../src/contacts/index.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import { createContactCleaner } from '../../src/storage/tables/contact-cleaner.ts';
import { contactRow, groupKey } from '../../src/storage/tables/contact-rows.ts';
import { createTableContactStore } from '../../src/storage/tables/contact-store.ts';
import { createGroupGenerations } from '../../src/storage/tables/group-generations.ts';
import { openTable } from '../../src/storage/tables/open-table.ts';
import { startStorageProxy } from '../support/servers/storage-proxy.ts';

const azurite = await startAzurite({});
const storage = await startStorageProxy(azurite.connectionString);
afterAll(async () => {
  await storage.stop();
  await azurite.stop();
});

const start = new Date('2026-11-23T10:00:00.000Z');
let now = start;
/** Opens a store, as each process has its own. */
const openStore = () => createTableContactStore(storage, () => now);
const store = openStore();

let group: Group;
beforeEach(() => {
  now = start;
  group = { customerId: 'demo', serviceId: randomUUID() };
});

const contact = (phone: string, details: Partial<Contact> = {}): Contact => ({
  id: randomUUID(),
  phone,
  active: true,
  customContactProperties: [],
  createdAt: start,
  ...details,
});
const failure = (number: string) => ({ number, recipientId: `${'ab'.repeat(16)}-${randomUUID()}`, at: start });
const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(358400000000 + index));

/** Lists the keys of all rows of the group. */
async function rowsOfGroup(): Promise<{ partitionKey: string; rowKey: string }[]> {
  const client = TableClient.fromConnectionString(azurite.connectionString, 'contacts', {
    allowInsecureConnection: true,
  });
  const key = groupKey(group);
  const filter = odata`PartitionKey ge ${key} and PartitionKey lt ${`${key}g`}`;
  const rows = [];
  for await (const { partitionKey, rowKey } of client.listEntities<{ partitionKey: string; rowKey: string }>({
    queryOptions: { filter },
  })) {
    rows.push({ partitionKey, rowKey });
  }
  return rows;
}

test('contacts spread over consecutive partitions, and their row keys are unique', async () => {
  await Promise.all(numbers(100).map((phone) => store.create(group, contact(phone))));
  const rows = await rowsOfGroup();
  const partitions = new Set(rows.map(({ partitionKey }) => partitionKey));
  // A hundred numbers fall into 83 of 256 partitions on average.
  expect(partitions.size).toBeGreaterThan(50);
  for (const partition of partitions) expect(partition).toMatch(new RegExp(`^${groupKey(group)}[0-9a-f]{2}$`));
  expect(new Set(rows.map(({ rowKey }) => rowKey)).size).toBe(100);

  const namesake = { ...group, serviceId: `${group.serviceId}x` };
  await store.create(namesake, contact(numbers(1)[0]!));
  const own = new Set(rows.map(({ rowKey }) => rowKey));
  group = namesake;
  expect((await rowsOfGroup()).filter(({ rowKey }) => own.has(rowKey))).toEqual([]);
});

test('more than a page of deleted contacts is removed in few operations, and no row is left', async () => {
  const client = TableClient.fromConnectionString(azurite.connectionString, 'contacts', {
    allowInsecureConnection: true,
  });
  // The rows that the store would write, in one transaction for each partition.
  const place = { group: groupKey(group), generation: '0'.repeat(24) };
  const rows = numbers(2_300).map((number) => contactRow({ ...place, number }, contact(number)));
  for (const own of Map.groupBy(rows, ({ partitionKey }) => partitionKey).values()) {
    await client.submitTransaction(own.map((row) => ['create', row]));
  }
  await store.deleteAll(group);

  storage.reset();
  const first = await store.cleanUp(group);
  expect(first).toEqual({ removed: 1_000, next: expect.any(String) as string });
  const second = await store.cleanUp(group, first.next);
  expect(await store.cleanUp(group, second.next)).toEqual({ removed: 300 });
  // Three pages, each with two reads of the generation, and a transaction for each partition or its part on a page.
  expect(storage.operations().length).toBeLessThanOrEqual(3 * 3 + 256 + 2);
  expect(await rowsOfGroup()).toEqual([]);
});

test('a worker that read an outdated generation removes no contact that exists', async () => {
  await store.create(group, contact('358401230001'));
  await store.deleteAll(group);
  const fresh = contact('358401230002');
  const table = openTable(azurite, 'contacts');
  let ran = false;
  const cleanUp = createContactCleaner(
    {
      ...table,
      async listPage(...query) {
        // After the worker read the generation, and before it lists: Delete All runs again, and a contact is created.
        if (!ran) {
          ran = true;
          await store.deleteAll(group);
          await store.create(group, fresh);
        }
        return table.listPage(...query);
      },
    },
    createGroupGenerations(openTable(azurite, 'groups'), () => now),
  );
  expect(await cleanUp(group)).toEqual({ removed: 1 });
  expect(await store.read(group, fresh.phone)).toEqual({ contact: fresh, failedMessages: 0 });
});

test('a clean-up goes on if another worker deletes rows of its transaction', async () => {
  await Promise.all(numbers(60).map((phone) => store.create(group, contact(phone))));
  await store.deleteAll(group);
  const [taken, neighbour] = [...Map.groupBy(await rowsOfGroup(), ({ partitionKey }) => partitionKey).values()].find(
    (rows) => rows.length > 1,
  )!;
  expect(neighbour).toBeDefined();
  const table = openTable(azurite, 'contacts');
  const cleanUp = createContactCleaner(
    {
      ...table,
      async listPage(...query) {
        const page = await table.listPage(...query);
        await table.remove(taken!);
        return page;
      },
    },
    createGroupGenerations(openTable(azurite, 'groups'), () => now),
  );
  await cleanUp(group);
  expect(await rowsOfGroup()).toEqual([]);
});

test('counting failed messages reads the generation once in ten seconds, and writes once per message', async () => {
  await store.create(group, contact('358401230001'));
  const counter = openStore();
  const failures = Array.from({ length: 30 }, () => failure('358401230001'));
  storage.reset();
  await Promise.all(failures.map((each) => counter.recordFailure(group, each)));
  expect(storage.operations()).toHaveLength(31);
  now = new Date(start.getTime() + 9_999);
  storage.reset();
  expect(await counter.recordFailure(group, failure('358401230001'))).toBe('counted');
  expect(await counter.recordFailure(group, failure('358401239999'))).toBe('noContact');
  expect(storage.operations()).toHaveLength(2);
  expect((await store.read(group, '358401230001'))?.failedMessages).toBe(31);
});

test('a failure that is counted in an outdated generation counts for no contact that exists', async () => {
  await store.create(group, contact('358401230001'));
  const counter = openStore();
  await counter.recordFailure(group, failure('358401230001'));
  await store.deleteAll(group);
  expect(await counter.recordFailure(group, failure('358401230001'))).toBe('counted');
  expect(await store.read(group, '358401230001')).toBeUndefined();

  const again = contact('358401230001');
  await store.create(group, again);
  await counter.recordFailure(group, failure('358401230001'));
  expect(await store.read(group, '358401230001')).toEqual({ contact: again, failedMessages: 0 });
  now = new Date(start.getTime() + 10_001);
  await counter.recordFailure(group, failure('358401230001'));
  expect(await store.read(group, '358401230001')).toEqual({ contact: again, failedMessages: 1 });

  expect(await store.cleanUp(group)).toEqual({ removed: 4 });
  expect(await rowsOfGroup()).toHaveLength(2);
});

test('a generation that could not be read is read again', async () => {
  let reads = 0;
  const generations = createGroupGenerations(
    {
      async find() {
        reads += 1;
        if (reads === 1) throw new Error('no answer');
        return { generation: 'abc', etag: '' };
      },
      put: () => Promise.reject(new Error('nothing is written')),
    },
    () => now,
  );
  await expect(Promise.all([generations.recent('group'), generations.recent('group')])).rejects.toThrow('no answer');
  expect(await generations.recent('group')).toBe('abc');
  expect(await generations.recent('group')).toBe('abc');
  expect(reads).toBe(2);
});
