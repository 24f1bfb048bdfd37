import type { DlrDeps } from '../delivery-callbacks/deps.ts';
import { defineRepairs, isForgotten } from './sweep.ts';
import type { Look, StalledDeps } from './sweep.ts';
import type { CallbackEntry } from '../delivery-callbacks/callbacks.ts';

/** What the looks at callbacks work with. */
export interface CallbackSweepsDeps extends StalledDeps {
  dlr: Pick<DlrDeps, 'store' | 'queue'>;
}

/** The one that is due first is what its job waits for. */
function dueTimes(entries: readonly CallbackEntry[]): Date[] {
  const times = entries.flatMap(({ state, notBefore, since }) => (state === 'waiting' ? [notBefore ?? since] : []));
  return times.sort((left, right) => left.getTime() - right.getTime()).slice(0, 1);
}

/** Every look at callbacks: those that wait, and that nobody has in hand, are queued again. */
export const callbackLooks: readonly Look<CallbackSweepsDeps>[] = defineRepairs(
  'requeue-callbacks',
  async ({ span, from }, deps) => {
    const { dlr } = deps;
    const { items, next } = await dlr.store.listWaiting(span, from);
    const forgotten = items.filter(({ lease, jobAt, changedAt, entries }) =>
      isForgotten([lease?.until, jobAt, changedAt, ...dueTimes(entries)], deps),
    );
    for (const { messageId, chunk, jobAt } of forgotten) {
      // As the job that was to come, or a worker would wait for that.
      await dlr.queue.enqueue({ messageId, chunk, ...(jobAt === undefined ? {} : { dueAt: jobAt.getTime() }) });
    }
    return { done: forgotten.length, ...(next === undefined ? {} : { next }) };
  },
);
