import type { Page, TimeSpan } from '../core/page.ts';
import type { PrivacyOf } from '../core/privacy.ts';
import type {
  Chunk,
  ChunkProgress,
  JournalEntry,
  MessageHeader,
  Protocol,
  StoredMessage,
  VersionedChunk,
} from './message.ts';
import type { RecipientRef } from './message-id.ts';
import type { RecipientStatus } from './status.ts';

/**
 * Stores messages. A message exists once its header does; the header is written last, together with the last chunks.
 */
export interface MessageStore {
  /**
   * Writes a message and its chunks. Resolves to `exists` if the header exists already, and changes nothing then.
   * Otherwise resolves to the versions of the chunks, in order, if one transaction wrote them all; to an empty list if
   * not.
   */
  create(header: MessageHeader, chunks: readonly Chunk[]): Promise<readonly string[] | 'exists'>;
  /** Adds chunks to a message. A chunk that exists stays as it is. */
  addChunks(messageId: string, chunks: readonly Chunk[]): Promise<void>;
  /** Reads a chunk; undefined if there is none. */
  readChunk(messageId: string, index: number): Promise<VersionedChunk | undefined>;
  /**
   * Writes a chunk's progress if the chunk still has the given version. Otherwise resolves to `conflict` and changes
   * nothing.
   */
  updateChunk(versioned: VersionedChunk, progress: ChunkProgress): Promise<VersionedChunk | 'conflict'>;
  /**
   * Adds delivery reports to a message's journal. Neither reads nor changes a row, whether the message exists or not.
   */
  appendReports(messageId: string, entries: readonly JournalEntry[]): Promise<void>;
  /** Reads the header of a message; undefined if there is none. */
  readHeader(messageId: string): Promise<MessageHeader | undefined>;
  /** Reads a message with its chunks and journal; undefined if there is none. */
  readMessage(messageId: string): Promise<StoredMessage | undefined>;
}

/** The first use of a request's key. */
export interface RequestUse {
  customerId: string;
  /** The key of the request: given by the caller, or made from what its runtime says. */
  requestId: string;
  messageId: string;
  /** Hash of everything that the request asks for. */
  fingerprint: string;
  usedAt: Date;
}

export const requestUsePrivacy = {
  customerId: 'customer',
  requestId: "kept: the caller's own name for the request, which tells a repeat from another request",
  messageId: 'technical',
  fingerprint: 'technical',
} as const satisfies PrivacyOf<RequestUse>;

/** Remembers which request keys were used. */
export interface RequestStore {
  /**
   * Records a use and resolves to the use that counts: the earlier one; or the given one, if there was none earlier or
   * it was before `forgottenBefore`. An insert decides, so exactly one of several simultaneous calls is the first.
   */
  claim(use: RequestUse, forgottenBefore: Date): Promise<RequestUse>;
}

/** An id that a carrier gave a message, and the value that we keep for it. */
export interface CarrierId {
  carrier: string;
  id: string;
  value: string;
  notedAt: Date;
}

export const carrierIdPrivacy = {
  carrier: 'technical',
  id: "kept: the carrier's only name for the message, by which a late report or a repeated call is recognised",
  value: 'technical',
} as const satisfies PrivacyOf<CarrierId>;

/** Stores ids that carriers gave. */
export interface CarrierIdStore {
  /**
   * Stores an id and resolves to the entry that counts. An insert decides, so exactly one of several simultaneous calls
   * is the first.
   */
  record(entry: CarrierId): Promise<CarrierId>;
  /** Finds an id; undefined if there is none. */
  find(carrier: string, id: string): Promise<CarrierId | undefined>;
}

/** A job of the outbound queue: one chunk. */
export interface OutboundJob {
  messageId: string;
  chunk: number;
  /** If set, the worker checks the chunk for recipients without a report instead of sending it. */
  check?: 'unreported';
  /** The chunk as it was written, so that the worker need not read it. Only for a small chunk that is sent at once. */
  carried?: VersionedChunk;
}

/** Queues chunks for the worker. */
export interface OutboundQueue {
  /**
   * Queues a job.
   *
   * @param delaySeconds default: 0; at most 604,800 (7 days), the longest that a storage queue holds a message back
   */
  enqueue(job: OutboundJob, delaySeconds?: number): Promise<void>;
}

/** A recipient who will not get the message. */
export interface FinalFailure {
  customerId: string;
  number: string;
  recipientId: string;
  at: Date;
}

/** Counts final failures of contacts. A failure that is recorded twice counts once. */
export interface FailureCounter {
  record(failures: readonly FinalFailure[]): Promise<void>;
}

/** A message of ours in a conversation, on its way to one phone. */
export interface OutgoingReply {
  customerId: string;
  serviceId: string;
  messageId: string;
  recipientId: string;
  protocol: Protocol;
  sender: string;
  phone: string;
  /** The thread of the message; default: the current one between sender and phone. */
  threadId?: string;
  at: Date;
}

/** Adds our messages to conversations. A reply that is recorded twice is added once. */
export interface ReplyRecorder {
  record(replies: readonly OutgoingReply[]): Promise<void>;
}

/** A recipient with a final status. */
export interface FinalRecipient extends RecipientRef {
  status: RecipientStatus;
  /** The carrier's code, or ours, if the message did not arrive. */
  code?: string;
  at: Date;
}

/** Passes final statuses on to senders who want callbacks. A status that is recorded twice is passed on once. */
export interface FinalStatusRecorder {
  /** Resolves when the statuses are sure to be passed on. */
  record(finals: readonly FinalRecipient[]): Promise<void>;
}

/** Finds messages by the time when they were or will be due, page by page. */
export interface MessageFinder {
  /** Lists chunks of messages due in a span that have waiting recipients, without content and recipients. */
  listWaiting(span: TimeSpan, from?: string): Promise<Page<WaitingChunk>>;
  /** Lists ids of messages due in a span that seem to have recipients without a report. */
  listUnreported(span: TimeSpan, from?: string): Promise<Page<string>>;
}

/** A chunk that waits, with the times that say for what. */
export interface WaitingChunk extends Pick<ChunkProgress, 'leasedUntil' | 'notBefore' | 'updatedAt'> {
  messageId: string;
  index: number;
  sendAt?: Date;
}

/** Remembers the last ids that were added. */
export interface RecentIds {
  has(id: string): boolean;
  add(id: string): void;
}
