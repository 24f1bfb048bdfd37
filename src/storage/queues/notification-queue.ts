import type { RetryJob, NotificationJob, NotificationQueue } from '../../notifications/index.ts';
import type { StorageConnection } from '../connection.ts';
import { openQueue } from './open-queue.ts';

/** Puts chunks on the queue `notifications` and retry notifications on `notification-retries`. Each has its worker. */
export function createNotificationQueue(connection: StorageConnection): NotificationQueue {
  return {
    enqueueChunk: openQueue<NotificationJob>(connection, 'notifications'),
    enqueueRetry: openQueue<RetryJob>(connection, 'notification-retries'),
  };
}
