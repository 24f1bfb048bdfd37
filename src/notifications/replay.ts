import type { ReplayDeps } from './deps.ts';
import { failpoint } from '../core/failpoint.ts';
import { targetOf } from './create-notifier.ts';
import type { DeadLetter, RetryNotification } from './notification.ts';

/** The result of a replay. `unsubscribed`: the subscription no longer exists, and the dead letter stays. */
export type ReplayResult = 'replayed' | 'unsubscribed' | 'missing';

/**
 * Queues a dead letter for delivery to its subscription as it is now, with the whole retry schedule. A subscription
 * that has ended or is disabled becomes active: the operator who replays vouches that it works again. Replaying twice
 * delivers at most twice.
 */
export async function replayDeadLetter(id: string, deps: ReplayDeps): Promise<ReplayResult> {
  const { flows, now } = deps;
  const letter = await flows.deadLetters.read(id);
  if (letter === undefined) return 'missing';
  const { inboundId, pipelineId, subscriptionKey } = letter;
  const known = await flows.subscriptions.find(pipelineId, subscriptionKey);
  if (known === undefined) return 'unsubscribed';
  const { subscription } = known;
  if (subscription.state !== 'active') await flows.subscriptions.update(known, { state: 'active' });
  const restarted = { state: 'waiting', since: now(), attempts: 0 } as const;
  for (;;) {
    const found = await flows.notifications.readRetry(inboundId, subscriptionKey);
    if (found === undefined)
      await flows.notifications.createRetries([{ ...retryOf(letter, targetOf(subscription)), ...restarted }]);
    // A conflict can mean that a worker is just recording that it gave up.
    else if ((await flows.notifications.updateRetry(found, restarted)) === 'conflict') continue;
    break;
  }
  failpoint('replay.renewed');
  await flows.queue.enqueueRetry({ inboundId, subscriptionKey });
  failpoint('replay.queued');
  await flows.deadLetters.remove(id);
  return 'replayed';
}

function retryOf(
  { inboundId, customerId, serviceId, payload }: DeadLetter,
  target: RetryNotification['target'],
): Pick<RetryNotification, 'inboundId' | 'customerId' | 'serviceId' | 'payload' | 'target'> {
  return { inboundId, customerId, serviceId, payload, target };
}
