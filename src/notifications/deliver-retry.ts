import { failpoint } from '../core/failpoint.ts';
import { callTarget } from './call-target.ts';
import { targetOf } from './create-notifier.ts';
import { reasonOf } from './decide.ts';
import { leaseEnd, progressOf, secondsUntil } from './deps.ts';
import type { NotificationDeps } from './deps.ts';
import { giveUp } from './give-up.ts';
import type { VersionedLone } from './notification.ts';
import type { LoneJob } from './ports.ts';
import { settleLater, settleLone } from './record-verdict.ts';

/** Seconds after which a notification for a subscriber with many slow calls under way is looked at again. */
const crowdedSeconds = 30;

/** What became of a job, for the log. */
export type DeliverLoneResult =
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

/** Delivers a notification that goes alone, to its subscription as it is now. */
export async function deliverLone(job: LoneJob, deps: NotificationDeps): Promise<DeliverLoneResult> {
  const { notifications, notificationQueue, slow, now, random } = deps;
  const found = await notifications.readLone(job.inboundId, job.subscriptionKey);
  if (found === undefined) return 'missing';
  const { lone } = found;
  if (lone.state !== 'waiting') return 'nothingToDo';
  const putOff = async <Result>(result: Result, seconds: number): Promise<Result> => {
    await notificationQueue.enqueueLone(job, seconds);
    return result;
  };
  const wait = secondsUntil(lone.notBefore, now());
  if (wait > 0) return putOff('notDue', wait);
  // Its worker may yet die, and this may be the only message left that knows of it.
  const lease = secondsUntil(lone.leasedUntil, now());
  if (lease > 0) return putOff('taken', lease);
  const known = await deps.subscriptions.find(lone.target.pipelineId, lone.target.key);
  if (known === undefined) {
    await notifications.updateLone(found, { ...progressOf(found), state: 'ended' });
    return 'unsubscribed';
  }
  const { subscription } = known;
  if (subscription.state !== 'active') {
    await giveUp(lone, reasonOf(subscription.state, 'never'), deps);
    await notifications.updateLone(found, { ...progressOf(found), state: 'givenUp' });
    return 'givenUp';
  }
  const isOver = now().getTime() - lone.since.getTime() > deps.schedule.giveUpAfterSeconds * 1_000;
  if (slow.isCrowded(lone.target.key) && !isOver) return putOff('crowded', Math.ceil(crowdedSeconds * (1 + random())));
  const progress = { ...progressOf(found), attempts: lone.attempts + 1, leasedUntil: leaseEnd(deps) };
  const claimed = await notifications.updateLone(found, progress);
  if (claimed === 'conflict') return putOff('taken', secondsUntil(progress.leasedUntil, now()) + 1);
  failpoint('retry.claimed');
  return call({ ...claimed, lone: { ...claimed.lone, target: targetOf(subscription) } }, job, deps);
}

async function call(claimed: VersionedLone, job: LoneJob, deps: NotificationDeps): Promise<DeliverLoneResult> {
  const { lone } = claimed;
  const result = await callTarget(lone.target, lone.payload, deps);
  failpoint('retry.called');
  if ('verdict' in result) return settleLone(claimed, result.verdict, deps);
  await deps.notificationQueue.enqueueLone(job, secondsUntil(lone.leasedUntil, deps.now()) + 1);
  settleLater(lone, result.pending, deps);
  return 'underWay';
}
