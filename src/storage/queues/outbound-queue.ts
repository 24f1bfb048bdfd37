import { QueueClient, RestError } from '@azure/storage-queue';

import type { OutboundQueue } from '../../messages/index.ts';
import { managedIdentity } from '../connection.ts';
import type { StorageConnection } from '../connection.ts';

/** The queue that the outbound worker listens to. */
export const outboundQueueName = 'outbound';

/** Puts jobs on the queue `outbound`, base64-encoded JSON as Azure Functions expects it; they never expire. */
export function createOutboundQueue(connection: StorageConnection): OutboundQueue {
  const client =
    'connectionString' in connection
      ? new QueueClient(connection.connectionString, outboundQueueName)
      : new QueueClient(`${connection.queueUrl}/${outboundQueueName}`, managedIdentity(connection.identityClientId));

  return {
    async enqueue(job, delaySeconds = 0) {
      const text = Buffer.from(JSON.stringify(job)).toString('base64');
      const send = () => client.sendMessage(text, { visibilityTimeout: delaySeconds, messageTimeToLive: -1 });
      await send().catch(async (error: unknown) => {
        if (!(error instanceof RestError) || error.code !== 'QueueNotFound') throw error;
        await client.createIfNotExists();
        await send();
      });
    },
  };
}
