import { defineRepairs, isForgotten } from './sweep.ts';
import type { Look, RepairWorld } from './sweep.ts';
import type { NotificationQueue, NotificationStore } from '../notifications/ports.ts';

/** What the looks at notifications work with. */
export interface NotificationLooksWorld extends RepairWorld {
  notifications: NotificationStore;
  notificationQueue: NotificationQueue;
}

/** Every look at notifications: those that wait, and that nobody has in hand, are queued again. */
export const notificationLooks: readonly Look<NotificationLooksWorld>[] = defineRepairs(
  'requeue-notifications',
  async ({ span, from }, world) => {
    const { notifications, notificationQueue } = world;
    const { items, next } = await notifications.listWaiting(span, from);
    const forgotten = items.filter(({ leasedUntil, notBefore }) => isForgotten([leasedUntil, notBefore], world));
    for (const { job } of forgotten) {
      await ('chunk' in job ? notificationQueue.enqueueChunk(job) : notificationQueue.enqueueLone(job));
    }
    return { done: forgotten.length, ...(next === undefined ? {} : { next }) };
  },
);
