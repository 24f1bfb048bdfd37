import { afterAll, expect, test } from 'vitest';

import { startAzurite } from '../../src/local/azurite.ts';
import { createInboundQueue } from '../../src/storage/queues/inbound-queue.ts';
import { createNotificationQueue } from '../../src/storage/queues/notification-queue.ts';
import { startStorageProxy } from '../support/servers/storage-proxy.ts';

const azurite = await startAzurite({});
const storage = await startStorageProxy(azurite.connectionString);
afterAll(async () => {
  await storage.stop();
  await azurite.stop();
});

test('jobs are put on the queue of their kind, with their delay', async () => {
  const inboundQueue = createInboundQueue(storage);
  const queue = createNotificationQueue(storage);
  const enqueue = async (): Promise<void> => {
    await inboundQueue.enqueue({ inboundId: 'i1', again: true }, 7);
    await queue.enqueueChunk({ inboundId: 'i1', chunk: 3 });
    await queue.enqueueRetry({ inboundId: 'i1', subscriptionKey: 'k' }, 9);
  };
  // Queues are created with their first job.
  await enqueue();
  storage.reset();
  await enqueue();
  const sent = storage.operations().map(({ method, path }) => {
    const { pathname, searchParams } = new URL(path, 'http://localhost');
    return [method, pathname.split('/')[2], searchParams.get('visibilitytimeout'), searchParams.get('messagettl')];
  });
  expect(sent).toEqual([
    ['POST', 'inbound', '7', '-1'],
    ['POST', 'notifications', '0', '-1'],
    ['POST', 'notification-retries', '9', '-1'],
  ]);
});
