import type { SubscriptionStore } from '../subscriptions/index.ts';
import type { CallTargetDeps } from './call-target.ts';
import type { RetryProgress, VersionedRetry } from './notification.ts';
import type { DeadLetterStore, NotificationQueue, NotificationStore } from './ports.ts';
import type { RetrySchedule } from '../http-delivery/retry-schedule.ts';

/** What delivering notifications works with. */
export interface NotificationDeps extends CallTargetDeps {
  subscriptions: SubscriptionStore;
  notifications: NotificationStore;
  notificationQueue: NotificationQueue;
  deadLetters: DeadLetterStore;
  schedule: RetrySchedule;
  /**
   * How long a worker may hold a notification before another worker takes it for dead, in seconds: at least 60, since a
   * call ends after half a minute at most.
   */
  callLeaseSeconds: number;
  /** A number from 0 to below 1. */
  random: () => number;
}

/** When a lease that is taken now ends. */
export function leaseEnd({ now, callLeaseSeconds }: Pick<NotificationDeps, 'now' | 'callLeaseSeconds'>): Date {
  return new Date(now().getTime() + callLeaseSeconds * 1_000);
}

/** Seconds from now until a time, rounded up; 0 where there is none or it is past. */
export function secondsUntil(time: Date | undefined, now: Date): number {
  return time === undefined ? 0 : Math.max(0, Math.ceil((time.getTime() - now.getTime()) / 1_000));
}

/** The progress as it stands, without the times that a further attempt sets anew. */
export function progressOf({ retry: { state, since, attempts, lastAnswer } }: VersionedRetry): RetryProgress {
  return { state, since, attempts, ...(lastAnswer === undefined ? {} : { lastAnswer }) };
}
