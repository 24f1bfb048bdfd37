import { replaceFields } from '../../../src/storage/replace-fields.ts';
import type {
  Subscription,
  SubscriptionHealth,
  SubscriptionStore,
  VersionedSubscription,
} from '../../../src/subscriptions/index.ts';

/** What an update replaces: every field, as the type demands. */
const healthFields = Object.keys({
  state: true,
  reason: true,
  refusals: true,
} satisfies Record<keyof SubscriptionHealth, true>) as (keyof SubscriptionHealth)[];

/** Keeps subscriptions in memory, for tests and for load without a storage account. */
export function createMemorySubscriptionStore(): SubscriptionStore {
  const subscriptions = new Map<string, VersionedSubscription>();
  const keyOf = (pipelineId: string, key: string): string => JSON.stringify([pipelineId, key]);
  let writes = 0;
  const write = (subscription: Subscription): void => {
    writes += 1;
    const { pipelineId, key } = subscription;
    subscriptions.set(keyOf(pipelineId, key), { subscription, version: String(writes) });
  };
  const isCurrent = ({ subscription: { pipelineId, key }, version }: VersionedSubscription): boolean =>
    subscriptions.get(keyOf(pipelineId, key))?.version === version;

  return {
    async put(subscription) {
      write(subscription);
    },

    async find(pipelineId, key) {
      return subscriptions.get(keyOf(pipelineId, key));
    },

    async listActive(pipelineId) {
      return [...subscriptions.values()]
        .map(({ subscription }) => subscription)
        .filter((subscription) => subscription.pipelineId === pipelineId && subscription.state === 'active')
        .sort((left, right) => (left.key < right.key ? -1 : 1));
    },

    async update(versioned, health) {
      if (!isCurrent(versioned)) return 'conflict';
      write(replaceFields(versioned.subscription, healthFields, health));
      return 'updated';
    },

    async remove(versioned) {
      if (!isCurrent(versioned)) return 'conflict';
      const { pipelineId, key } = versioned.subscription;
      subscriptions.delete(keyOf(pipelineId, key));
      return 'removed';
    },
  };
}
