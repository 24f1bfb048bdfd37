import { failpoint } from '../core/failpoint.ts';
import { decide } from './decide.ts';
import type { Decision } from './decide.ts';
import { secondsUntil } from './deps.ts';
import type { NotificationDeps } from './deps.ts';
import type { Verdict } from '../http-delivery/verdict.ts';
import type { LoneNotification, LoneProgress, VersionedLone } from './notification.ts';

/**
 * Records what came of a call of a notification that goes alone, and queues the next one where there is one.
 *
 * @param jobAt when a job comes that is queued already; it sees to the next call where that is due later
 */
export async function settleLone(
  called: VersionedLone,
  verdict: Verdict,
  deps: NotificationDeps,
  jobAt?: Date,
): Promise<Decision['state']> {
  const { lone } = called;
  const { inboundId, target, since, attempts } = lone;
  const decision = await decide(lone, verdict, deps);
  const progress: LoneProgress = {
    state: decision.state,
    since,
    attempts,
    lastAnswer: verdict.answer,
    ...(decision.state === 'waiting' ? { notBefore: decision.notBefore } : {}),
  };
  // Queued before it is recorded: a crash in between leaves a job too many, never one too few.
  if (decision.state === 'waiting' && (jobAt === undefined || decision.notBefore < jobAt)) {
    const delay = secondsUntil(decision.notBefore, deps.now());
    await deps.notificationQueue.enqueueLone({ inboundId, subscriptionKey: target.key }, delay);
    failpoint('retry.requeued');
  }
  // Where another worker got ahead, its word stands.
  await deps.notifications.updateLone(called, progress);
  return decision.state;
}

/**
 * Records the verdict of a call that goes on after its worker has ended. Should this process die before, or the record
 * fail, the job that comes at the end of the lease calls once more.
 */
export function settleLater(
  { inboundId, target, attempts, leasedUntil }: LoneNotification,
  pending: Promise<Verdict>,
  deps: NotificationDeps,
): void {
  const settle = async (): Promise<void> => {
    const verdict = await pending;
    const found = await deps.notifications.readLone(inboundId, target.key);
    if (found?.lone.state !== 'waiting' || found.lone.attempts !== attempts) return;
    // What is stored may name the subscription as it was before it was subscribed anew.
    await settleLone({ ...found, lone: { ...found.lone, target } }, verdict, deps, leasedUntil);
  };
  settle().catch(() => undefined);
}
