import { QueueServiceClient } from '@azure/storage-queue';

import type { StorageConnection } from '../connection.ts';

/** Opens all queues of an account, for what only operators' commands do: count, take and put back messages. */
export function openQueueService(connection: StorageConnection): QueueServiceClient {
  return 'connectionString' in connection
    ? QueueServiceClient.fromConnectionString(connection.connectionString)
    : new QueueServiceClient(connection.queueUrl, connection.credential);
}
