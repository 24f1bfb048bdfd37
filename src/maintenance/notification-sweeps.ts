import { defineRepairs, isForgotten } from './sweep.ts';
import type { Look, StalledDeps } from './sweep.ts';
import type { NotificationQueue, NotificationStore } from '../notifications/ports.ts';

/** What the looks at notifications work with. */
export interface NotificationSweepsDeps extends StalledDeps {
  notifications: NotificationStore;
  notificationQueue: NotificationQueue;
}

/** Every look at notifications: those that wait, and that nobody has in hand, are queued again. */
export const notificationLooks: readonly Look<NotificationSweepsDeps>[] = defineRepairs(
  'requeue-notifications',
  async ({ span, from }, deps) => {
    const { notifications, notificationQueue } = deps;
    const { items, next } = await notifications.listWaiting(span, from);
    const forgotten = items.filter(({ leasedUntil, notBefore }) => isForgotten([leasedUntil, notBefore], deps));
    for (const { job } of forgotten) {
      await ('chunk' in job ? notificationQueue.enqueueChunk(job) : notificationQueue.enqueueRetry(job));
    }
    return { done: forgotten.length, ...(next === undefined ? {} : { next }) };
  },
);
