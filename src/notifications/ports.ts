import type { CallOutcome } from '../http-delivery/index.ts';
import type { Page, TimeSpan } from '../core/page.ts';
import type { HttpVerb } from '../subscriptions/index.ts';
import type {
  DeadLetter,
  RetryNotification,
  RetryProgress,
  NotificationChunk,
  NotificationProgress,
  VersionedRetry,
  VersionedNotificationChunk,
} from './notification.ts';

/** Stores notifications that are on their way. */
export interface NotificationStore {
  /** Adds the chunks of one message. `exists`: the first is there already, and others may still be missing. */
  createChunks(chunks: readonly NotificationChunk[]): Promise<'created' | 'exists'>;
  /** Lists all chunks of a message, in order. */
  listChunks(inboundId: string): Promise<NotificationChunk[]>;
  readChunk(inboundId: string, index: number): Promise<VersionedNotificationChunk | undefined>;
  /** Replaces the whole progress if the stored version is still the one given. */
  updateChunk(
    versioned: VersionedNotificationChunk,
    progress: NotificationProgress,
  ): Promise<VersionedNotificationChunk | 'conflict'>;
  /** Adds retry notifications of one message; one that exists already stays as it is. */
  createRetries(notifications: readonly RetryNotification[]): Promise<void>;
  readRetry(inboundId: string, subscriptionKey: string): Promise<VersionedRetry | undefined>;
  updateRetry(versioned: VersionedRetry, progress: RetryProgress): Promise<VersionedRetry | 'conflict'>;
  /** Lists the unfinished chunks and retry notifications of messages that carriers received in a time span. */
  listWaiting(span: TimeSpan, from?: string): Promise<Page<WaitingNotification>>;
}

/** An unfinished chunk or retry notification: its job, and the times that it waits for. */
export interface WaitingNotification {
  job: NotificationJob | RetryJob;
  leasedUntil?: Date;
  notBefore?: Date;
}

/** Stores notifications that were given up, until an operator replays them. */
export interface DeadLetterStore {
  /** Adds a dead letter; one that exists already stays as it is. */
  add(letter: DeadLetter): Promise<void>;
  /** Lists at most `limit` dead letters, the oldest first; only those of `customerId` if it is given. */
  list(options: { customerId?: string; limit: number }): Promise<DeadLetter[]>;
  read(id: string): Promise<DeadLetter | undefined>;
  remove(id: string): Promise<void>;
}

/** A chunk of notifications to deliver. */
export interface NotificationJob {
  inboundId: string;
  chunk: number;
}

/** One notification to retry. */
export interface RetryJob {
  inboundId: string;
  subscriptionKey: string;
}

/** Queues notifications for their workers. Retries have their own queue, so that they don't delay the others. */
export interface NotificationQueue {
  enqueueChunk(job: NotificationJob, delaySeconds?: number): Promise<void>;
  enqueueRetry(job: RetryJob, delaySeconds?: number): Promise<void>;
}

/** A call to an address that a caller gave us. */
export interface OutgoingCall {
  url: string;
  method: HttpVerb;
  /** JSON text. */
  body: string;
}

/** Calls addresses that callers gave us, but never one in a private network. */
export interface CallbackCaller {
  /** Never rejects. */
  call(call: OutgoingCall): Promise<CallOutcome>;
}
