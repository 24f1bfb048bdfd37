import { packChunk } from '../../messages/stored-form.ts';
import type { OutboundQueue } from '../../messages/index.ts';
import type { StorageConnection } from '../connection.ts';
import { createGatherer } from './gather-jobs.ts';
import { openQueue } from './open-queue.ts';

/**
 * Puts jobs on the queue `outbound`. A job that carries its chunk is small. Such jobs share a queue message if they are
 * queued at the same moment, so that many single sends cost few queue messages.
 */
export function createOutboundQueue(connection: StorageConnection): OutboundQueue {
  const enqueue = openQueue<object>(connection, 'outbound');
  const gather = createGatherer<object>((jobs) => enqueue(jobs.length === 1 ? (jobs[0] ?? {}) : { jobs }));
  return {
    enqueue(job, delaySeconds = 0) {
      const { carried, ...rest } = job;
      if (carried === undefined || delaySeconds > 0) return enqueue(rest, delaySeconds);
      return gather({ ...rest, carried: packChunk(carried) });
    },
  };
}
