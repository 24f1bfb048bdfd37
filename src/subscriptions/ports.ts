import type { Subscription, SubscriptionHealth, VersionedSubscription } from './subscription.ts';

/** Stores subscriptions. */
export interface SubscriptionStore {
  /** Adds a subscription, or replaces the one with the same pipeline and key. */
  put(subscription: Subscription): Promise<void>;
  find(pipelineId: string, key: string): Promise<VersionedSubscription | undefined>;
  /** Lists the active subscriptions of a service, always in the same order. */
  listActive(pipelineId: string): Promise<Subscription[]>;
  /** Replaces the whole health: fields that it doesn't have are removed. */
  update(versioned: VersionedSubscription, health: SubscriptionHealth): Promise<'updated' | 'conflict'>;
  /** Removes a subscription. `conflict`: it was changed or removed since it was read. */
  remove(versioned: VersionedSubscription): Promise<'removed' | 'conflict'>;
}

/**
 * Returns why a callback address is refused, as the rest of a sentence that begins with the field's name; undefined if
 * it is allowed.
 */
export type CallbackRule = (url: string) => string | undefined;

/** Dependencies of the operations on subscriptions. */
export interface SubscriptionsDeps {
  flows: {
    subscriptions: SubscriptionStore;
    checkUrl: CallbackRule;
    /** This app's public address, with the base path, without a slash at the end. */
    publicUrl: string;
  };
  /** Returns 32 random hexadecimal digits that nobody can guess. */
  newSecret: () => string;
}
