import type { Verdict } from '../http-delivery/index.ts';
import { judgeOutcome } from '../http-delivery/index.ts';
import type { CallTargetDeps } from './deps.ts';
import type { Target } from './notification.ts';
import { patienceMs } from './slow-subscribers.ts';

/** The verdict on a call, or a promise of it if the call takes too long to wait for. */
export type CallResult = { verdict: Verdict } | { pending: Promise<Verdict> };

/**
 * Calls a subscriber and waits up to two seconds for the verdict. A longer call continues in the background, so that
 * the worker's other notifications don't wait for it. Never rejects.
 */
export async function callTarget(target: Target, payload: string, deps: CallTargetDeps): Promise<CallResult> {
  const { flows, wait, now } = deps;
  const call = flows.caller
    .call({ url: target.callbackUrl, method: target.httpVerb, body: payload })
    .then((outcome) => judgeOutcome(outcome, now()));
  const early = await Promise.race([call, wait(patienceMs).then(() => undefined)]);
  if (early !== undefined) {
    flows.slow.clear(target.key);
    return { verdict: early };
  }
  const end = flows.slow.begin(target.key);
  return { pending: call.finally(end) };
}
