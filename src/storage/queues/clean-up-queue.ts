import type { CleanUpJob, CleanUpQueue } from '../../contacts/index.ts';
import type { StorageConnection } from '../connection.ts';
import { openQueue } from './open-queue.ts';

/** Puts jobs on the queue `contact-cleanup`, which the clean-up worker reads. */
export function createCleanUpQueue(connection: StorageConnection): CleanUpQueue {
  const enqueue = openQueue<CleanUpJob>(connection, 'contact-cleanup');
  return { enqueue: (job) => enqueue(job) };
}
