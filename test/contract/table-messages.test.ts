import { randomBytes } from 'node:crypto';

import { afterAll, expect, test } from 'vitest';

import { startAzurite } from '../../src/local/azurite.ts';
import { newMessageId } from '../../src/messages/index.ts';
import type { Chunk, MessageHeader } from '../../src/messages/index.ts';
import { createTableMessageStore } from '../../src/storage/tables/message-store.ts';
import { startStorageProxy } from '../support/servers/storage-proxy.ts';

/* Limits that Azure enforces and Azurite does not, so only requests show whether we keep them. */

const azurite = await startAzurite({});
const storage = await startStorageProxy(azurite.connectionString);
afterAll(async () => {
  await storage.stop();
  await azurite.stop();
});
const store = createTableMessageStore(storage);
const acceptedAt = new Date('2026-11-23T10:00:00.000Z');

function message(chunkCount: number, content: string): { header: MessageHeader; chunks: Chunk[] } {
  const messageId = newMessageId({ customerId: 'demo', dueAt: acceptedAt, callbacks: false }, 1, randomBytes);
  const common = { messageId, customerId: 'demo', serviceId: 's', sender: 'Arena', protocol: 'SMS' as const };
  const chunks = Array.from({ length: chunkCount }, (_, index): Chunk => ({
    ...common,
    index,
    content,
    recipients: [{ address: '358401230001', parts: 1, values: [] }],
    statuses: ['accepted'],
    notes: new Map(),
    references: new Map(),
    attempts: 0,
    updatedAt: acceptedAt,
  }));
  const counts = { recipientCount: chunkCount, chunkCount, partCount: 1 };
  return { header: { ...common, userId: 'u', acceptedAt, ...counts }, chunks };
}

test.each([
  ['many rows', 205, 'x', 3],
  ['large rows', 30, 'ж'.repeat(100_000), 2],
])('a message of %s is written in transactions of at most 100 rows and 4 MiB', async (_, chunkCount, content, min) => {
  const { header, chunks } = message(chunkCount, content);
  await store.create(header, chunks.slice(0, 1));
  storage.reset();
  const other = message(chunkCount, content);
  expect(await store.create(other.header, other.chunks)).not.toBe('exists');
  const transactions = storage.operations().filter(({ path }) => path.endsWith('$batch'));
  expect(transactions.length).toBeGreaterThanOrEqual(min);
  for (const { bytes } of transactions) {
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
  }
  expect((await store.readMessage(other.header.messageId))?.chunks).toHaveLength(chunkCount);
});

test('a chunk that does not fit into an entity is refused before it is sent', async () => {
  const { header, chunks } = message(1, 'x'.repeat(520_000));
  storage.reset();
  await expect(store.create(header, chunks)).rejects.toThrow(/entity has/);
  expect(storage.operations()).toEqual([]);
});
