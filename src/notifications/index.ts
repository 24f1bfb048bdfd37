export { createNotifier } from './create-notifier.ts';
export { secondsUntil } from './delivering-world.ts';
export type { DeliveringWorld } from './delivering-world.ts';
export { judgeOutcome } from './judge-outcome.ts';
export type { Verdict } from './judge-outcome.ts';
export {
  deliverNotifications,
  giveUpLoneNotification,
  giveUpNotificationChunk,
  retryNotification,
} from './notification-workers.ts';
export { chunkStates } from './notification.ts';
export type * from './notification.ts';
export type * from './ports.ts';
export { replayDeadLetter } from './replay.ts';
export type { ReplayResult, ReplayWorld } from './replay.ts';
export { nextCallAt, usualSchedule } from './retry-schedule.ts';
export type { RetrySchedule } from './retry-schedule.ts';
export { createSlowSubscribers } from './slow-subscribers.ts';
export { notificationLooks } from './looks.ts';
export type { NotificationLooksWorld } from './looks.ts';
