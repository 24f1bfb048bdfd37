export { createNotifier } from './create-notifier.ts';
export { secondsUntil } from './deps.ts';
export type * from './deps.ts';
export { judgeOutcome } from '../http-delivery/verdict.ts';
export type { Verdict } from '../http-delivery/verdict.ts';
export {
  deliverNotifications,
  giveUpNotificationRetry,
  giveUpNotificationChunk,
  retryNotification,
} from './notification-workers.ts';
export type * from './notification.ts';
export type * from './ports.ts';
export { replayDeadLetter } from './replay.ts';
export type { ReplayResult } from './replay.ts';
export { nextCallAt } from '../http-delivery/retry-schedule.ts';
export type { RetrySchedule } from '../http-delivery/retry-schedule.ts';
export { createSlowSubscribers } from './slow-subscribers.ts';
