import type { AnswerKind } from '../http-delivery/index.ts';
import type { SubscriptionStore } from './ports.ts';
import type { Subscription, SubscriptionHealth } from './subscription.ts';

/** So many refusals in a row, over at least so long, end or disable a subscription. */
const refusalLimit = 3;
const refusalSpanMs = 10 * 60_000;

/** Attempts at writing a subscription's health while others write it. */
const attempts = 10;

/**
 * A subscription's health after an answer: gone ends it at once; 404 ends it, and 401 and 403 disable it, after three
 * in a row over ten minutes or more. Undefined where nothing changes, as of one that is not active: the answer to a call
 * that was under way then revives nothing.
 */
export function healthAfter(
  { state, refusals }: SubscriptionHealth,
  kind: AnswerKind,
  now: Date,
): SubscriptionHealth | undefined {
  if (state !== 'active') return undefined;
  if (kind === 'gone') return { state: 'ended', reason: 'the callback answered 410 (gone)' };
  if (kind === 'fine') return refusals === undefined ? undefined : { state };
  const row = refusals?.kind === kind ? { ...refusals, count: refusals.count + 1 } : { kind, count: 1, since: now };
  const isLong = now.getTime() - row.since.getTime() >= refusalSpanMs;
  // Counting on would only make the calls of one moment contend for the row.
  if (row.count > refusalLimit && !isLong) return undefined;
  if (row.count < refusalLimit || !isLong) return { state, refusals: row };
  const detail = `at least ${refusalLimit} times in a row since ${row.since.toISOString()}`;
  return kind === 'notFound'
    ? { state: 'ended', reason: `the callback answered 404, ${detail}`, refusals: row }
    : { state: 'disabled', reason: `the callback refused our calls (401 or 403), ${detail}`, refusals: row };
}

/**
 * Writes what an answer says of a subscription, if it still is the one that was called.
 *
 * @returns its state then; undefined where it is no longer there, or was subscribed anew meanwhile
 */
export async function noteAnswer(
  { pipelineId, key, secret }: Pick<Subscription, 'pipelineId' | 'key' | 'secret'>,
  kind: AnswerKind,
  { flows, now }: { flows: { subscriptions: SubscriptionStore }; now: () => Date },
): Promise<Subscription['state'] | undefined> {
  for (let attempt = 1; ; attempt++) {
    const found = await flows.subscriptions.find(pipelineId, key);
    if (found?.subscription.secret !== secret) return undefined;
    const health = healthAfter(found.subscription, kind, now());
    if (health === undefined) return found.subscription.state;
    if ((await flows.subscriptions.update(found, health)) === 'updated') return health.state;
    // So many others write it that the next answer will do.
    if (attempt === attempts) return found.subscription.state;
  }
}
