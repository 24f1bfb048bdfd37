import type { CallOutcome } from '../http-delivery/index.ts';
import type { Page, TimeSpan } from '../core/page.ts';
import type { ChunkCallbacks, FinalStatus, VersionedCallbacks } from './callbacks.ts';

/** Keeps which callbacks were made, which wait and which were given up. */
export interface CallbackStore {
  read(messageId: string, chunk: number): Promise<VersionedCallbacks | undefined>;
  /** Replaces what is stored at that version as a whole; without a version, adds what must not be there yet. */
  write(callbacks: ChunkCallbacks, version?: string): Promise<VersionedCallbacks | 'conflict'>;
  /** All of a message, in the order of its chunks. */
  listOf(messageId: string): Promise<VersionedCallbacks[]>;
  /** Those of which some wait, of messages that were due in a span. */
  listWaiting(span: TimeSpan, from?: string): Promise<Page<ChunkCallbacks>>;
  /** Those of which some were given up, at most `limit`, the oldest of them first; of one customer where one is named. */
  listGivenUp(options: { customerId?: string; limit: number }): Promise<ChunkCallbacks[]>;
}

/** Callbacks of one chunk to be made. */
export interface CallbackJob {
  messageId: string;
  chunk: number;
  /** What became of recipients; absent where the job only brings back what is known. */
  entries?: readonly FinalStatus[];
  /** For when it was queued, in milliseconds since 1970: tells the job that is waited for from others. */
  dueAt?: number;
}

/** Carries jobs to the worker. */
export interface CallbackQueue {
  enqueue(job: CallbackJob, delaySeconds?: number): Promise<void>;
}

/** Calls addresses that callers gave, and never one in a private network. */
export interface DeliveryCaller {
  /** Never rejects. */
  get(url: string, headers: Readonly<Record<string, string>>): Promise<CallOutcome>;
}
