import type { StorageConnection } from '../connection.ts';
import { withRetry } from '../service/with-retry.ts';
import { openService } from '../service/open-service.ts';
import { StorageError } from '../service/storage-error.ts';

/** The maximum size of a job, in bytes: a queue message holds 64 KiB of base64 (Azure documentation, "Put Message"). */
const jobBytes = 48 * 1024;

/** Puts a job on a queue. Workers see it after `delaySeconds`; default: at once. */
export type Enqueue<Job> = (job: Job, delaySeconds?: number) => Promise<void>;

/**
 * Opens a queue, which is created with its first job. Jobs are base64-encoded JSON, as Azure Functions expects them,
 * and never expire. If the answer to a try is lost, the retry queues the job a second time.
 *
 * @returns a function that rejects with an UnavailableError while storage fails, and with an Error if the job is too
 *   large
 */
export function openQueue<Job>(connection: StorageConnection, name: string): Enqueue<Job> {
  const service = openService(connection, 'queue');
  return async (job, delaySeconds = 0) => {
    const bytes = Buffer.from(JSON.stringify(job));
    // Azurite accepts larger messages than Azure.
    if (bytes.length > jobBytes) {
      throw new Error(`a job for the queue ${name} has ${bytes.length} bytes, more than ${jobBytes}`);
    }
    // Base64 needs no escaping in XML.
    const text = bytes.toString('base64');
    const put = () =>
      service.send({
        method: 'POST',
        path: `/${name}/messages`,
        query: `visibilitytimeout=${delaySeconds}&messagettl=-1`,
        headers: { 'content-type': 'application/xml' },
        body: `<?xml version="1.0" encoding="utf-8"?><QueueMessage><MessageText>${text}</MessageText></QueueMessage>`,
      });
    try {
      await withRetry(put);
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'QueueNotFound') throw error;
      // This succeeds, too, if another process creates the queue at the same time, as long as it has no metadata.
      await withRetry(() => service.send({ method: 'PUT', path: `/${name}` }));
      await withRetry(put);
    }
  };
}
