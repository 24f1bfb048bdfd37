import { leaseEnd } from '../http-delivery/index.ts';
import { secondsUntil } from '../core/seconds-until.ts';
import { failpoint } from '../core/failpoint.ts';
import { callTarget } from './call-target.ts';
import { targetOf } from './create-notifier.ts';
import { reasonOf } from './decide.ts';
import { progressOf } from './deps.ts';
import type { NotificationDeps } from './deps.ts';
import { giveUp } from './give-up.ts';
import type { VersionedRetry } from './notification.ts';
import type { RetryJob } from './ports.ts';
import { recordVerdictLater, recordVerdict } from './record-verdict.ts';

/** Seconds by which a notification is put off, at least, if its subscriber has many slow calls under way. */
const crowdedSeconds = 30;

/** A job's result, for the log. */
export type DeliverRetryResult =
  | 'delivered'
  | 'waiting'
  | 'givenUp'
  | 'unsubscribed'
  | 'underWay'
  | 'crowded'
  | 'notDue'
  | 'taken'
  | 'nothingToDo'
  | 'missing';

/** Delivers a retry notification to its subscription, as the subscription is now. */
export async function deliverRetry(job: RetryJob, deps: NotificationDeps): Promise<DeliverRetryResult> {
  const { flows, now, random } = deps;
  const found = await flows.notifications.readRetry(job.inboundId, job.subscriptionKey);
  if (found === undefined) return 'missing';
  const { retry } = found;
  if (retry.state !== 'waiting') return 'nothingToDo';
  const putOff = async <Result>(result: Result, seconds: number): Promise<Result> => {
    await flows.queue.enqueueRetry(job, seconds);
    return result;
  };
  const wait = secondsUntil(retry.notBefore, now());
  if (wait > 0) return putOff('notDue', wait);
  // The worker that has the notification may still die, and this may be the only queue message left for it.
  const lease = secondsUntil(retry.leasedUntil, now());
  if (lease > 0) return putOff('taken', lease);
  const known = await flows.subscriptions.find(retry.target.pipelineId, retry.target.key);
  if (known === undefined) {
    await flows.notifications.updateRetry(found, { ...progressOf(found), state: 'ended' });
    return 'unsubscribed';
  }
  const { subscription } = known;
  if (subscription.state !== 'active') {
    await giveUp(retry, reasonOf(subscription.state, 'never'), deps);
    await flows.notifications.updateRetry(found, { ...progressOf(found), state: 'givenUp' });
    return 'givenUp';
  }
  const isOver = now().getTime() - retry.since.getTime() > flows.schedule.giveUpAfterSeconds * 1_000;
  if (flows.slow.isCrowded(retry.target.key) && !isOver)
    return putOff('crowded', Math.ceil(crowdedSeconds * (1 + random())));
  const progress = {
    ...progressOf(found),
    attempts: retry.attempts + 1,
    leasedUntil: leaseEnd(now(), flows.leaseSeconds),
  };
  const claimed = await flows.notifications.updateRetry(found, progress);
  if (claimed === 'conflict') return putOff('taken', secondsUntil(progress.leasedUntil, now()) + 1);
  failpoint('retry.claimed');
  return call({ ...claimed, retry: { ...claimed.retry, target: targetOf(subscription) } }, job, deps);
}

async function call(claimed: VersionedRetry, job: RetryJob, deps: NotificationDeps): Promise<DeliverRetryResult> {
  const { retry } = claimed;
  const result = await callTarget(retry.target, retry.payload, deps);
  failpoint('retry.called');
  if ('verdict' in result) return recordVerdict(claimed, result.verdict, deps);
  await deps.flows.queue.enqueueRetry(job, secondsUntil(retry.leasedUntil, deps.now()) + 1);
  recordVerdictLater(retry, result.pending, deps);
  return 'underWay';
}
