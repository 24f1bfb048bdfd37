import type { RetrySchedule } from '../http-delivery/index.ts';
import type { SubscriptionStore } from '../subscriptions/index.ts';
import type { RetryProgress, VersionedRetry } from './notification.ts';
import type { CallbackCaller, DeadLetterStore, NotificationQueue, NotificationStore } from './ports.ts';
import type { SlowSubscribers } from './slow-subscribers.ts';

/** The flows that get notifications, and what is on its way to them. */
export interface FlowsDeps {
  subscriptions: SubscriptionStore;
  notifications: NotificationStore;
  queue: NotificationQueue;
  deadLetters: DeadLetterStore;
  caller: CallbackCaller;
  slow: SlowSubscribers;
  schedule: RetrySchedule;
  /**
   * How long a worker may keep a notification before another worker may take it over, in seconds. A call ends after 30
   * seconds, so 60 is enough.
   */
  leaseSeconds: number;
  /** This app's address as flows reach it, base path included, without a slash at the end. */
  publicUrl: string;
}

/** What calling a subscriber needs. */
export interface CallTargetDeps {
  flows: Pick<FlowsDeps, 'caller' | 'slow'>;
  /** Resolves after so many milliseconds. */
  wait: (milliseconds: number) => Promise<void>;
  now: () => Date;
}

/** What delivering notifications needs. */
export interface NotificationDeps extends CallTargetDeps {
  flows: Omit<FlowsDeps, 'publicUrl'>;
  /** A number from 0 to below 1. */
  random: () => number;
}

/** What making notifications needs. */
export interface NotifierDeps {
  flows: Pick<FlowsDeps, 'subscriptions' | 'notifications' | 'queue' | 'publicUrl'>;
}

/** What replaying a dead letter needs. */
export interface ReplayDeps {
  flows: Pick<FlowsDeps, 'subscriptions' | 'notifications' | 'queue' | 'deadLetters'>;
  now: () => Date;
}

/** The progress as it stands, without the times that a further attempt sets anew. */
export function progressOf({ retry: { state, since, attempts, lastAnswer } }: VersionedRetry): RetryProgress {
  return { state, since, attempts, ...(lastAnswer === undefined ? {} : { lastAnswer }) };
}
