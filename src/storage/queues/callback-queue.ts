import type { CallbackJob, CallbackQueue } from '../../delivery-callbacks/index.ts';
import type { StorageConnection } from '../connection.ts';
import { openQueue } from './open-queue.ts';

/** Puts jobs on the queue `delivery-callbacks`, to which the worker of that noun listens. */
export function createCallbackQueue(connection: StorageConnection): CallbackQueue {
  return { enqueue: openQueue<CallbackJob>(connection, 'delivery-callbacks') };
}
