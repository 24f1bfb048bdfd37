import { isObject } from '../core/json.ts';
import { isInboundId } from '../conversations/index.ts';
import type { Worker } from '../operation/define-worker.ts';
import { deliverChunk } from './deliver-chunk.ts';
import { deliverRetry } from './deliver-retry.ts';
import type { NotificationDeps } from './deps.ts';
import { giveUpNotifications } from './give-up-job.ts';
import type { RetryJob, NotificationJob } from './ports.ts';

function chunkJobOf(message: unknown): NotificationJob | undefined {
  if (!isObject(message)) return undefined;
  const { inboundId, chunk } = message;
  if (typeof inboundId !== 'string' || !isInboundId(inboundId) || !Number.isInteger(chunk)) return undefined;
  return { inboundId, chunk: chunk as number };
}

function retryJobOf(message: unknown): RetryJob | undefined {
  if (!isObject(message)) return undefined;
  const { inboundId, subscriptionKey } = message;
  if (typeof inboundId !== 'string' || !isInboundId(inboundId)) return undefined;
  if (typeof subscriptionKey !== 'string' || !/^[0-9a-f]{32}$/.test(subscriptionKey)) return undefined;
  return { inboundId, subscriptionKey };
}

/** Notifies subscribers of a message, a hundred at a time. */
export const deliverNotifications: Worker<NotificationDeps> = {
  name: 'DeliverNotifications',
  queue: 'notifications',
  async handle(message, deps) {
    const job = chunkJobOf(message);
    if (job === undefined) throw new Error('not a job for the notifications queue');
    return { ...job, ...(await deliverChunk(job, deps)) };
  },
};

/** Retries a notification of one subscriber that failed or is slow. Its own queue keeps it from delaying the others. */
export const retryNotification: Worker<NotificationDeps> = {
  name: 'RetryNotification',
  queue: 'notification-retries',
  async handle(message, deps) {
    const job = retryJobOf(message);
    if (job === undefined) throw new Error('not a job for the notification-retries queue');
    return { ...job, result: await deliverRetry(job, deps) };
  },
};

/** After this many attempts a chunk counts as failing on our side; with fewer, its workers may only have died. */
const failingAttempts = 10;

/**
 * Handles the poison messages of both queues, which failed too often on our side: their notifications become dead
 * letters. A chunk is tried once more if it may be poison only because its workers died.
 */
async function giveUpJob(message: unknown, deps: NotificationDeps): Promise<Readonly<Record<string, unknown>>> {
  const job = chunkJobOf(message) ?? retryJobOf(message);
  if (job === undefined) return { result: 'notAJob', error: new Error('a poison message is not a job of ours') };
  if ('chunk' in job) {
    const found = await deps.flows.notifications.readChunk(job.inboundId, job.chunk);
    if (found !== undefined && found.chunk.attempts < failingAttempts) {
      return { ...job, ...(await deliverChunk(job, deps)) };
    }
  }
  return { ...job, ...(await giveUpNotifications(job, deps)), error: new Error('notifications failed too often') };
}

/** Gives up chunks of notifications whose queue message is poison. */
export const giveUpNotificationChunk: Worker<NotificationDeps> = {
  name: 'GiveUpNotificationChunk',
  queue: 'notifications-poison',
  handle: giveUpJob,
};

/** Gives up retry notifications whose queue message is poison. */
export const giveUpNotificationRetry: Worker<NotificationDeps> = {
  name: 'GiveUpNotificationRetry',
  queue: 'notification-retries-poison',
  handle: giveUpJob,
};
