import type { AnswerKind } from '../http-delivery/index.ts';
import type { SubscriptionStore } from './ports.ts';
import type { Subscription, SubscriptionHealth } from './subscription.ts';

/** The number of refusals in a row that end or disable a subscription. */
const refusalLimit = 3;

/** The minimum time between the first and the last of these refusals, in milliseconds. */
const refusalSpanMs = 10 * 60_000;

/** Number of attempts to write a subscription's health while other workers write it. */
const attempts = 10;

/**
 * Computes a subscription's health after an answer. 410 ends it at once. Three answers of 404 in a row, over ten
 * minutes or more, end it; as many of 401 or 403 disable it. Returns undefined if nothing changes, also if the
 * subscription is not active: a late answer must not reactivate it.
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
  // Counting further would only make simultaneous calls contend for the row.
  if (row.count > refusalLimit && !isLong) return undefined;
  if (row.count < refusalLimit || !isLong) return { state, refusals: row };
  const detail = `at least ${refusalLimit} times in a row since ${row.since.toISOString()}`;
  return kind === 'notFound'
    ? { state: 'ended', reason: `the callback answered 404, ${detail}`, refusals: row }
    : { state: 'disabled', reason: `the callback refused our calls (401 or 403), ${detail}`, refusals: row };
}

/**
 * Records a callback's answer in its subscription's health, if the subscription is still the one that was called.
 *
 * @returns the subscription's state afterwards; undefined if it was removed, or subscribed again since the call
 */
export async function recordAnswer(
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
    // Too many other workers are writing: leave it to the next answer.
    if (attempt === attempts) return found.subscription.state;
  }
}
