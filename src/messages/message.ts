import type { PrivacyOf } from '../core/privacy.ts';
import type { FailureReason } from './failure-reasons.ts';
import type { RecipientStatus } from './status.ts';

/** The channel that carries a message. */
export type Protocol = 'SMS' | 'WhatsApp';

/** An approved WhatsApp template and its parameters, the same for all recipients of a message. */
export interface TemplateCall {
  name: string;
  language: string;
  headerParameters: readonly string[];
  bodyParameters: readonly string[];
  buttons: readonly { type: string; data: string }[];
  attachmentUri?: string;
  /** The type of the attachment. */
  attachmentKind?: 'image' | 'video' | 'document';
}

const templateCallPrivacy = {
  name: 'customer',
  language: 'customer',
  headerParameters: ['personal'],
  bodyParameters: ['personal'],
  buttons: [{ type: 'technical', data: 'personal' }],
  attachmentUri: 'personal',
  attachmentKind: 'technical',
} as const satisfies PrivacyOf<TemplateCall>;

const threadIdPrivacy = 'kept: the id of a thread that is deleted; a hash of the number, among others, is part of it';

/** The part of a message that is the same for all recipients and never changes after the message was accepted. */
export interface MessageHeader {
  messageId: string;
  customerId: string;
  serviceId: string;
  /** The user who sent the message. */
  userId: string;
  sender: string;
  protocol: Protocol;
  acceptedAt: Date;
  /** When to send the message; absent: at once. */
  sendAt?: Date;
  recipientCount: number;
  chunkCount: number;
  /** The largest number of SMS parts that a recipient gets. */
  partCount: number;
  customerData?: string;
  adMessage?: boolean;
  dlrUrl?: string;
  requestId?: string;
  attachmentUri?: string;
  templateName?: string;
  /** The message that this one answers: an inbound message, or one that we sent. */
  parentMessageId?: string;
  /** The thread that the message was sent to. */
  threadId?: string;
}

/** Personal fields are marked as forgotten if nobody but the forgotten recipient got the message. */
export const messageHeaderPrivacy = {
  messageId: 'technical',
  customerId: 'customer',
  serviceId: 'customer',
  userId: 'customer',
  sender: 'customer',
  protocol: 'technical',
  customerData: 'personal',
  dlrUrl: "kept: the caller's address, which is called with what became of the message",
  requestId: "kept: the caller's own name for the request, which `npm run messages` shows",
  attachmentUri: "kept: the caller's address of a file",
  templateName: 'customer',
  parentMessageId: 'technical',
  threadId: threadIdPrivacy,
} as const satisfies PrivacyOf<MessageHeader>;

/** Makes a message part of conversations: it is added to the thread of each recipient. */
export interface ReplyLink {
  /** The thread of the recipient `phone`. For any other recipient it is the current thread with the sender. */
  threadId?: string;
  phone?: string;
}

export const replyLinkPrivacy = {
  threadId: threadIdPrivacy,
  phone: 'personal',
} as const satisfies PrivacyOf<ReplyLink>;

/**
 * One accepted recipient: the number as international digits, the SMS parts after personalization, and a value for each
 * placeholder of the content.
 */
export interface ChunkRecipient {
  address: string;
  parts: number;
  values: readonly string[];
}

export const chunkRecipientPrivacy = {
  address: 'personal',
  values: ['personal'],
} as const satisfies PrivacyOf<ChunkRecipient>;

/** Explains the status of a recipient, if the status alone does not say enough. */
export interface StatusNote {
  /** The carrier's code, or ours. */
  code: string;
  message: string;
  /** What the code means; default: `other`. */
  reason?: FailureReason;
}

const statusNotePrivacy = {
  code: 'technical',
  message: 'personal',
  reason: 'technical',
} as const satisfies PrivacyOf<StatusNote>;

/**
 * Shortens a carrier's text to `limit` UTF-16 units and replaces what JSON would escape, so that a hundred such texts
 * fit into one property of a table row.
 */
export function plainWords(text: string, limit: number): string {
  return text
    .replaceAll('"', "'")
    .replaceAll(/[\\\p{Cc}]/gu, ' ')
    .slice(0, limit)
    .toWellFormed();
}

/** Makes a note from a carrier's code (at most 60 characters) and text (200), and what they mean to us. */
export function statusNote({ code, message, reason }: StatusNote): StatusNote {
  const known = reason === undefined ? {} : { reason };
  return { code: plainWords(code, 60), message: plainWords(message, 200), ...known };
}

/** The part of a chunk that changes while workers send it. */
export interface ChunkProgress {
  /** One status per recipient, in order. */
  statuses: readonly RecipientStatus[];
  /** By recipient index. */
  notes: ReadonlyMap<number, StatusNote>;
  /** The carrier's own ids, by recipient index. An operator quotes them to the carrier. */
  references: ReadonlyMap<number, string>;
  /** Attempts so far. An attempt that failed only because the carrier had no room does not count. */
  attempts: number;
  /** Name of the carrier that got the last attempt. */
  carrier?: string;
  /**
   * Indexes of recipients that the carrier may have: those in doubt and, during a lease, those that the worker
   * submitted last. If absent, it is all that wait during a lease, and nobody without one.
   */
  inFlight?: readonly number[];
  /** When the recipients in flight were first submitted. */
  attemptedAt?: Date;
  /** Set while a worker has the chunk in flight. After this time, the outcome of that attempt is in doubt. */
  leasedUntil?: Date;
  /** Identifies the lease. A worker whose write seems to have failed reads it to find out whether it was done. */
  leaseId?: string;
  /** When the next attempt is due, if the last one asked for another. */
  notBefore?: Date;
  updatedAt: Date;
}

/**
 * Up to a hundred recipients of a message, with everything that is needed to send to them, so that a worker reads one
 * row and nothing else.
 */
export interface Chunk extends ChunkProgress {
  messageId: string;
  index: number;
  customerId: string;
  serviceId: string;
  sender: string;
  protocol: Protocol;
  sendAt?: Date;
  /** The template that the carrier sends instead of the text, if the channel has templates. */
  template?: TemplateCall;
  /** Labels of the buttons below the text, one to three, if the channel has buttons. */
  buttons?: readonly string[];
  /** The sender of the SMS to recipients whom this chunk does not reach; absent: no fallback. */
  fallbackSender?: string;
  /** Set if the message is part of conversations. */
  reply?: ReplyLink;
  /**
   * The text with its placeholders. `recipients` hold the values, in the order in which the placeholders first appear.
   */
  content: string;
  recipients: readonly ChunkRecipient[];
}

/**
 * Personal data in `recipients`, and in maps by recipient index, is deleted with the recipient. Other personal data is
 * the same for all recipients; it is deleted if nobody but the forgotten recipient got the message.
 */
export const chunkPrivacy = {
  messageId: 'technical',
  customerId: 'customer',
  serviceId: 'customer',
  sender: 'customer',
  protocol: 'technical',
  template: templateCallPrivacy,
  buttons: ['personal'],
  fallbackSender: 'customer',
  reply: replyLinkPrivacy,
  content: 'personal',
  recipients: [chunkRecipientPrivacy],
  statuses: ['technical'],
  notes: [statusNotePrivacy],
  // WhatsApp derives its message ids from the number, among other things.
  references: ['personal'],
  carrier: 'technical',
  leaseId: 'technical',
} as const satisfies PrivacyOf<Chunk>;

/** A chunk and the version at which it was read. The store refuses a write against an older version. */
export interface VersionedChunk {
  chunk: Chunk;
  version: string;
}

/** A delivery report in a message's journal. */
export interface JournalEntry {
  chunk: number;
  recipientIndex: number;
  status: RecipientStatus;
  note?: StatusNote;
  at: Date;
}

export const journalEntryPrivacy = {
  status: 'technical',
  note: {
    ...statusNotePrivacy,
    message: "kept: the carrier's words on why the message failed; the number is blanked in them",
  },
} as const satisfies PrivacyOf<JournalEntry>;

/** Everything stored about a message. */
export interface StoredMessage {
  header: MessageHeader;
  /** By index, without fallback chunks. */
  chunks: readonly Chunk[];
  /** Fallback chunks, of one recipient each, which send by SMS what WhatsApp did not deliver. */
  fallbacks: readonly Chunk[];
  journal: readonly JournalEntry[];
}

/** Replaces a chunk's progress as a whole: fields that the new progress leaves out are removed. */
export function withProgress(chunk: Chunk, progress: ChunkProgress): Chunk {
  const {
    leasedUntil: _,
    leaseId: __,
    notBefore: ___,
    carrier: ____,
    inFlight: _____,
    attemptedAt: ______,
    ...unchanged
  } = chunk;
  return { ...unchanged, ...progress };
}

/** Returns a chunk's progress without a lease and with nothing in flight. */
export function progressAtRest({ statuses, notes, references, attempts, carrier }: Chunk, now: Date): ChunkProgress {
  return { statuses, notes, references, attempts, updatedAt: now, ...(carrier === undefined ? {} : { carrier }) };
}

/**
 * Returns the fields of a chunk's progress that keep these recipients in flight since their first attempt. Empty if
 * there are no recipients.
 */
export function stillInFlight(
  { attemptedAt }: Chunk,
  recipientIndexes: readonly number[],
): Pick<ChunkProgress, 'inFlight' | 'attemptedAt'> {
  if (recipientIndexes.length === 0) return {};
  return { inFlight: recipientIndexes, ...(attemptedAt === undefined ? {} : { attemptedAt }) };
}
