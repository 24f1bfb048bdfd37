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

/** A job's result, for the log. */
export type DeliverChunkResult =
  | { result: 'done'; delivered: number; retried: number; givenUp: number }
  | { result: 'missing' | 'nothingToDo' | 'taken' };

/** The result for one target. */
interface Delivery {
  state: ChunkState;
  /** The notification to retry individually. */
  retry?: RetryNotification;
  /** The verdict of a call that is still under way. */
  pending?: Promise<Verdict>;
}

/**
 * Delivers a chunk: calls all its subscribers at once. A notification that fails, or whose call takes too long, leaves
 * the chunk and is retried individually, so neither a slow nor a dead subscriber delays the others. If a worker dies,
 * another worker takes the chunk over when the lease ends, and repeats the calls that the first worker made.
 */
export async function deliverChunk(job: NotificationJob, deps: NotificationDeps): Promise<DeliverChunkResult> {
  const { flows, now } = deps;
  const found = await flows.notifications.readChunk(job.inboundId, job.chunk);
  if (found === undefined) return { result: 'missing' };
  const { chunk } = found;
  if (!chunk.states.includes('waiting')) return { result: 'nothingToDo' };
  const claimed = await claim(found, deps);
  if (claimed === undefined) {
    // Another worker has the chunk but may still die, and this may be the only queue message left for the chunk.
    await flows.queue.enqueueChunk(
      job,
      secondsUntil(chunk.leasedUntil ?? leaseEnd(now(), flows.leaseSeconds), now()) + 1,
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
  const progress = { states, attempts: attempts + 1, leasedUntil: leaseEnd(now(), flows.leaseSeconds) };
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
  // If our storage fails for this target, it is retried individually: the others must not be called again.
  const decision = await decide(called, verdict, deps).catch((): Decision => ({
    state: 'waiting',
    notBefore: leaseEnd(deps.now(), deps.flows.leaseSeconds),
  }));
  if (decision.state !== 'waiting') return { state: decision.state === 'delivered' ? 'delivered' : 'ended' };
  return { state: 'retried', retry: { ...called, lastAnswer: verdict.answer, notBefore: decision.notBefore } };
}

/** Stores and queues the notifications to retry. Only then can the verdicts of pending calls find them. */
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
