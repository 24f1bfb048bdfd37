import { isInboundId } from '../conversations/index.ts';
import type { Worker } from '../operation/define-worker.ts';
import { deliverChunk } from './deliver-chunk.ts';
import { deliverRetry } from './deliver-retry.ts';
import type { NotificationDeps } from './deps.ts';
import { giveUpNotifications } from './give-up-job.ts';
import type { RetryJob, NotificationJob } from './ports.ts';

function chunkJobOf(message: unknown): NotificationJob | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { inboundId, chunk } = message as Partial<Record<string, unknown>>;
  if (typeof inboundId !== 'string' || !isInboundId(inboundId) || !Number.isInteger(chunk)) return undefined;
  return { inboundId, chunk: chunk as number };
}

function retryJobOf(message: unknown): RetryJob | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { inboundId, subscriptionKey } = message as Partial<Record<string, unknown>>;
  if (typeof inboundId !== 'string' || !isInboundId(inboundId)) return undefined;
  if (typeof subscriptionKey !== 'string' || !/^[0-9a-f]{32}$/.test(subscriptionKey)) return undefined;
  return { inboundId, subscriptionKey };
}

/** Tells subscribers of a message, a hundred at a time. */
export const deliverNotifications: Worker<NotificationDeps> = {
  name: 'DeliverNotifications',
  queue: 'notifications',
  async handle(message, deps) {
    const job = chunkJobOf(message);
    if (job === undefined) throw new Error('not a job for the notifications queue');
    return { ...job, ...(await deliverChunk(job, deps)) };
  },
};

/** Tells one subscriber, where that failed before or takes long; a queue of its own keeps it out of the others' way. */
export const retryNotification: Worker<NotificationDeps> = {
  name: 'RetryNotification',
  queue: 'notification-retries',
  async handle(message, deps) {
    const job = retryJobOf(message);
    if (job === undefined) throw new Error('not a job for the notification-retries queue');
    return { ...job, result: await deliverRetry(job, deps) };
  },
};

/** As many attempts of a chunk show that it fails on our side, and not just that workers died with its message. */
const failingAttempts = 10;

/**
 * Makes dead letters of what failed too often on our side: the poison messages of both queues come here. A chunk is tried
 * once more where workers that died with its message, and nothing else, may have made it poison.
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

/** Gives up chunks of notifications. */
export const giveUpNotificationChunk: Worker<NotificationDeps> = {
  name: 'GiveUpNotificationChunk',
  queue: 'notifications-poison',
  handle: giveUpJob,
};

/** Gives up notifications that go alone. */
export const giveUpNotificationRetry: Worker<NotificationDeps> = {
  name: 'GiveUpNotificationRetry',
  queue: 'notification-retries-poison',
  handle: giveUpJob,
};
