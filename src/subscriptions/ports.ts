import type { Subscription, SubscriptionHealth, VersionedSubscription } from './subscription.ts';

/** Keeps subscriptions. */
export interface SubscriptionStore {
  /** Adds a subscription, or puts it in the place of the one with its pipeline and key. */
  put(subscription: Subscription): Promise<void>;
  find(pipelineId: string, key: string): Promise<VersionedSubscription | undefined>;
  /** The active subscriptions of a service, always in the same order. */
  listActive(pipelineId: string): Promise<Subscription[]>;
  /** Replaces the health as a whole: what it doesn't name is gone. */
  update(versioned: VersionedSubscription, health: SubscriptionHealth): Promise<'updated' | 'conflict'>;
  /** Removes a subscription; `conflict` where it was changed or removed since it was read. */
  remove(versioned: VersionedSubscription): Promise<'removed' | 'conflict'>;
}

/** Why a callback address can't be had, as the rest of a sentence that begins with the field's name; else undefined. */
export type CallbackRule = (url: string) => string | undefined;

/** What operations on subscriptions work with. */
export interface SubscriptionsDeps {
  flows: {
    subscriptions: SubscriptionStore;
    /** Why a callback address may not be called, as the rest of a sentence; undefined where it may. */
    checkUrl: CallbackRule;
    /** This app's address as flows reach it, base path included, without a slash at the end. */
    publicUrl: string;
  };
  /** 32 hexadecimal digits that nobody can guess. */
  newSecret: () => string;
}
