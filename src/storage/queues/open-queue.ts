import type { QueueClient } from '@azure/storage-queue';

import type { StorageConnection } from '../connection.ts';

/** Puts a job on a queue, to be seen after so many seconds, at once by default. */
export type Enqueue<Job> = (job: Job, delaySeconds?: number) => Promise<void>;

/**
 * Opens a queue, which comes into being with its first job. Jobs are base64-encoded JSON, as Azure Functions expects
 * them, and never expire.
 */
export function openQueue<Job>(connection: StorageConnection, name: string): Enqueue<Job> {
  let opening: Promise<QueueClient> | undefined;
  return async (job, delaySeconds = 0) => {
    const client = await (opening ??= openClient(connection, name));
    const text = Buffer.from(JSON.stringify(job)).toString('base64');
    const send = () => client.sendMessage(text, { visibilityTimeout: delaySeconds, messageTimeToLive: -1 });
    await send().catch(async (error: unknown) => {
      if ((error as { code?: string } | null)?.code !== 'QueueNotFound') throw error;
      await client.createIfNotExists();
      await send();
    });
  };
}

/** The library is large, and most of what a flow maker does puts nothing on a queue, so the first job loads it. */
async function openClient(connection: StorageConnection, name: string): Promise<QueueClient> {
  const { QueueClient } = await import('@azure/storage-queue');
  return 'connectionString' in connection
    ? new QueueClient(connection.connectionString, name)
    : new QueueClient(`${connection.queueUrl}/${name}`, connection.credential);
}
