import type { Verdict } from '../http-delivery/index.ts';
import { secondsUntil } from '../core/seconds-until.ts';
import { failpoint } from '../core/failpoint.ts';
import { decide } from './decide.ts';
import type { Decision } from './decide.ts';
import type { NotificationDeps } from './deps.ts';
import type { RetryNotification, RetryProgress, VersionedRetry } from './notification.ts';

/**
 * Records what came of a call of a notification that goes alone, and queues the next one where there is one.
 *
 * @param jobAt when a job comes that is queued already; it sees to the next call where that is due later
 */
export async function recordVerdict(
  called: VersionedRetry,
  verdict: Verdict,
  deps: NotificationDeps,
  jobAt?: Date,
): Promise<Decision['state']> {
  const { retry } = called;
  const { inboundId, target, since, attempts } = retry;
  const decision = await decide(retry, verdict, deps);
  const progress: RetryProgress = {
    state: decision.state,
    since,
    attempts,
    lastAnswer: verdict.answer,
    ...(decision.state === 'waiting' ? { notBefore: decision.notBefore } : {}),
  };
  // Queued before it is recorded: a crash in between leaves a job too many, never one too few.
  if (decision.state === 'waiting' && (jobAt === undefined || decision.notBefore < jobAt)) {
    const delay = secondsUntil(decision.notBefore, deps.now());
    await deps.flows.queue.enqueueRetry({ inboundId, subscriptionKey: target.key }, delay);
    failpoint('retry.requeued');
  }
  // Where another worker got ahead, its word stands.
  await deps.flows.notifications.updateRetry(called, progress);
  return decision.state;
}

/**
 * Records the verdict of a call that goes on after its worker has ended. Should this process die before, or the record
 * fail, the job that comes at the end of the lease calls once more.
 */
export function recordVerdictLater(
  { inboundId, target, attempts, leasedUntil }: RetryNotification,
  pending: Promise<Verdict>,
  deps: NotificationDeps,
): void {
  const settle = async (): Promise<void> => {
    const verdict = await pending;
    const found = await deps.flows.notifications.readRetry(inboundId, target.key);
    if (found?.retry.state !== 'waiting' || found.retry.attempts !== attempts) return;
    // What is stored may name the subscription as it was before it was subscribed anew.
    await recordVerdict({ ...found, retry: { ...found.retry, target } }, verdict, deps, leasedUntil);
  };
  settle().catch(() => undefined);
}
