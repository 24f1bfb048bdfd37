import type { SubscriptionStore } from './ports.ts';
import type { Refusals, Subscription, SubscriptionHealth } from './subscription.ts';

/** What a call's answer says of its subscription. `fine` is any answer that is no refusal. */
export type AnswerKind = 'fine' | 'gone' | Refusals['kind'];

/** So many refusals in a row, over at least so long, end or disable a subscription. */
const refusalLimit = 3;
const refusalSpanMs = 10 * 60_000;

/** Attempts at writing a subscription's health while others write it. */
const attempts = 10;

/**
 * A subscription's health after an answer: gone ends it at once; 404 ends it, and 401 and 403 disable it, after three
 * in a row over ten minutes or more. Undefined where nothing changes.
 */
export function healthAfter(
  { state, reason, refusals }: SubscriptionHealth,
  kind: AnswerKind,
  now: Date,
): SubscriptionHealth | undefined {
  if (kind === 'gone') return { state: 'ended', reason: 'the callback answered 410: it is gone' };
  if (kind === 'fine') return refusals === undefined && state === 'active' ? undefined : { state: 'active' };
  if (state !== 'active') return undefined;
  const row = refusals?.kind === kind ? { ...refusals, count: refusals.count + 1 } : { kind, count: 1, since: now };
  const isEnough = row.count >= refusalLimit && now.getTime() - row.since.getTime() >= refusalSpanMs;
  if (!isEnough) return { state, ...(reason === undefined ? {} : { reason }), refusals: row };
  const said = `${row.count} times in a row since ${row.since.toISOString()}`;
  return kind === 'notFound'
    ? { state: 'ended', reason: `the callback answered 404, ${said}`, refusals: row }
    : { state: 'disabled', reason: `the callback refused our calls (401 or 403), ${said}`, refusals: row };
}

/**
 * Writes what an answer says of a subscription, if it still is the one that was called.
 *
 * @returns its state then; undefined where it is no longer there, or was subscribed anew meanwhile
 */
export async function noteAnswer(
  { pipelineId, key, secret }: Pick<Subscription, 'pipelineId' | 'key' | 'secret'>,
  kind: AnswerKind,
  { subscriptions, now }: { subscriptions: SubscriptionStore; now: () => Date },
): Promise<Subscription['state'] | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const found = await subscriptions.find(pipelineId, key);
    if (found?.subscription.secret !== secret) return undefined;
    const health = healthAfter(found.subscription, kind, now());
    if (health === undefined) return found.subscription.state;
    if ((await subscriptions.update(found, health)) === 'updated') return health.state;
  }
  throw new Error(`the subscription ${key} changed ${attempts} times while an answer was noted`);
}
