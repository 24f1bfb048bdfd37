import type { FlowsDeps } from './deps.ts';
import { failpoint } from '../core/failpoint.ts';
import { timeInId } from '../core/time-ordered-id.ts';
import { customerKey } from '../directory/index.ts';
import type { DeadLetter, RetryNotification } from './notification.ts';

/**
 * Adds a dead letter for a notification, with the last answer. Call it before recording the notification as given up: a
 * crash in between then only repeats it, at worst under another id.
 */
export async function giveUp(
  { inboundId, customerId, serviceId, payload, target, attempts, lastAnswer, since }: RetryNotification,
  reason: string,
  { flows, now }: { flows: Pick<FlowsDeps, 'deadLetters'>; now: () => Date },
): Promise<void> {
  const { pipelineId, key: subscriptionKey, callbackUrl } = target;
  const letter: DeadLetter = {
    id: `${customerKey(customerId)}.${timeInId(since)}.${inboundId}.${subscriptionKey}`,
    inboundId,
    customerId,
    serviceId,
    pipelineId,
    subscriptionKey,
    callbackUrl,
    payload,
    reason,
    attempts,
    ...(lastAnswer === undefined ? {} : { lastAnswer }),
    since,
    givenUpAt: now(),
  };
  await flows.deadLetters.add(letter);
  failpoint('retry.deadLetterAdded');
}
