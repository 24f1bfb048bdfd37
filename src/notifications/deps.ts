import type { RetrySchedule } from '../http-delivery/index.ts';
import type { SubscriptionStore } from '../subscriptions/index.ts';
import type { RetryProgress, VersionedRetry } from './notification.ts';
import type { CallbackCaller, DeadLetterStore, NotificationQueue, NotificationStore } from './ports.ts';
import type { SlowSubscribers } from './slow-subscribers.ts';

/** Subscriptions, and the stores and queues of their notifications. */
export interface FlowsDeps {
  subscriptions: SubscriptionStore;
  notifications: NotificationStore;
  queue: NotificationQueue;
  deadLetters: DeadLetterStore;
  caller: CallbackCaller;
  slow: SlowSubscribers;
  schedule: RetrySchedule;
  /**
   * Seconds for which a worker has a notification before another worker may take it over. A call ends after 30 seconds,
   * so 60 are enough.
   */
  leaseSeconds: number;
  /** This app's public address, with the base path, without a slash at the end. */
  publicUrl: string;
}

/** Dependencies of calling a subscriber. */
export interface CallTargetDeps {
  flows: Pick<FlowsDeps, 'caller' | 'slow'>;
  /** Resolves after the given number of milliseconds. */
  wait: (milliseconds: number) => Promise<void>;
  now: () => Date;
}

/** Dependencies of delivering notifications. */
export interface NotificationDeps extends CallTargetDeps {
  flows: Omit<FlowsDeps, 'publicUrl'>;
  /** Returns a number from 0 to below 1. */
  random: () => number;
}

/** Dependencies of creating notifications. */
export interface NotifierDeps {
  flows: Pick<FlowsDeps, 'subscriptions' | 'notifications' | 'queue' | 'publicUrl'>;
}

/** Dependencies of replaying a dead letter. */
export interface ReplayDeps {
  flows: Pick<FlowsDeps, 'subscriptions' | 'notifications' | 'queue' | 'deadLetters'>;
  now: () => Date;
}

/** Returns the stored progress without the times that each attempt sets itself. */
export function progressOf({ retry: { state, since, attempts, lastAnswer } }: VersionedRetry): RetryProgress {
  return { state, since, attempts, ...(lastAnswer === undefined ? {} : { lastAnswer }) };
}
