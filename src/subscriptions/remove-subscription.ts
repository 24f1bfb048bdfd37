import type { SubscriptionStore } from './ports.ts';
import type { Subscription } from './subscription.ts';

/** Attempts at removing a subscription that is changed meanwhile, as its health is with each call that is refused. */
const attempts = 10;

/** Removes the subscription that is found under these keys, if `isMeant` says so. Resolves to whether it did. */
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
  throw new Error(`the subscription ${key} changed ${attempts} times while it was removed`);
}
