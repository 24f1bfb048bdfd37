import type { Verdict } from '../http-delivery/index.ts';
import { secondsUntil } from '../core/seconds-until.ts';
import { failpoint } from '../core/failpoint.ts';
import { decide } from './decide.ts';
import type { Decision } from './decide.ts';
import type { NotificationDeps } from './deps.ts';
import type { RetryNotification, RetryProgress, VersionedRetry } from './notification.ts';

/**
 * Records the verdict on a retry notification's call, and queues the next call if there is one.
 *
 * @param jobAt when a job that is already queued comes; if the next call is due at that time or later, no other job is
 *   queued
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
  // Queued before it is recorded: a crash in between leaves one job too many, never one too few.
  if (decision.state === 'waiting' && (jobAt === undefined || decision.notBefore < jobAt)) {
    const delay = secondsUntil(decision.notBefore, deps.now());
    await deps.flows.queue.enqueueRetry({ inboundId, subscriptionKey: target.key }, delay);
    failpoint('retry.requeued');
  }
  // If another worker was faster, its record stands.
  await deps.flows.notifications.updateRetry(called, progress);
  return decision.state;
}

/**
 * Records the verdict of a call that continues after its worker has ended. If this process dies first, or recording
 * fails, the job that comes at the end of the lease calls again.
 */
export function recordVerdictLater(
  { inboundId, target, attempts, leasedUntil }: RetryNotification,
  pending: Promise<Verdict>,
  deps: NotificationDeps,
): void {
  const record = async (): Promise<void> => {
    const verdict = await pending;
    const found = await deps.flows.notifications.readRetry(inboundId, target.key);
    if (found?.retry.state !== 'waiting' || found.retry.attempts !== attempts) return;
    // The stored target may be out of date, if the flow has subscribed again since.
    await recordVerdict({ ...found, retry: { ...found.retry, target } }, verdict, deps, leasedUntil);
  };
  record().catch(() => undefined);
}
