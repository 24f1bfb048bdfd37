import type { ReplayDeps } from './deps.ts';
import { failpoint } from '../core/failpoint.ts';
import { targetOf } from './create-notifier.ts';
import type { DeadLetter, RetryNotification } from './notification.ts';

/** What became of a letter. `unsubscribed`: there is nobody to tell any more, and the letter stays. */
export type ReplayResult = 'replayed' | 'unsubscribed' | 'missing';

/**
 * Delivers a dead letter once more, with the whole schedule, to its subscription as it is now. A subscription that had
 * ended or was disabled becomes active by it: whoever replays says that it works again. Done twice, it delivers twice
 * at the most.
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
  const anew = { state: 'waiting', since: now(), attempts: 0 } as const;
  for (;;) {
    const found = await flows.notifications.readRetry(inboundId, subscriptionKey);
    if (found === undefined)
      await flows.notifications.createRetries([{ ...retryOf(letter, targetOf(subscription)), ...anew }]);
    // A worker may be writing down right now that it gave up.
    else if ((await flows.notifications.updateRetry(found, anew)) === 'conflict') continue;
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
