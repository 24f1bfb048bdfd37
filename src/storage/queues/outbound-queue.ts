import type { OutboundJob, OutboundQueue } from '../../messages/index.ts';
import type { StorageConnection } from '../connection.ts';
import { openQueue } from './open-queue.ts';

/** The queue that the outbound worker listens to. */
const outboundQueueName = 'outbound';

/** Puts jobs on the queue `outbound`. */
export function createOutboundQueue(connection: StorageConnection): OutboundQueue {
  return { enqueue: openQueue<OutboundJob>(connection, outboundQueueName) };
}
