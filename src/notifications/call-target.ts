import type { Target } from './notification.ts';
import { judgeOutcome } from '../http-delivery/verdict.ts';
import type { Verdict } from '../http-delivery/verdict.ts';
import type { CallbackCaller } from './ports.ts';
import { patienceMs } from './slow-subscribers.ts';
import type { SlowSubscribers } from './slow-subscribers.ts';

/** What calling a subscriber works with. */
export interface CallTargetDeps {
  callbacks: CallbackCaller;
  slow: SlowSubscribers;
  /** Resolves after so many milliseconds. */
  wait: (milliseconds: number) => Promise<void>;
  now: () => Date;
}

/** A call's verdict, or, where that takes too long to wait for, the verdict to come. */
export type CallResult = { verdict: Verdict } | { pending: Promise<Verdict> };

/**
 * Calls a subscriber and waits two seconds for the verdict; a call that takes longer goes on without the worker, whose
 * other notifications must not wait for it. Never rejects.
 */
export async function callTarget(target: Target, payload: string, deps: CallTargetDeps): Promise<CallResult> {
  const { callbacks, slow, wait, now } = deps;
  const call = callbacks
    .call({ url: target.callbackUrl, method: target.httpVerb, body: payload })
    .then((outcome) => judgeOutcome(outcome, now()));
  const early = await Promise.race([call, wait(patienceMs).then(() => undefined)]);
  if (early !== undefined) {
    slow.clear(target.key);
    return { verdict: early };
  }
  const end = slow.begin(target.key);
  return { pending: call.finally(end) };
}
