import { count } from '../../core/plural.ts';
import type { DeadLetter, ReplayResult } from '../../notifications/index.ts';
import type { Subscription } from '../../subscriptions/index.ts';

/** What an empty list prints. */
export const noDeadLetters = ['There are no dead letters.'];

/**
 * Describes a dead letter and how it failed. The address is shown without its query, which contains credentials.
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

/** Describes the result of replaying a dead letter. */
export function describeReplay(id: string, result: ReplayResult): string {
  return `${id} ${results[result]}`;
}
