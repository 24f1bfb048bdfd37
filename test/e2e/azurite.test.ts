import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { TableClient } from '@azure/data-tables';
import { ContainerClient } from '@azure/storage-blob';
import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { startAzurite } from '../../src/local/azurite.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'azurite-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const entity = { partitionKey: 'p', rowKey: 'r', text: 'ä' };
// Without retries, so that a call to a stopped server fails at once.
const openTable = (connectionString: string): TableClient =>
  TableClient.fromConnectionString(connectionString, 'kept', {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
const openContainer = (connectionString: string): ContainerClient => new ContainerClient(connectionString, 'kept');

async function fill(connectionString: string): Promise<void> {
  const table = openTable(connectionString);
  await table.createTable();
  await table.createEntity(entity);
  const queue = new QueueClient(connectionString, 'kept');
  await queue.create();
  await queue.sendMessage('a message', { messageTimeToLive: -1 });
  const container = openContainer(connectionString);
  await container.create();
  // Written twice, so that the kept value is not simply the first one.
  for (const text of ['old', 'a blob']) await container.getBlockBlobClient('b').upload(text, text.length);
}

it('keeps tables, queues and blobs over a restart if it has a location', async () => {
  // The folder doesn't exist yet.
  const location = join(folder, 'data', 'storage');
  const first = await startAzurite({ location });
  await fill(first.connectionString);
  await first.stop();

  const second = await startAzurite({ location });
  expect(await openTable(second.connectionString).getEntity('p', 'r')).toMatchObject(entity);
  const { peekedMessageItems } = await new QueueClient(second.connectionString, 'kept').peekMessages();
  expect(peekedMessageItems.map(({ messageText }) => messageText)).toEqual(['a message']);
  const blob = await openContainer(second.connectionString).getBlobClient('b').downloadToBuffer();
  expect(blob.toString()).toBe('a blob');
  await second.stop();
});

it('stores the requests that were in progress when it was stopped', async () => {
  const location = join(folder, 'under-way');
  const first = await startAzurite({ location });
  const table = openTable(first.connectionString);
  await table.createTable();
  const writes = Array.from({ length: 50 }, (_unused, index) =>
    table.createEntity({ partitionKey: 'p', rowKey: String(index) }).then(
      () => String(index),
      () => undefined,
    ),
  );
  await writes[0];
  await first.stop();
  const written = (await Promise.all(writes)).filter((rowKey) => rowKey !== undefined);

  const second = await startAzurite({ location });
  const kept: (string | undefined)[] = [];
  for await (const { rowKey } of openTable(second.connectionString).listEntities()) kept.push(rowKey);
  expect(kept).toEqual(expect.arrayContaining(written));
  await second.stop();
});

it('keeps nothing without a location, shares nothing with another one, and prints nothing', async () => {
  const [one, other] = await Promise.all([startAzurite(), startAzurite()]);
  const printing = vi.spyOn(process.stdout, 'write');
  await fill(one.connectionString);
  expect(printing).not.toHaveBeenCalled();
  printing.mockRestore();
  expect(await new QueueClient(other.connectionString, 'kept').exists()).toBe(false);
  expect(await openContainer(other.connectionString).exists()).toBe(false);
  const address = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/devstoreaccount1$/);
  const addresses = [one, other].flatMap(({ blobUrl, queueUrl, tableUrl }) => [blobUrl, queueUrl, tableUrl]);
  expect(addresses).toEqual([address, address, address, address, address, address]);
  expect(new Set(addresses).size).toBe(6);
  await Promise.all([one.stop(), other.stop()]);
});
