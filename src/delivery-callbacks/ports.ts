import type { CallOutcome } from '../http-delivery/index.ts';
import type { Page, TimeSpan } from '../core/page.ts';
import type { ChunkCallbacks, FinalStatus, VersionedCallbacks } from './callbacks.ts';

/** Stores which callbacks were delivered, which wait and which were given up. */
export interface CallbackStore {
  read(messageId: string, chunk: number): Promise<VersionedCallbacks | undefined>;
  /**
   * Replaces the callbacks stored at `version`; without a version, adds them. `conflict`: the stored version differs.
   */
  write(callbacks: ChunkCallbacks, version?: string): Promise<VersionedCallbacks | 'conflict'>;
  /** Lists all callbacks of a message, in the order of its chunks. */
  listOf(messageId: string): Promise<VersionedCallbacks[]>;
  /** Lists the chunks with waiting callbacks, of messages that were due in a time span. */
  listWaiting(span: TimeSpan, from?: string): Promise<Page<ChunkCallbacks>>;
  /**
   * Lists at most `limit` chunks with callbacks that were given up, the oldest first; only those of `customerId` if
   * given.
   */
  listGivenUp(options: { customerId?: string; limit: number }): Promise<ChunkCallbacks[]>;
}

/** A chunk whose callbacks are to be made. */
export interface CallbackJob {
  messageId: string;
  chunk: number;
  /** New final statuses; absent if the job is only for callbacks that are stored already. */
  entries?: readonly FinalStatus[];
  /**
   * When the job is due, in milliseconds since 1970; distinguishes the job of {@link ChunkCallbacks.jobAt} from others.
   */
  dueAt?: number;
}

/** Queues jobs for the worker. */
export interface CallbackQueue {
  enqueue(job: CallbackJob, delaySeconds?: number): Promise<void>;
}

/** Calls addresses that callers gave us, but never one in a private network. */
export interface DeliveryCaller {
  /** Never rejects. */
  get(url: string, headers: Readonly<Record<string, string>>): Promise<CallOutcome>;
}
