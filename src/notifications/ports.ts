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

/** Keeps notifications that are on their way. */
export interface NotificationStore {
  /** Adds the chunks of one message; `exists` where its first is there already: what was missing may still be missing. */
  createChunks(chunks: readonly NotificationChunk[]): Promise<'created' | 'exists'>;
  /** All chunks of a message, in order. */
  listChunks(inboundId: string): Promise<NotificationChunk[]>;
  readChunk(inboundId: string, index: number): Promise<VersionedNotificationChunk | undefined>;
  /** Replaces the progress as a whole, if the version is still the one given. */
  updateChunk(
    versioned: VersionedNotificationChunk,
    progress: NotificationProgress,
  ): Promise<VersionedNotificationChunk | 'conflict'>;
  /** Adds notifications of one message that go alone; one that is there already is left as it is. */
  createRetries(notifications: readonly RetryNotification[]): Promise<void>;
  readRetry(inboundId: string, subscriptionKey: string): Promise<VersionedRetry | undefined>;
  updateRetry(versioned: VersionedRetry, progress: RetryProgress): Promise<VersionedRetry | 'conflict'>;
  /** Chunks and retried notifications that are not done, of messages that carriers got in a span. */
  listWaiting(span: TimeSpan, from?: string): Promise<Page<WaitingNotification>>;
}

/** What is not done, as far as it takes to say what it waits for. */
export interface WaitingNotification {
  job: NotificationJob | RetryJob;
  leasedUntil?: Date;
  notBefore?: Date;
}

/** Keeps what was given up, until an operator replays it. */
export interface DeadLetterStore {
  /** Adds a letter; one that is there already is left as it is. */
  add(letter: DeadLetter): Promise<void>;
  /** The oldest first, at most `limit`; of one customer where one is named. */
  list(options: { customerId?: string; limit: number }): Promise<DeadLetter[]>;
  read(id: string): Promise<DeadLetter | undefined>;
  remove(id: string): Promise<void>;
}

/** A chunk of notifications to be delivered. */
export interface NotificationJob {
  inboundId: string;
  chunk: number;
}

/** One notification to be delivered alone. */
export interface RetryJob {
  inboundId: string;
  subscriptionKey: string;
}

/** Carries notifications to their workers: those that fail or wait go by a queue of their own, out of the others' way. */
export interface NotificationQueue {
  enqueueChunk(job: NotificationJob, delaySeconds?: number): Promise<void>;
  enqueueRetry(job: RetryJob, delaySeconds?: number): Promise<void>;
}

/** One call to an address that a caller gave. */
export interface OutgoingCall {
  url: string;
  method: HttpVerb;
  /** JSON text. */
  body: string;
}

/** Calls addresses that callers gave, and never one in a private network. */
export interface CallbackCaller {
  /** Never rejects. */
  call(call: OutgoingCall): Promise<CallOutcome>;
}
