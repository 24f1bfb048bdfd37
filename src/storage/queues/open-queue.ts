import { QueueClient, RestError } from '@azure/storage-queue';

import type { StorageConnection } from '../connection.ts';

/** Puts a job on a queue, to be seen after so many seconds, at once by default. */
export type Enqueue<Job> = (job: Job, delaySeconds?: number) => Promise<void>;

/**
 * Opens a queue, which comes into being with its first job. Jobs are base64-encoded JSON, as Azure Functions expects
 * them, and never expire.
 */
export function openQueue<Job>(connection: StorageConnection, name: string): Enqueue<Job> {
  const client =
    'connectionString' in connection
      ? new QueueClient(connection.connectionString, name)
      : new QueueClient(`${connection.queueUrl}/${name}`, connection.credential);
  return async (job, delaySeconds = 0) => {
    const text = Buffer.from(JSON.stringify(job)).toString('base64');
    const send = () => client.sendMessage(text, { visibilityTimeout: delaySeconds, messageTimeToLive: -1 });
    await send().catch(async (error: unknown) => {
      if (!(error instanceof RestError) || error.code !== 'QueueNotFound') throw error;
      await client.createIfNotExists();
      await send();
    });
  };
}
