import type { Verdict } from '../http-delivery/index.ts';
import { nextCallAt } from '../http-delivery/index.ts';
import { recordAnswer } from '../subscriptions/index.ts';
import type { Subscription } from '../subscriptions/index.ts';
import type { NotificationDeps } from './deps.ts';
import { giveUp } from './give-up.ts';
import type { RetryNotification } from './notification.ts';

/** The state of a notification after a call. */
export type Decision = { state: 'delivered' | 'givenUp' } | { state: 'waiting'; notBefore: Date };

/**
 * Decides what follows from a call. Records the answer in the subscription's health, and makes the notification a dead
 * letter if there will be no further call.
 *
 * @param retry the notification after the call, which its attempts include
 */
export async function decide(retry: RetryNotification, verdict: Verdict, deps: NotificationDeps): Promise<Decision> {
  const { next, kind, retryAfterSeconds } = verdict;
  const { target, attempts, since } = retry;
  // If the subscriber is healthy and was before, there is nothing to record.
  const isKnown = kind === undefined || (kind === 'fine' && !target.wasRefused);
  if (next === 'delivered') {
    // If recording fails, the notification must not be delivered again; the next answer updates the health.
    if (!isKnown) await recordAnswer(target, kind, deps).catch(() => undefined);
    return { state: 'delivered' };
  }
  const state = isKnown ? 'active' : await recordAnswer(target, kind, deps);
  const now = deps.now();
  const notBefore = nextCallAt(
    deps.flows.schedule,
    { attempts, since, now, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
    deps.random(),
  );
  // If the state is undefined, the flow has subscribed again, with another address, or unsubscribed: the next attempt
  // sees it.
  const isOver = state !== undefined && (state !== 'active' || next === 'never');
  if (notBefore !== undefined && !isOver) return { state: 'waiting', notBefore };
  await giveUp({ ...retry, lastAnswer: verdict.answer }, reasonOf(state, next), deps);
  return { state: 'givenUp' };
}

/** Returns why there will be no further call. */
export function reasonOf(state: Subscription['state'] | undefined, next: Verdict['next']): string {
  if (state === 'ended') return 'the subscription has ended';
  if (state === 'disabled') return 'the subscription is disabled';
  return next === 'never' ? 'another call would fail in the same way' : 'the calls failed for too long';
}
