import type { FlowsDeps } from '../notifications/deps.ts';
import { defineRepairs, isForgotten } from './sweep.ts';
import type { Look, StalledDeps } from './sweep.ts';

/** What the looks at notifications work with. */
export interface NotificationSweepsDeps extends StalledDeps {
  flows: Pick<FlowsDeps, 'notifications' | 'queue'>;
}

/** Every look at notifications: those that wait, and that nobody has in hand, are queued again. */
export const notificationLooks: readonly Look<NotificationSweepsDeps>[] = defineRepairs(
  'requeue-notifications',
  async ({ span, from }, deps) => {
    const { flows } = deps;
    const { items, next } = await flows.notifications.listWaiting(span, from);
    const forgotten = items.filter(({ leasedUntil, notBefore }) => isForgotten([leasedUntil, notBefore], deps));
    for (const { job } of forgotten) {
      await ('chunk' in job ? flows.queue.enqueueChunk(job) : flows.queue.enqueueRetry(job));
    }
    return { done: forgotten.length, ...(next === undefined ? {} : { next }) };
  },
);
