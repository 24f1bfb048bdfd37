import type { PrivacyOf } from '../core/privacy.ts';
import type { Protocol } from '../messages/index.ts';
import type { Page, TimeSpan } from '../core/page.ts';
import type { InboundMessage, InboundProgress } from './inbound-message.ts';

/** A stored message and the version that was read; the store refuses writes against an older version. */
export interface VersionedInbound {
  message: InboundMessage;
  version: string;
}

/** Stores inbound messages. */
export interface InboundStore {
  /** Adds a message. `exists`: its id is taken, and nothing was changed. */
  create(message: InboundMessage): Promise<'created' | 'exists'>;
  read(id: string): Promise<VersionedInbound | undefined>;
  /** Replaces the whole progress if the stored version is still the one given. */
  update(versioned: VersionedInbound, progress: InboundProgress): Promise<VersionedInbound | 'conflict'>;
  /** Lists a message as unrouted; repeating it changes nothing. */
  recordUnrouted(message: InboundMessage): Promise<void>;
  /** Takes a message off the list of unrouted ones. */
  dropUnrouted(id: string): Promise<void>;
  /** Lists the ids of messages that carriers received in a time span and that are not routed yet. */
  listReceived(span: TimeSpan, from?: string): Promise<Page<string>>;
  /** Lists the ids of unrouted messages, the oldest first, at most `limit`. */
  listUnrouted(limit: number): Promise<string[]>;
}

/** An inbound message to route. */
export interface InboundJob {
  inboundId: string;
  /** Look for a service again, although none matched before. */
  again?: true;
}

/** Queues inbound messages for the worker. */
export interface InboundQueue {
  enqueue(job: InboundJob, delaySeconds?: number): Promise<void>;
}

/** All messages between one of our addresses and a phone, for one customer. SMS and MMS share a channel. */
export interface Conversation {
  customerId: string;
  channel: Protocol;
  /** Our address: digits of a number or a short code, or an alphanumeric name, which can only send. */
  address: string;
  phone: string;
}

/** A part of a conversation without a long gap between its messages. */
export interface Thread extends Conversation {
  threadId: string;
  /** The service that it belongs to. */
  serviceId: string;
  startedAt: Date;
}

export const threadPrivacy = {
  customerId: 'customer',
  channel: 'technical',
  address: 'customer',
  phone: 'personal',
  threadId: 'technical',
  serviceId: 'customer',
} as const satisfies PrivacyOf<Thread>;

/** One message in a thread. */
export interface ThreadEntry {
  /** The id of an inbound message or of a recipient; the same id is never added twice. */
  id: string;
  direction: 'in' | 'out';
  messageId: string;
  at: Date;
}

export const threadEntryPrivacy = {
  id: 'technical',
  direction: 'technical',
  messageId: 'technical',
} as const satisfies PrivacyOf<ThreadEntry>;

/** A conversation's current thread. */
export interface CurrentThread {
  threadId: string;
  lastActiveAt: Date;
  /** Our last message in it. */
  lastSentMessageId?: string;
  /** When the phone last wrote, in this thread or an earlier one. */
  lastReceivedAt?: Date;
}

export const currentThreadPrivacy = {
  threadId: 'technical',
  lastSentMessageId: 'technical',
} as const satisfies PrivacyOf<CurrentThread>;

/** The current thread and the version that was read. */
interface VersionedCurrent {
  current: CurrentThread;
  version: string;
}

/** Stores threads. */
export interface ThreadStore {
  /** Reads the conversation's current thread; undefined if it has none yet. */
  current(conversation: Conversation): Promise<VersionedCurrent | undefined>;
  /**
   * Adds a message and makes `next` the current thread, in one transaction; with `started`, also adds that thread.
   * `conflict`: the current thread has another version than `version` (undefined: there was none). `entered`: the entry
   * exists already. Both change nothing.
   */
  enter(
    conversation: Conversation,
    change: { entry: ThreadEntry; next: CurrentThread; version: string | undefined; started?: Thread },
  ): Promise<'done' | 'conflict' | 'entered'>;
  /** Finds the thread that a message was added to before. */
  threadOf(conversation: Conversation, entryId: string): Promise<string | undefined>;
  /** Reads a thread by its id. */
  read(threadId: string): Promise<Thread | undefined>;
}

/** The result of fetching an attachment. `retry`: it may succeed later. `failed`: it never will. */
export type AttachmentOutcome =
  | { outcome: 'fetched'; bytes: Uint8Array; mimeType: string }
  | { outcome: 'failed'; reason: string }
  | { outcome: 'retry'; reason: string };

/** A carrier that provides the attachments of inbound messages. */
export interface AttachmentSource {
  /**
   * Fetches an attachment of at most `limit` bytes; a larger one is `failed`. Never rejects for carrier or network
   * errors.
   */
  fetchAttachment(reference: string, limit: number): Promise<AttachmentOutcome>;
}

/** A stored attachment. */
export interface StoredAttachment {
  bytes: Uint8Array;
  name: string;
  mimeType: string;
  expiresAt: Date;
}

/** The bytes are personal too: the whole attachment is deleted with its message. */
export const storedAttachmentPrivacy = {
  name: 'personal',
  mimeType: 'technical',
} as const satisfies PrivacyOf<StoredAttachment>;

/** Stores the bytes of attachments under ids that nobody can guess. */
export interface AttachmentStore {
  /** Stores an attachment, and replaces one with the same id. */
  put(id: string, attachment: StoredAttachment): Promise<void>;
  read(id: string): Promise<StoredAttachment | undefined>;
  /** Deletes an attachment; does nothing if there is none. */
  remove(id: string): Promise<void>;
}

/** A message that has its service and thread, ready for its subscribers. */
export interface RoutedMessage extends InboundMessage {
  customerId: string;
  serviceId: string;
  threadId: string;
}

/** Notifies subscribers. */
export interface Notifier {
  /** Notifies all subscribers of a message, and resolves to their number. May be repeated. */
  notify(message: RoutedMessage): Promise<number>;
}
