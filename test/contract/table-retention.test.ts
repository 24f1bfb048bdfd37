import { randomBytes } from 'node:crypto';

import { TableClient } from '@azure/data-tables';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { newThreadId } from '../../src/conversations/thread-id.ts';
import type { Conversation, InboundMessage } from '../../src/conversations/index.ts';
import { customerKey } from '../../src/directory/index.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import { newMessageId } from '../../src/messages/index.ts';
import type { Chunk, MessageHeader } from '../../src/messages/index.ts';
import { deleteExpired } from '../../src/maintenance/index.ts';
import type { DeleteExpiredDeps } from '../../src/maintenance/index.ts';
import { deleteSweeps } from '../../src/maintenance/delete-expired.ts';
import type { ExpireRowsDeps } from '../../src/maintenance/delete-expired.ts';
import { runSweeps } from '../../src/maintenance/run-sweeps.ts';
import type { SweepDeps } from '../../src/maintenance/run-sweeps.ts';
import type { Sweep } from '../../src/maintenance/sweep.ts';
import { createBlobAttachmentStore } from '../../src/storage/blobs/attachment-store.ts';
import { createMemorySweepPositions } from '../support/fakes/sweep-positions.ts';
import { createTableCallbackStore } from '../../src/storage/tables/callback-store.ts';
import { createTableDeadLetterStore } from '../../src/storage/tables/dead-letter-store.ts';
import { createTableInboundStore } from '../../src/storage/tables/inbound-store.ts';
import { createTableMessageStore } from '../../src/storage/tables/message-store.ts';
import { createTableNotificationStore } from '../../src/storage/tables/notification-store.ts';
import { createTableCarrierIdStore } from '../../src/storage/tables/carrier-id-store.ts';
import { createTableRequestStore } from '../../src/storage/tables/request-store.ts';
import { createTableExpiredRows } from '../../src/storage/tables/expired-rows.ts';
import { createTableSweepPositions } from '../../src/storage/tables/sweep-positions.ts';
import { createTableThreadStore } from '../../src/storage/tables/thread-store.ts';
import { startStorageProxy } from '../support/servers/storage-proxy.ts';
import { callbacksOfChunk } from './callback-store.contract.ts';
import { letter } from './dead-letter-store.contract.ts';
import { inbound } from './inbound-store.contract.ts';
import { chunksOf, retry } from './notification-store.contract.ts';

// Every run reads the 256 shards of five tables, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const azurite = await startAzurite({});
const storage = await startStorageProxy(azurite.connectionString);
afterAll(async () => {
  await storage.stop();
  await azurite.stop();
});

const messages = createTableMessageStore(storage);
const inbounds = createTableInboundStore(storage);
const attachments = createBlobAttachmentStore(storage);
const notifications = createTableNotificationStore(storage);
const callbacks = createTableCallbackStore(storage);
const letters = createTableDeadLetterStore(storage);
const threads = createTableThreadStore(storage);
const requests = createTableRequestStore(storage);
const carrierIds = createTableCarrierIdStore(storage);

const now = new Date('2026-11-24T10:00:00.123Z');
const dayMs = 24 * 60 * 60 * 1000;
const daysAgo = (days: number): Date => new Date(now.getTime() - days * dayMs);

const deps = (details: Partial<DeleteExpiredDeps['maintenance']> = {}): DeleteExpiredDeps => ({
  maintenance: {
    expiredRows: createTableExpiredRows(storage, attachments),
    positions: createTableSweepPositions(storage),
    retentionDays: 90,
    ...details,
  },
  now: () => now,
});

const sweepOf = (kind: string): Sweep<ExpireRowsDeps> => deleteSweeps.find(({ name }) => name === kind)!;

function client(table: string): TableClient {
  return TableClient.fromConnectionString(azurite.connectionString, table, { allowInsecureConnection: true });
}

async function rowsOf(table: string): Promise<{ partitionKey?: string; rowKey?: string; id?: unknown }[]> {
  const rows = client(table).listEntities({ queryOptions: { select: ['partitionKey', 'rowKey', 'id'] } });
  return Array.fromAsync(rows).catch(() => []);
}

const tables = [
  'messages',
  'inbound',
  'unrouted',
  'notifications',
  'callbacks',
  'deadletters',
  'threads',
  'requests',
  'carrierids',
];
beforeEach(async () => {
  for (const name of tables)
    await client(name)
      .deleteTable()
      .catch(() => undefined);
});

/** Stores a message that was accepted at a time, with a recipient per chunk; `sendAt` if it was scheduled. */
async function accept(acceptedAt: Date, { sendAt, chunks = 1 }: { sendAt?: Date; chunks?: number } = {}) {
  const messageId = newMessageId({ customerId: 'demo', dueAt: sendAt ?? acceptedAt, callbacks: false }, 1, randomBytes);
  const common = {
    messageId,
    customerId: 'demo',
    serviceId: 's',
    sender: 'Arena',
    protocol: 'SMS' as const,
    ...(sendAt === undefined ? {} : { sendAt }),
  };
  const header: MessageHeader = {
    ...common,
    userId: 'u',
    acceptedAt,
    recipientCount: chunks,
    chunkCount: chunks,
    partCount: 1,
  };
  const rows = Array.from({ length: chunks }, (_, index): Chunk => ({
    ...common,
    index,
    content: 'Hei',
    recipients: [{ address: '358401234567', parts: 1, values: [] }],
    statuses: ['accepted'],
    notes: new Map(),
    references: new Map(),
    attempts: 0,
    updatedAt: acceptedAt,
  }));
  await messages.create(header, rows);
  return messageId;
}

const journal = (at: Date) => [{ chunk: 0, recipientIndex: 0, status: 'delivered' as const, at }];

/** Makes an inbound message of a time, with an id as {@link newMessageId} makes it. */
const inboundAt = (at: Date, details: Partial<InboundMessage> = {}): InboundMessage =>
  inbound({
    id: `i${newMessageId({ customerId: 'demo', dueAt: at, callbacks: false }, 1, randomBytes)}`,
    at,
    receivedAt: at,
    ...details,
  });

const hex = (): string => randomBytes(16).toString('hex');

test('deletes what is older than the retention, and nothing else', async () => {
  const [old, recent] = [daysAgo(91), daysAgo(89)];
  const [oldMessage, recentMessage] = [await accept(old, { chunks: 3 }), await accept(recent)];
  await messages.appendReports(oldMessage, journal(now));
  await messages.appendReports(recentMessage, journal(now));
  const scheduled = await accept(old, { sendAt: daysAgo(-200) });
  const sentSince = await accept(daysAgo(300), { sendAt: daysAgo(91) });
  const sentRecently = await accept(daysAgo(300), { sendAt: daysAgo(89) });

  const files = [hex(), hex(), hex()] as const;
  for (const id of files) {
    await attachments.put(id, { bytes: Uint8Array.of(1), name: 'a', mimeType: 'image/png', expiresAt: now });
  }
  const attachment = (id: string) => ({
    id,
    reference: 'r',
    name: 'a',
    mimeType: 'image/png',
    state: 'stored' as const,
  });
  const oldInbound = inboundAt(old, { attachments: [attachment(files[0]), attachment(files[1])] });
  const recentInbound = inboundAt(recent, { attachments: [attachment(files[2])] });
  for (const message of [oldInbound, recentInbound]) {
    await inbounds.create(message);
    await inbounds.recordUnrouted(message);
    await notifications.createChunks(chunksOf(message.id, 2));
    await notifications.createRetries([retry({ inboundId: message.id, since: message.at })]);
  }
  // Given up when its message was old already, and replayed since, so it is in progress.
  const replayed = inboundAt(old);
  await notifications.createRetries([retry({ inboundId: replayed.id, since: recent })]);
  // Callbacks of a message that was old already, and was sent or replayed since.
  for (const [messageId, changedAt] of [
    [oldMessage, old],
    [sentRecently, recent],
    [recentMessage, recent],
  ] as const) {
    await callbacks.write(callbacksOfChunk({ messageId, changedAt }));
    await callbacks.write(callbacksOfChunk({ messageId, chunk: 1, changedAt }));
  }
  const letterOf = (customerId: string, since: Date) =>
    letter({
      customerId,
      since,
      id: `${customerKey(customerId)}.${since.getTime().toString(16).padStart(12, '0')}.${hex()}`,
    });
  const [oldLetter, recentLetter, othersOld] = [letterOf('a', old), letterOf('a', recent), letterOf('b', old)];
  for (const each of [oldLetter, recentLetter, othersOld]) await letters.add(each);
  for (const [requestId, usedAt] of [
    ['old', old],
    ['recent', recent],
  ] as const) {
    await requests.claim({ customerId: 'demo', requestId, messageId: hex(), fingerprint: 'f', usedAt }, old);
    await carrierIds.record({ carrier: 'twilio', id: requestId, value: '', notedAt: usedAt });
  }

  const result = await deleteExpired.run(deps());
  expect(result).toEqual({
    done: {
      messages: 7,
      inbound: 1,
      unrouted: 1,
      notifications: 3,
      callbacks: 2,
      deadletters: 2,
      requests: 1,
      carrierids: 1,
    },
  });
  const kept = new Set((await rowsOf('messages')).map(({ partitionKey }) => partitionKey));
  expect(kept).toEqual(new Set([recentMessage, scheduled, sentRecently]));
  expect([await messages.readMessage(oldMessage), await messages.readMessage(sentSince)]).toEqual([
    undefined,
    undefined,
  ]);
  expect((await messages.readMessage(recentMessage))?.journal).toHaveLength(1);
  expect((await rowsOf('inbound')).map(({ partitionKey }) => partitionKey)).toEqual([recentInbound.id]);
  expect((await rowsOf('unrouted')).map(({ rowKey }) => rowKey)).toEqual([recentInbound.id]);
  expect(new Set((await rowsOf('notifications')).map(({ partitionKey }) => partitionKey))).toEqual(
    new Set([recentInbound.id, replayed.id]),
  );
  expect(new Set((await rowsOf('callbacks')).map(({ partitionKey }) => partitionKey))).toEqual(
    new Set([sentRecently, recentMessage]),
  );
  expect((await rowsOf('deadletters')).map(({ rowKey }) => rowKey)).toEqual([recentLetter.id]);
  expect(await rowsOf('requests')).toHaveLength(1);
  expect((await rowsOf('carrierids')).map(({ id }) => id)).toEqual(['recent']);
  const found = await Promise.all(files.map((id) => attachments.read(id)));
  expect(found.map((each) => each !== undefined)).toEqual([false, false, true]);
  expect(await deleteExpired.run(deps())).toEqual({ done: {} });
});

test('a short retention deletes nothing that is in progress or guards against sending twice', async () => {
  const messageId = await accept(daysAgo(7));
  const message = inboundAt(daysAgo(7));
  await inbounds.create(message);
  await notifications.createChunks(chunksOf(message.id, 1));
  const use = { customerId: 'demo', requestId: 'r', messageId, fingerprint: 'f', usedAt: daysAgo(7) };
  await requests.claim(use, daysAgo(100));
  expect(await deleteExpired.run(deps({ retentionDays: 1 }))).toEqual({ done: {} });
  expect(await messages.readMessage(messageId)).toBeDefined();
  expect(await requests.claim({ ...use, messageId: 'other' }, daysAgo(100))).toEqual(use);
});

describe('threads', () => {
  const conversationOf = (customerId: string): Conversation => ({
    customerId,
    channel: 'SMS',
    address: '16400',
    phone: '358401234567',
  });

  /** Enters a message of a time, into a new thread or the named one. */
  async function enter(conversation: Conversation, at: Date, threadId?: string): Promise<string> {
    const id = threadId ?? newThreadId(conversation, at);
    const current = await threads.current(conversation);
    const outcome = await threads.enter(conversation, {
      entry: { id: hex(), direction: 'in', messageId: 'm', at },
      next: { threadId: id, lastActiveAt: at },
      version: current?.version,
      ...(threadId === undefined ? { started: { ...conversation, threadId: id, serviceId: 's', startedAt: at } } : {}),
    });
    expect(outcome).toBe('done');
    return id;
  }

  test('are deleted with their entries once nothing happened in them for the retention', async () => {
    const silent = conversationOf('silent');
    const gone = await enter(silent, daysAgo(100));
    await enter(silent, daysAgo(95), gone);
    const active = conversationOf('active');
    const ended = await enter(active, daysAgo(200));
    const long = await enter(active, daysAgo(150));
    await enter(active, daysAgo(10), long);
    const latest = await enter(active, daysAgo(5));

    const only = [sweepOf('threads')];
    expect(await runSweeps(only, deps())).toEqual({ done: { threads: 4 + 3 } });
    expect(await Promise.all([gone, ended].map((id) => threads.read(id)))).toEqual([undefined, undefined]);
    expect(await threads.current(silent)).toBeUndefined();
    const kept = await Promise.all([long, latest].map((id) => threads.read(id)));
    expect(kept.map((thread) => thread?.threadId)).toEqual([long, latest]);
    expect((await threads.current(active))?.current.threadId).toBe(latest);
    // The row of the current thread, two threads, and the entries of the last days.
    expect(await rowsOf('threads')).toHaveLength(5);
    expect(await runSweeps(only, deps())).toEqual({ done: {} });
  });

  test('of a conversation that goes on during the run stay', async () => {
    const conversation = conversationOf('meanwhile');
    const threadId = await enter(conversation, daysAgo(100));
    const [deletePage] = createTableExpiredRows(storage, attachments).threads;
    const held = storage.hold(({ method, path }) => method === 'DELETE' && path.includes('/threads'));
    const step = deletePage!(daysAgo(90));
    await expect.poll(() => held.count(), { timeout: 5_000 }).toBe(1);
    const direct = createTableThreadStore(azurite);
    const current = await direct.current(conversation);
    await direct.enter(conversation, {
      entry: { id: hex(), direction: 'in', messageId: 'm', at: now },
      next: { threadId, lastActiveAt: now },
      version: current?.version,
    });
    storage.release();
    expect(await step).toEqual({ done: 0 });
    expect((await threads.read(threadId))?.threadId).toBe(threadId);
  });
});

describe('the operations of a run', () => {
  test('with 200 old messages among 100 others are 256 reads, and a deletion per old message', async () => {
    const old = Array.from({ length: 200 }, () => daysAgo(91));
    const recent = Array.from({ length: 100 }, () => daysAgo(1));
    const all = [...old, ...recent];
    for (let from = 0; from < all.length; from += 50)
      await Promise.all(all.slice(from, from + 50).map((at) => accept(at)));
    storage.reset();
    const result = await runSweeps([sweepOf('messages')], deps({ positions: createMemorySweepPositions() }));
    expect(result).toEqual({ done: { messages: 400 } });
    const counts = Object.groupBy(storage.operations(), ({ method }) => method);
    expect([counts.GET?.length, counts.POST?.length]).toEqual([256, 200]);
    expect(await rowsOf('messages')).toHaveLength(200);
  });

  test('with a message of 2,500 chunks include a transaction per hundred rows', async () => {
    const messageId = await accept(daysAgo(91), { chunks: 2_500 });
    await messages.appendReports(messageId, journal(now));
    const scheduled = await accept(daysAgo(91), { chunks: 1_100, sendAt: daysAgo(-10) });
    await messages.appendReports(scheduled, journal(now));
    storage.reset();
    const result = await runSweeps([sweepOf('messages')], deps({ positions: createMemorySweepPositions() }));
    expect(result).toEqual({ done: { messages: 2_502 } });
    const posts = storage.operations().filter(({ method }) => method === 'POST');
    expect(posts.length).toBeLessThanOrEqual(28);
    expect(await rowsOf('messages')).toHaveLength(1_102);
  });

  test('without anything old are a read per shard or table, and create no table', async () => {
    const empty = await startAzurite({});
    const proxy = await startStorageProxy(empty.connectionString);
    const result = await deleteExpired.run(
      deps({
        expiredRows: createTableExpiredRows(proxy, attachments),
        positions: createTableSweepPositions(proxy),
      }),
    );
    expect(result).toEqual({ done: {} });
    const operations = proxy.operations();
    expect(new Set(operations.map(({ method }) => method))).toEqual(new Set(['GET']));
    // The shards of five tables, four more tables, and the positions of nine sweeps.
    expect(operations.length).toBe(5 * 256 + 4 + 9);
    await proxy.stop();
    await empty.stop();
  });
});

test('a run ends when its time is over, and the next continues at the stored position', async () => {
  let time = now.getTime();
  const from: (string | undefined)[] = [];
  /** Makes a sweep whose steps each take a minute by the clock. */
  const slowSweep = (name: string, steps: number): Sweep<SweepDeps> => ({
    name,
    ageSeconds: () => 60,
    range: 'all',
    async step({ from: position }) {
      if (name === 'first') from.push(position);
      time += 60_000;
      const next = Number(position ?? 0) + 1;
      return { done: 1, ...(next < steps ? { next: String(next) } : {}) };
    },
  });
  const sweeps = [slowSweep('first', 5), slowSweep('second', 1)];
  const positions = createTableSweepPositions(storage);
  const run = () => runSweeps(sweeps, { maintenance: { positions }, now: () => new Date(time) });
  expect(await run()).toEqual({ done: { first: 2, second: 1 }, unfinished: ['first'] });
  expect(await run()).toEqual({ done: { first: 2, second: 1 }, unfinished: ['first'] });
  expect(await run()).toEqual({ done: { first: 1, second: 1 } });
  expect(await run()).toEqual({ done: { first: 2, second: 1 }, unfinished: ['first'] });
  expect(from).toEqual([undefined, '1', '2', '3', '4', undefined, '1']);
});

test('messages are deleted in each of their storage accounts', async () => {
  const second = await startAzurite({});
  const more = createTableMessageStore(second);
  const messageId = newMessageId(
    { customerId: 'demo', dueAt: daysAgo(91), callbacks: false },
    2,
    (size) => new Uint8Array(size),
  );
  const common = { messageId, customerId: 'demo', serviceId: 's', sender: 'Arena', protocol: 'SMS' as const };
  await more.create(
    { ...common, userId: 'u', acceptedAt: daysAgo(91), recipientCount: 0, chunkCount: 0, partCount: 1 },
    [],
  );
  const expiredRows = createTableExpiredRows(storage, attachments, [second]);
  expect(await runSweeps([sweepOf('messages')], deps({ expiredRows }))).toEqual({ done: { 'messages-at-1': 1 } });
  expect(await more.readMessage(messageId)).toBeUndefined();
  await second.stop();
});
