import type { StorageConnection } from '../connection.ts';
import { withRetry } from '../service/with-retry.ts';
import { openService } from '../service/open-service.ts';
import { StorageError } from '../service/storage-error.ts';

/** A queue message holds 64 KiB of base64 (Azure documentation, "Put Message"). */
const jobBytes = 48 * 1024;

/** Puts a job on a queue, to be seen after so many seconds, at once by default. */
export type Enqueue<Job> = (job: Job, delaySeconds?: number) => Promise<void>;

/**
 * Opens a queue, which comes into being with its first job. Jobs are base64-encoded JSON, as Azure Functions expects
 * them, and never expire. A job may come twice, where the answer to the first try is lost.
 */
export function openQueue<Job>(connection: StorageConnection, name: string): Enqueue<Job> {
  const service = openService(connection, 'queue');
  return async (job, delaySeconds = 0) => {
    const bytes = Buffer.from(JSON.stringify(job));
    // Azurite takes what Azure refuses.
    if (bytes.length > jobBytes) throw new Error(`a job for ${name} is too large`);
    // Base64 has no sign that XML gives a meaning.
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
      // Done as well where others created it at the same time, so long as it has no metadata.
      await withRetry(() => service.send({ method: 'PUT', path: `/${name}` }));
      await withRetry(put);
    }
  };
}
