import { leaseEnd } from '../http-delivery/index.ts';
import type { Verdict } from '../http-delivery/index.ts';
import { secondsUntil } from '../core/seconds-until.ts';
import { failpoint } from '../core/failpoint.ts';
import { callTarget } from './call-target.ts';
import { decide } from './decide.ts';
import type { Decision } from './decide.ts';
import type { NotificationDeps } from './deps.ts';
import type {
  ChunkState,
  RetryNotification,
  NotificationChunk,
  Target,
  VersionedNotificationChunk,
} from './notification.ts';
import type { NotificationJob } from './ports.ts';
import { recordVerdictLater } from './record-verdict.ts';

/** What became of a job, for the log. */
export type DeliverChunkResult =
  | { result: 'done'; delivered: number; retried: number; givenUp: number }
  | { result: 'missing' | 'nothingToDo' | 'taken' };

/** What became of one target. */
interface Delivery {
  state: ChunkState;
  /** What goes on alone. */
  retry?: RetryNotification;
  /** The verdict of a call that is still under way. */
  pending?: Promise<Verdict>;
}

/**
 * Delivers a chunk: all its subscribers are called at once, each by itself. What fails leaves the chunk and goes on
 * alone, as does a call that nobody should wait for, so neither a slow nor a dead subscriber holds up another. A worker
 * that died in between leaves the chunk to the next when its lease is over; subscribers it had reached are then called
 * twice.
 */
export async function deliverChunk(job: NotificationJob, deps: NotificationDeps): Promise<DeliverChunkResult> {
  const { flows, now } = deps;
  const found = await flows.notifications.readChunk(job.inboundId, job.chunk);
  if (found === undefined) return { result: 'missing' };
  const { chunk } = found;
  if (!chunk.states.includes('waiting')) return { result: 'nothingToDo' };
  const claimed = await claim(found, deps);
  if (claimed === undefined) {
    // Another worker has it, which may yet die; and this may be the only message left that knows of the chunk.
    await flows.queue.enqueueChunk(
      job,
      secondsUntil(chunk.leasedUntil ?? leaseEnd(deps.now(), deps.flows.leaseSeconds), now()) + 1,
    );
    return { result: 'taken' };
  }
  failpoint('deliver.claimed');
  const deliveries = await Promise.all(
    chunk.targets.map(async (target, targetIndex) =>
      chunk.states[targetIndex] === 'waiting'
        ? deliver(target, chunk, deps)
        : { state: chunk.states[targetIndex] ?? 'ended' },
    ),
  );
  failpoint('deliver.called');
  await scheduleRetries(deliveries, deps);
  failpoint('deliver.retriesQueued');
  const states = deliveries.map(({ state }) => state);
  const recorded = await flows.notifications.updateChunk(claimed, { states, attempts: claimed.chunk.attempts });
  if (recorded === 'conflict') throw new Error(`chunk ${job.chunk} of ${job.inboundId} changed while it was leased`);
  failpoint('deliver.recorded');
  const count = (wanted: ChunkState): number => states.filter((state) => state === wanted).length;
  return { result: 'done', delivered: count('delivered'), retried: count('retried'), givenUp: count('ended') };
}

async function claim(
  found: VersionedNotificationChunk,
  deps: NotificationDeps,
): Promise<VersionedNotificationChunk | undefined> {
  const { flows, now } = deps;
  const { states, attempts, leasedUntil } = found.chunk;
  if (leasedUntil !== undefined && leasedUntil > now()) return undefined;
  const progress = { states, attempts: attempts + 1, leasedUntil: leaseEnd(deps.now(), deps.flows.leaseSeconds) };
  const claimed = await flows.notifications.updateChunk(found, progress);
  return claimed === 'conflict' ? undefined : claimed;
}

async function deliver(
  target: Target,
  { inboundId, customerId, serviceId, payload }: NotificationChunk,
  deps: NotificationDeps,
): Promise<Delivery> {
  const since = deps.now();
  const untried: RetryNotification = {
    inboundId,
    customerId,
    serviceId,
    payload,
    target,
    state: 'waiting',
    since,
    attempts: 0,
  };
  if (deps.flows.slow.isSlow(target.key)) return { state: 'retried', retry: untried };
  const called = { ...untried, attempts: 1 };
  const result = await callTarget(target, payload, deps);
  if ('pending' in result) {
    return {
      state: 'retried',
      retry: { ...called, leasedUntil: leaseEnd(deps.now(), deps.flows.leaseSeconds) },
      pending: result.pending,
    };
  }
  const { verdict } = result;
  // Where our own storage fails for this one, it goes on alone: the others must not be called again for it.
  const decision = await decide(called, verdict, deps).catch((): Decision => ({
    state: 'waiting',
    notBefore: leaseEnd(deps.now(), deps.flows.leaseSeconds),
  }));
  if (decision.state !== 'waiting') return { state: decision.state === 'delivered' ? 'delivered' : 'ended' };
  return { state: 'retried', retry: { ...called, lastAnswer: verdict.answer, notBefore: decision.notBefore } };
}

/** Stores and queues what goes on alone; only then can the verdicts to come find it. */
async function scheduleRetries(deliveries: readonly Delivery[], deps: NotificationDeps): Promise<void> {
  const { flows, now } = deps;
  const retried = deliveries.flatMap(({ retry, pending }) => (retry === undefined ? [] : [{ retry, pending }]));
  if (retried.length === 0) return;
  await flows.notifications.createRetries(retried.map(({ retry }) => retry));
  failpoint('deliver.retriesWritten');
  await Promise.all(
    retried.map(({ retry: { inboundId, target, notBefore, leasedUntil } }) => {
      const delay = secondsUntil(notBefore ?? leasedUntil, now());
      return flows.queue.enqueueRetry({ inboundId, subscriptionKey: target.key }, delay);
    }),
  );
  for (const { retry, pending } of retried) if (pending !== undefined) recordVerdictLater(retry, pending, deps);
}
