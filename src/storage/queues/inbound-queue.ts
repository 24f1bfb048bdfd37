import type { InboundJob, InboundQueue } from '../../conversations/index.ts';
import type { StorageConnection } from '../connection.ts';
import { openQueue } from './open-queue.ts';

/** Puts jobs on the queue `inbound`, which the inbound worker reads. */
export function createInboundQueue(connection: StorageConnection): InboundQueue {
  return { enqueue: openQueue<InboundJob>(connection, 'inbound') };
}
