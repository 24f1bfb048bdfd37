export { createNotifier } from './create-notifier.ts';
export type * from './deps.ts';
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
export { createSlowSubscribers } from './slow-subscribers.ts';
