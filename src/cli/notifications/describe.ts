import { count } from '../../core/plural.ts';
import type { DeadLetter, ReplayResult } from '../../notifications/index.ts';
import type { Subscription } from '../../subscriptions/index.ts';

/** What a list says where it is empty. */
export const noDeadLetters = ['There are no dead letters.'];

/**
 * Says what a dead letter is about, and how it failed. The address is shown without its query, which holds what lets a
 * caller in.
 *
 * @param subscription absent: the flow has unsubscribed
 */
export function describeDeadLetter(
  { id, customerId, serviceId, inboundId, reason, attempts, lastAnswer, since, callbackUrl }: DeadLetter,
  subscription: Subscription | undefined,
): string {
  const { origin = {}, state = 'unsubscribed' } = subscription ?? {};
  const flow = origin['x-ms-workflow-name'] ?? origin['x-ms-workflow-id'] ?? 'unknown';
  const last = lastAnswer === undefined ? 'none' : `${lastAnswer.detail}, ${lastAnswer.at.toISOString()}`;
  return [
    id,
    `  message ${inboundId} of ${customerId}/${serviceId}, first tried ${since.toISOString()}, ${count(attempts, 'call')}`,
    `  ${reason}; last answer: ${last}`,
    `  ${callbackUrl.replace(/\?.*/s, '')}, flow ${flow}, subscription ${state}`,
  ].join('\n');
}

const results: Record<ReplayResult, string> = {
  replayed: 'will be delivered again',
  unsubscribed: 'stays: its subscription no longer exists',
  missing: 'is not a dead letter',
};

/** Says what became of a dead letter that was to be replayed. */
export function describeReplay(id: string, result: ReplayResult): string {
  return `${id} ${results[result]}`;
}
