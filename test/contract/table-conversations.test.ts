import { randomBytes, randomUUID } from 'node:crypto';

import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { newThreadId } from '../../src/conversations/thread-id.ts';
import type { Conversation, ThreadEntry } from '../../src/conversations/index.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import { createTableDeadLetterStore } from '../../src/storage/tables/dead-letter-store.ts';
import { createTableInboundStore } from '../../src/storage/tables/inbound-store.ts';
import { createTableNotificationStore } from '../../src/storage/tables/notification-store.ts';
import { createTableSubscriptionStore } from '../../src/storage/tables/subscription-store.ts';
import { createTableThreadStore } from '../../src/storage/tables/thread-store.ts';
import { startStorageProxy } from '../support/servers/storage-proxy.ts';
import { letter } from './dead-letter-store.contract.ts';
import { inbound } from './inbound-store.contract.ts';
import { chunksOf, retry, newInboundId } from './notification-store.contract.ts';
import { subscription } from './subscription-store.contract.ts';

/* What only requests show: the number and size of operations, and that reading creates no table. */

const azurite = await startAzurite({});
const storage = await startStorageProxy(azurite.connectionString);
afterAll(async () => {
  await storage.stop();
  await azurite.stop();
});

const inboundStore = createTableInboundStore(storage);
const threads = createTableThreadStore(storage);
const subscriptions = createTableSubscriptionStore(storage);
const notifications = createTableNotificationStore(storage);
const letters = createTableDeadLetterStore(storage);

const at = new Date('2026-11-24T10:00:00.123Z');
const newKey = (): string => randomBytes(16).toString('hex');

const conversationOf = (customerId: string): Conversation => ({
  customerId,
  channel: 'SMS',
  address: '358401000001',
  phone: '358401234567',
});

/** Makes the first message of a conversation, which begins a thread. */
function firstOf(conversation: Conversation) {
  const started = { ...conversation, threadId: newThreadId(conversation, at), serviceId: 's', startedAt: at };
  const next = { threadId: started.threadId, lastActiveAt: at };
  return { entry: entryOf('i1'), next, version: undefined, started };
}

const entryOf = (id: string): ThreadEntry => ({ id, direction: 'in', messageId: 'm', at });

test('reading creates no table', async () => {
  const conversation = conversationOf('demo');
  storage.reset();
  await inboundStore.read(inbound().id);
  await inboundStore.listUnrouted(10);
  await threads.current(conversation);
  await threads.threadOf(conversation, 'i1');
  await threads.read(newThreadId(conversation, at));
  await subscriptions.find(newKey(), newKey());
  await subscriptions.listActive(newKey());
  await notifications.readChunk(inbound().id, 0);
  await notifications.listChunks(inbound().id);
  await notifications.readRetry(inbound().id, newKey());
  await letters.read(letter().id);
  await letters.list({ customerId: 'demo', limit: 10 });
  await letters.list({ limit: 10 });
  expect(storage.operations().map(({ method, status }) => [method, status])).toEqual(
    Array.from({ length: 13 }, () => ['GET', 404]),
  );
});

describe('once the tables exist', () => {
  beforeAll(async () => {
    await inboundStore.create(inbound());
    await inboundStore.recordUnrouted(inbound());
    const conversation = conversationOf('first');
    await threads.enter(conversation, firstOf(conversation));
    await subscriptions.put(subscription());
    await notifications.createChunks(chunksOf(newInboundId(), 1));
    await letters.add(letter());
  });
  beforeEach(() => storage.reset());

  /** Runs a step. Resolves to the number of operations that it took. */
  async function operationsOf(step: () => Promise<unknown>): Promise<number> {
    storage.reset();
    await step();
    return storage.operations().length;
  }

  test('each step of an inbound message is one operation', async () => {
    const message = inbound({ content: 'ж'.repeat(39_015) });
    expect(await operationsOf(() => inboundStore.create(message))).toBe(1);
    expect(await operationsOf(() => inboundStore.create(message))).toBe(1);
    expect(await operationsOf(() => inboundStore.read(message.id))).toBe(1);
    const versioned = (await inboundStore.read(message.id))!;
    const progress = { state: 'unrouted' as const, attachments: [], attempts: 1 };
    expect(await operationsOf(() => inboundStore.update(versioned, progress))).toBe(1);
    expect(await operationsOf(() => inboundStore.update(versioned, progress))).toBe(1);
    expect(await operationsOf(() => inboundStore.recordUnrouted(message))).toBe(1);
    expect(await operationsOf(() => inboundStore.recordUnrouted(message))).toBe(1);
    expect(await operationsOf(() => inboundStore.listUnrouted(10))).toBe(1);
    expect(await operationsOf(() => inboundStore.dropUnrouted(message.id))).toBe(1);
    expect(await operationsOf(() => inboundStore.dropUnrouted(message.id))).toBe(1);
  });

  test('entering a message into a thread is one operation, and two if there is a conflict', async () => {
    const conversation = conversationOf(randomUUID());
    const first = firstOf(conversation);
    const { next } = first;
    expect(await operationsOf(() => threads.enter(conversation, first))).toBe(1);
    const { version } = (await threads.current(conversation))!;
    const second = { entry: entryOf('i2'), next, version };
    expect(await operationsOf(() => threads.enter(conversation, second))).toBe(1);
    expect(await operationsOf(() => threads.enter(conversation, second))).toBe(2);
    expect(await operationsOf(() => threads.enter(conversation, { ...second, entry: entryOf('i3') }))).toBe(2);
    expect(await operationsOf(() => threads.current(conversation))).toBe(1);
    expect(await operationsOf(() => threads.threadOf(conversation, 'i2'))).toBe(1);
    expect(await operationsOf(() => threads.read(next.threadId))).toBe(1);
  });

  test('each step of a subscription is one operation', async () => {
    const wanted = subscription();
    const { pipelineId, key } = wanted;
    expect(await operationsOf(() => subscriptions.put(wanted))).toBe(1);
    expect(await operationsOf(() => subscriptions.put(wanted))).toBe(1);
    expect(await operationsOf(() => subscriptions.find(pipelineId, key))).toBe(1);
    expect(await operationsOf(() => subscriptions.listActive(pipelineId))).toBe(1);
    const versioned = (await subscriptions.find(pipelineId, key))!;
    expect(await operationsOf(() => subscriptions.update(versioned, { state: 'ended' }))).toBe(1);
    const changed = (await subscriptions.find(pipelineId, key))!;
    expect(await operationsOf(() => subscriptions.remove(changed))).toBe(1);
  });

  test('a hundred rows of notifications are written in one operation', async () => {
    const chunks = chunksOf(newInboundId(), 250);
    expect(await operationsOf(() => notifications.createChunks(chunks))).toBe(3);
    expect(await operationsOf(() => notifications.createChunks(chunks))).toBe(2);
    const { inboundId } = chunks[0]!;
    expect(await operationsOf(() => notifications.listChunks(inboundId))).toBe(1);
    const versioned = (await notifications.readChunk(inboundId, 1))!;
    expect(await operationsOf(() => notifications.updateChunk(versioned, versioned.chunk))).toBe(1);

    const inboundIdOfRetries = newInboundId();
    const retries = Array.from({ length: 200 }, () => retry({ inboundId: inboundIdOfRetries }));
    expect(await operationsOf(() => notifications.createRetries(retries))).toBe(2);
    const read = (await notifications.readRetry(inboundIdOfRetries, retries[0]!.target.key))!;
    expect(await operationsOf(() => notifications.updateRetry(read, read.retry))).toBe(1);
  });

  test('large chunks are written in transactions of at most 4 MiB', async () => {
    const payload = 'ж'.repeat(400_000);
    const chunks = chunksOf(newInboundId(), 5).map((chunk) => ({ ...chunk, payload }));
    expect(await operationsOf(() => notifications.createChunks(chunks))).toBe(2);
    for (const { bytes } of storage.operations()) {
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
    }
  });

  test('a row that does not fit into an entity is refused before it is sent', async () => {
    const long = 'x'.repeat(520_000);
    const chunks = chunksOf(newInboundId(), 1).map((chunk) => ({ ...chunk, payload: long }));
    await expect(inboundStore.create(inbound({ content: long }))).rejects.toThrow(/entity has/);
    await expect(notifications.createChunks(chunks)).rejects.toThrow(/entity has/);
    await expect(notifications.createRetries([retry({ payload: long })])).rejects.toThrow(/entity has/);
    await expect(letters.add(letter({ payload: long }))).rejects.toThrow(/entity has/);
    await expect(subscriptions.put(subscription({ description: long }))).rejects.toThrow(/description has/);
    expect(storage.operations()).toEqual([]);
  });

  test('no more of a customer’s dead letters are read than the limit', async () => {
    const customerId = randomUUID();
    const wanted = Array.from({ length: 6 }, (_, index) =>
      letter({ customerId, givenUpAt: new Date(at.getTime() + index), payload: 'ж'.repeat(60_000) }),
    );
    expect(await operationsOf(() => letters.add(wanted[0]!))).toBe(1);
    for (const each of wanted.slice(1)) await letters.add(each);
    storage.reset();
    expect(await letters.list({ customerId, limit: 2 })).toEqual(wanted.slice(0, 2));
    expect(storage.operations()).toHaveLength(1);
    expect(storage.operations()[0]?.path).toContain('top=2');
    expect(await operationsOf(() => letters.remove(wanted[0]!.id))).toBe(1);
  });

  test('the oldest dead letters of all customers are found by their ids, and no others are read as a whole', async () => {
    storage.reset();
    expect(await letters.list({ limit: 2 })).toHaveLength(2);
    expect(storage.operations()).toHaveLength(3);
  });
});

test('row keys are unique over a whole table', async () => {
  const own = retry().target;
  for (const customerId of [randomUUID(), randomUUID()]) {
    const conversation = conversationOf(customerId);
    await threads.enter(conversation, firstOf(conversation));
    await inboundStore.create(inbound());
    await notifications.createChunks(chunksOf(newInboundId(), 2));
    await notifications.createRetries([retry({ target: own })]);
    await subscriptions.put(subscription({ key: 'ab'.repeat(16) }));
    await letters.add(letter({ customerId }));
  }
  for (const name of ['inbound', 'unrouted', 'threads', 'subscriptions', 'notifications', 'deadletters']) {
    const client = TableClient.fromConnectionString(azurite.connectionString, name, { allowInsecureConnection: true });
    const rows = await Array.fromAsync(client.listEntities({ queryOptions: { select: ['rowKey'] } }));
    const rowKeys = rows.map(({ rowKey }) => rowKey);
    expect([name, rowKeys.length > 0, new Set(rowKeys).size]).toEqual([name, true, rowKeys.length]);
  }
});
