import type { SubscriptionStore } from './ports.ts';
import type { Subscription } from './subscription.ts';

/** Attempts to remove a subscription while others change it, for example its health after each refused call. */
const attempts = 10;

/**
 * Removes the subscription with this pipeline id and key, if `isMeant` accepts it. Resolves to whether it was removed.
 *
 * @throws {Error} if others change the subscription during each of ten attempts
 */
export async function removeSubscription(
  { pipelineId, key }: { pipelineId: string; key: string },
  isMeant: (subscription: Subscription) => boolean | Promise<boolean>,
  subscriptions: SubscriptionStore,
): Promise<boolean> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const found = await subscriptions.find(pipelineId, key);
    if (found === undefined || !(await isMeant(found.subscription))) return false;
    if ((await subscriptions.remove(found)) === 'removed') return true;
  }
  throw new Error(`the subscription ${key} changed ${attempts} times while it was being removed`);
}
