import type { PrivacyOf } from '../core/privacy.ts';
import type { FailureReason } from './failure-reasons.ts';
import type { RecipientStatus } from './status.ts';

/** How a message is sent. */
export type Protocol = 'SMS' | 'WhatsApp';

/** An approved WhatsApp template with what fills it: the same for all recipients of a message. */
export interface TemplateCall {
  name: string;
  language: string;
  headerParameters: readonly string[];
  bodyParameters: readonly string[];
  buttons: readonly { type: string; data: string }[];
  attachmentUri?: string;
  /** What the attachment is. */
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

/** What is the same for all recipients of a message and never changes once it is accepted. */
export interface MessageHeader {
  messageId: string;
  customerId: string;
  serviceId: string;
  /** Who sent it. */
  userId: string;
  sender: string;
  protocol: Protocol;
  acceptedAt: Date;
  /** Absent: at once. */
  sendAt?: Date;
  recipientCount: number;
  chunkCount: number;
  /** The largest number of parts that a recipient gets. */
  partCount: number;
  customerData?: string;
  adMessage?: boolean;
  dlrUrl?: string;
  requestId?: string;
  attachmentUri?: string;
  templateName?: string;
  /** The message that this one answers: one of a phone, or one of ours. */
  parentMessageId?: string;
  /** The thread that it was sent to. */
  threadId?: string;
}

/** What is personal here goes when nobody else got the message. */
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

/** What makes a message part of conversations: each of its recipients' threads is told of it. */
export interface ReplyLink {
  /** The thread that it belongs to for `phone`; for any other recipient it belongs to the current one with the sender. */
  threadId?: string;
  phone?: string;
}

export const replyLinkPrivacy = {
  threadId: threadIdPrivacy,
  phone: 'personal',
} as const satisfies PrivacyOf<ReplyLink>;

/** One recipient as accepted: digits, parts after personalization, and a value for each placeholder of the content. */
export interface ChunkRecipient {
  address: string;
  parts: number;
  values: readonly string[];
}

export const chunkRecipientPrivacy = {
  address: 'personal',
  values: ['personal'],
} as const satisfies PrivacyOf<ChunkRecipient>;

/** Why a recipient stands where it stands, where there is more to say than the status. */
export interface StatusNote {
  /** The carrier's code, or ours. */
  code: string;
  message: string;
  /** What the code means; `other` where absent. */
  reason?: FailureReason;
}

const statusNotePrivacy = {
  code: 'technical',
  message: 'personal',
  reason: 'technical',
} as const satisfies PrivacyOf<StatusNote>;

/** Words of a carrier without what JSON would escape, and cut, so that a hundred of them fit into one property. */
export function plainWords(text: string, limit: number): string {
  return text
    .replaceAll('"', "'")
    .replaceAll(/[\\\p{Cc}]/gu, ' ')
    .slice(0, limit)
    .toWellFormed();
}

/** A note from a carrier's code and words, and what they mean to us. */
export function statusNote({ code, message, reason }: StatusNote): StatusNote {
  const known = reason === undefined ? {} : { reason };
  return { code: plainWords(code, 60), message: plainWords(message, 200), ...known };
}

/** What changes about a chunk while it is worked on. */
export interface ChunkProgress {
  /** One per recipient, in their order. */
  statuses: readonly RecipientStatus[];
  /** By the recipient's place. */
  notes: ReadonlyMap<number, StatusNote>;
  /** The carrier's own ids, by the recipient's place: what an operator quotes when asking the carrier. */
  references: ReadonlyMap<number, string>;
  /** How often the chunk was handed to a carrier, leaving out where that had no room. */
  attempts: number;
  /** Name of the carrier that the last attempt went to. */
  carrier?: string;
  /**
   * Places that the carrier may have, nobody knows for sure: those that it is to be asked about again, and while a worker
   * is at it also those handed over last. Absent while a worker is at it: all that wait.
   */
  inFlight?: readonly number[];
  /** When what is in hand was first handed over. */
  attemptedAt?: Date;
  /** Set while a worker has the chunk at the carrier; past it, that attempt's outcome is in doubt. */
  leasedUntil?: Date;
  /** Whose lease it is: a worker whose write seems to have failed finds out by it that it was done. */
  leaseId?: string;
  /** When the next attempt is due, where the last one asked for another. */
  notBefore?: Date;
  updatedAt: Date;
}

/**
 * Up to a hundred recipients of a message, with all that is needed to send to them, so that a worker reads one row and
 * nothing else.
 */
export interface Chunk extends ChunkProgress {
  messageId: string;
  index: number;
  customerId: string;
  serviceId: string;
  sender: string;
  protocol: Protocol;
  sendAt?: Date;
  /** What the carrier is to send instead of the text, where the channel knows templates. */
  template?: TemplateCall;
  /** Labels of buttons that stand below the text, one to three, where the channel has them. */
  buttons?: readonly string[];
  /** Who sends the text as SMS to those whom this chunk doesn't reach; absent where nobody does. */
  fallbackSender?: string;
  /** Set where conversations are to be told. */
  reply?: ReplyLink;
  /** With placeholders; `recipients` have their values in the order in which they first appear. */
  content: string;
  recipients: readonly ChunkRecipient[];
}

/**
 * What is personal in `recipients` and in maps by recipient index goes with the recipient; the rest is the same for all
 * recipients and goes when nobody else got the message.
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
  // An id of WhatsApp is made of the number, among others.
  references: ['personal'],
  carrier: 'technical',
  leaseId: 'technical',
} as const satisfies PrivacyOf<Chunk>;

/** A chunk and the version it was read at; a write against an older version is refused. */
export interface VersionedChunk {
  chunk: Chunk;
  version: string;
}

/** A delivery report as it stands in a message's journal. */
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
  /** In order, without those that stand in for another channel. */
  chunks: readonly Chunk[];
  /** Chunks of one recipient each, which send by SMS what WhatsApp didn't deliver. */
  fallbacks: readonly Chunk[];
  journal: readonly JournalEntry[];
}

/** A chunk with its progress replaced as a whole: what the new progress doesn't name is gone. */
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

/** How far a chunk is, once nobody is at it: without a lease, and nothing in hand. */
export function progressAtRest({ statuses, notes, references, attempts, carrier }: Chunk, now: Date): ChunkProgress {
  return { statuses, notes, references, attempts, updatedAt: now, ...(carrier === undefined ? {} : { carrier }) };
}

/** What of a chunk's progress says that these places are still in hand, since they first were; nothing where there is none. */
export function stillInFlight(
  { attemptedAt }: Chunk,
  recipientIndexes: readonly number[],
): Pick<ChunkProgress, 'inFlight' | 'attemptedAt'> {
  if (recipientIndexes.length === 0) return {};
  return { inFlight: recipientIndexes, ...(attemptedAt === undefined ? {} : { attemptedAt }) };
}
