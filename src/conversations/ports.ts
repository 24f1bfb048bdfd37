import type { PrivacyOf } from '../core/privacy.ts';
import type { Protocol } from '../messages/index.ts';
import type { Page, TimeSpan } from '../core/page.ts';
import type { InboundMessage, InboundProgress } from './inbound-message.ts';

/** A stored message and the version it was read at; a write against an older version is refused. */
export interface VersionedInbound {
  message: InboundMessage;
  version: string;
}

/** Keeps what phones sent. */
export interface InboundStore {
  /** Adds a message; `exists` where its id is there already: nothing was changed then. */
  create(message: InboundMessage): Promise<'created' | 'exists'>;
  read(id: string): Promise<VersionedInbound | undefined>;
  /** Replaces the progress as a whole, if the version is still the one given. */
  update(versioned: VersionedInbound, progress: InboundProgress): Promise<VersionedInbound | 'conflict'>;
  /** Notes a message that no service wants; noting it again changes nothing. */
  noteUnrouted(message: InboundMessage): Promise<void>;
  /** Forgets the note. */
  dropUnrouted(id: string): Promise<void>;
  /** The ids of messages that carriers got in a span and that were not led on yet. */
  listReceived(span: TimeSpan, from?: string): Promise<Page<string>>;
  /** The ids of messages that no service wants, the oldest first, at most so many. */
  listUnrouted(limit: number): Promise<string[]>;
}

/** One message of a phone to be led on. */
export interface InboundJob {
  inboundId: string;
  /** Looks for a service once more, where none wanted it before. */
  again?: true;
}

/** Carries phones' messages to the worker. */
export interface InboundQueue {
  enqueue(job: InboundJob, delaySeconds?: number): Promise<void>;
}

/** An address of ours and a phone, for one customer: what threads belong to. SMS and MMS share a channel. */
export interface Conversation {
  customerId: string;
  channel: Protocol;
  /** Ours: digits of a number or a short code, or a name that only sends. */
  address: string;
  phone: string;
}

/** A thread: a stretch of a conversation without a long silence in it. */
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

/** One message as its thread sees it. */
export interface ThreadEntry {
  /** An inbound message's id or a recipient's, so that the same is never entered twice. */
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

/** The thread that a conversation is in. */
export interface CurrentThread {
  threadId: string;
  lastActiveAt: Date;
  /** The last message of ours in it. */
  lastSentMessageId?: string;
  /** When the phone last wrote, in this thread or an earlier one. */
  lastReceivedAt?: Date;
}

export const currentThreadPrivacy = {
  threadId: 'technical',
  lastSentMessageId: 'technical',
} as const satisfies PrivacyOf<CurrentThread>;

/** The current thread and the version it was read at. */
interface VersionedCurrent {
  current: CurrentThread;
  version: string;
}

/** Keeps threads. */
export interface ThreadStore {
  /** The conversation's current thread; undefined for one that has none yet. */
  current(conversation: Conversation): Promise<VersionedCurrent | undefined>;
  /**
   * Enters a message and makes `next` the current thread, in one transaction; with `started`, adds that thread.
   * `conflict` where the current thread is no longer that of `version` (undefined: there was none), `entered` where the
   * entry is there already: nothing was changed then.
   */
  enter(
    conversation: Conversation,
    change: { entry: ThreadEntry; next: CurrentThread; version: string | undefined; started?: Thread },
  ): Promise<'done' | 'conflict' | 'entered'>;
  /** The thread in which a message was entered before. */
  threadOf(conversation: Conversation, entryId: string): Promise<string | undefined>;
  /** A thread by its id. */
  read(threadId: string): Promise<Thread | undefined>;
}

/** What asking a carrier for an attachment came to. `retry`: perhaps later. `failed`: never. */
export type AttachmentOutcome =
  | { outcome: 'fetched'; bytes: Uint8Array; mimeType: string }
  | { outcome: 'failed'; reason: string }
  | { outcome: 'retry'; reason: string };

/** Hands out attachments of phones' messages: a carrier. */
export interface AttachmentSource {
  /** Reads at most `limit` bytes; more is `failed`. Never rejects for what the carrier or the network did. */
  fetchAttachment(reference: string, limit: number): Promise<AttachmentOutcome>;
}

/** An attachment as it is handed out. */
export interface StoredAttachment {
  bytes: Uint8Array;
  name: string;
  mimeType: string;
  expiresAt: Date;
}

/** The bytes are the phone's as well: the whole attachment goes with its message. */
export const storedAttachmentPrivacy = {
  name: 'personal',
  mimeType: 'technical',
} as const satisfies PrivacyOf<StoredAttachment>;

/** Keeps the bytes of attachments under ids that nobody can guess. */
export interface AttachmentStore {
  /** Keeps an attachment; keeping it again under the same id replaces it. */
  put(id: string, attachment: StoredAttachment): Promise<void>;
  read(id: string): Promise<StoredAttachment | undefined>;
  /** Forgets an attachment; one that is not there is no problem. */
  remove(id: string): Promise<void>;
}

/** A message that a service wants, ready to be told to its subscribers. */
export interface RoutedMessage extends InboundMessage {
  customerId: string;
  serviceId: string;
  threadId: string;
}

/** Tells subscribers of a message. Harmless when repeated. Resolves to how many there were. */
export interface Notifier {
  notify(message: RoutedMessage): Promise<number>;
}
