import type { RetryJob, NotificationJob, NotificationQueue } from '../../notifications/index.ts';
import type { StorageConnection } from '../connection.ts';
import { openQueue } from './open-queue.ts';

/** Puts chunks on the queue `notifications` and what goes alone on `notification-retries`; a worker listens to each. */
export function createNotificationQueue(connection: StorageConnection): NotificationQueue {
  return {
    enqueueChunk: openQueue<NotificationJob>(connection, 'notifications'),
    enqueueRetry: openQueue<RetryJob>(connection, 'notification-retries'),
  };
}
