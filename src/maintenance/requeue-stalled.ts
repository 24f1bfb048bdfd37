import type { InboundQueue, InboundStore } from '../conversations/index.ts';
import type { CallbackQueue, CallbackStore, ChunkCallbacks } from '../delivery-callbacks/index.ts';
import type { NotificationQueue, NotificationStore } from '../notifications/index.ts';
import { enqueueWaiting } from './enqueue-chunks.ts';
import type { EnqueueChunksDeps } from './enqueue-chunks.ts';
import type { Sweep } from './sweep.ts';

/** Settings of the sweeps for stalled work. */
interface StalledDeps {
  maintenance: {
    /** How long work may lie untouched before it is queued again, in seconds. */
    stalledAfterSeconds: number;
  };
  now: () => Date;
}

interface RequeueInboundDeps extends StalledDeps {
  inbound: { store: Pick<InboundStore, 'listReceived'>; queue: InboundQueue };
}

interface RequeueNotificationsDeps extends StalledDeps {
  flows: { notifications: Pick<NotificationStore, 'listWaiting'>; queue: NotificationQueue };
}

interface RequeueCallbacksDeps extends StalledDeps {
  dlr: { store: Pick<CallbackStore, 'listWaiting'>; queue: CallbackQueue };
}

/** Dependencies of queueing stalled work again. */
export type RequeueDeps = EnqueueChunksDeps & RequeueInboundDeps & RequeueNotificationsDeps & RequeueCallbacksDeps;

/**
 * The ages of the sweeps, as multiples of `stalledAfterSeconds`: a later sweep finds work that got lost again after the
 * first.
 */
const tiers = [1, 12, 288, 2_016] as const;

/** The sweeps that find stalled work of one kind: by default after 5 minutes, an hour, a day and a week. */
function stalledSweeps<Deps extends StalledDeps>(
  name: string,
  { step, accounts }: Pick<Sweep<Deps>, 'step' | 'accounts'>,
): readonly Sweep<Deps>[] {
  return tiers.map((tier) => ({
    name: `${name}-${tier}`,
    ageSeconds: ({ maintenance }) => tier * maintenance.stalledAfterSeconds,
    range: 'new',
    everySeconds: ({ maintenance }) => Math.ceil((tier * maintenance.stalledAfterSeconds) / 5),
    step,
    ...(accounts === undefined ? {} : { accounts }),
  }));
}

/**
 * Tells whether no worker has touched work in flight for so long that the queue message of the work must be lost.
 *
 * @param touched when the work was written, when it is due, until when a worker has it; absent times don't count
 */
function isStalled(touched: readonly (Date | undefined)[], { maintenance, now }: StalledDeps): boolean {
  const latest = Math.max(...touched.map((time) => time?.getTime() ?? 0));
  // 800 ms for each second of the age at which it is swept, or the sweep would miss work that was queued late.
  return now().getTime() - latest >= maintenance.stalledAfterSeconds * 800;
}

/** Chunks that were accepted and never reached the queue, or got lost on it. */
const requeueMessages = stalledSweeps<EnqueueChunksDeps & StalledDeps>('requeue-messages', {
  accounts: ({ messages }) => messages.finders.length,
  step: (page, deps) =>
    enqueueWaiting(
      page,
      ({ leasedUntil, notBefore, updatedAt, sendAt }) => isStalled([leasedUntil, notBefore, updatedAt, sendAt], deps),
      deps,
    ),
});

/** Inbound messages that were stored and not routed; to queue one again is harmless. */
const requeueInbound = stalledSweeps<RequeueInboundDeps>('requeue-inbound', {
  async step({ span, from }, { inbound }) {
    const { items, next } = await inbound.store.listReceived(span, from);
    for (const inboundId of items) await inbound.queue.enqueue({ inboundId });
    return { done: items.length, next };
  },
});

/** Notifications that wait, and that no worker has in flight. */
const requeueNotifications = stalledSweeps<RequeueNotificationsDeps>('requeue-notifications', {
  async step({ span, from }, deps) {
    const { flows } = deps;
    const { items, next } = await flows.notifications.listWaiting(span, from);
    const stalled = items.filter(({ leasedUntil, notBefore }) => isStalled([leasedUntil, notBefore], deps));
    for (const { job } of stalled) {
      await ('chunk' in job ? flows.queue.enqueueChunk(job) : flows.queue.enqueueRetry(job));
    }
    return { done: stalled.length, next };
  },
});

/** Delivery callbacks that wait, and that no worker has in flight. */
const requeueCallbacks = stalledSweeps<RequeueCallbacksDeps>('requeue-callbacks', {
  async step({ span, from }, deps) {
    const { dlr } = deps;
    const { items, next } = await dlr.store.listWaiting(span, from);
    const stalled = items.filter((callbacks) => {
      const { lease, jobAt, changedAt } = callbacks;
      return isStalled([lease?.until, jobAt, changedAt, firstDueTime(callbacks)], deps);
    });
    for (const { messageId, chunk, jobAt } of stalled) {
      // Queued as the job that was to come, or a worker would wait for that one.
      await dlr.queue.enqueue({ messageId, chunk, ...(jobAt === undefined ? {} : { dueAt: jobAt.getTime() }) });
    }
    return { done: stalled.length, next };
  },
});

/** When the first of the waiting callbacks is due: a chunk's job waits for that one. */
function firstDueTime({ entries }: ChunkCallbacks): Date | undefined {
  const times = entries.flatMap(({ state, notBefore, since }) => (state === 'waiting' ? [notBefore ?? since] : []));
  return times.sort((left, right) => left.getTime() - right.getTime())[0];
}

/** Queue work again that no worker has in flight. */
export const requeueSweeps: readonly Sweep<RequeueDeps>[] = [
  ...requeueMessages,
  ...requeueInbound,
  ...requeueNotifications,
  ...requeueCallbacks,
];
