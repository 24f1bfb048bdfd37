import { encodeCallbackJob } from '../../delivery-callbacks/index.ts';
import type { CallbackQueue } from '../../delivery-callbacks/index.ts';
import type { StorageConnection } from '../connection.ts';
import { openQueue } from './open-queue.ts';

/** Puts jobs on the queue `delivery-callbacks`, which the worker of delivery callbacks reads. */
export function createCallbackQueue(connection: StorageConnection): CallbackQueue {
  const enqueue = openQueue<object>(connection, 'delivery-callbacks');
  return { enqueue: (job, delaySeconds) => enqueue(encodeCallbackJob(job), delaySeconds) };
}
