import type { Verdict } from '../http-delivery/index.ts';
import { nextCallAt } from '../http-delivery/index.ts';
import { noteAnswer } from '../subscriptions/index.ts';
import type { Subscription } from '../subscriptions/index.ts';
import type { NotificationDeps } from './deps.ts';
import { giveUp } from './give-up.ts';
import type { RetryNotification } from './notification.ts';

/** How a notification stands after a call. */
export type Decision = { state: 'delivered' | 'givenUp' } | { state: 'waiting'; notBefore: Date };

/**
 * Decides what follows from a call: notes what it says of the subscription, and puts the notification among the dead
 * letters where no other call will be made.
 *
 * @param retry as it is after the call, which is counted among its attempts
 */
export async function decide(retry: RetryNotification, verdict: Verdict, deps: NotificationDeps): Promise<Decision> {
  const { next, kind, retryAfterSeconds } = verdict;
  const { target, attempts, since } = retry;
  // Of a subscriber who is well there is nothing to note.
  const isKnown = kind === undefined || (kind === 'fine' && !target.wasRefused);
  if (next === 'delivered') {
    // What is delivered is not sent again for a note that fails: the next answer will do for that.
    if (!isKnown) await noteAnswer(target, kind, deps).catch(() => undefined);
    return { state: 'delivered' };
  }
  const state = isKnown ? 'active' : await noteAnswer(target, kind, deps);
  const now = deps.now();
  const notBefore = nextCallAt(
    deps.flows.schedule,
    { attempts, since, now, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
    deps.random(),
  );
  // Subscribed anew, it has another address; unsubscribed, the next attempt finds that out.
  const isOver = state !== undefined && (state !== 'active' || next === 'never');
  if (notBefore !== undefined && !isOver) return { state: 'waiting', notBefore };
  await giveUp({ ...retry, lastAnswer: verdict.answer }, reasonOf(state, next), deps);
  return { state: 'givenUp' };
}

/** Why no further call is made. */
export function reasonOf(state: Subscription['state'] | undefined, next: Verdict['next']): string {
  if (state === 'ended') return 'the subscription has ended';
  if (state === 'disabled') return 'the subscription is disabled';
  return next === 'never' ? 'another call would get the same answer' : 'the calls failed for too long';
}
