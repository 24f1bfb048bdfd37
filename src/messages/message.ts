import type { RecipientStatus } from './status.ts';

/** How a message is sent. */
export type Protocol = 'SMS';

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
}

/** One recipient as accepted: digits, parts after personalization, and a value for each placeholder of the content. */
export interface ChunkRecipient {
  address: string;
  parts: number;
  values: readonly string[];
}

/** Why a recipient stands where it stands, where there is more to say than the status. */
export interface StatusNote {
  code: string;
  message: string;
}

/** A note from a carrier's code and words, made plain and cut, so that a hundred of them fit into one property. */
export function statusNote(code: string, message: string): StatusNote {
  const plain = (text: string, limit: number): string =>
    text
      .replaceAll('"', "'")
      .replaceAll(/[\\\p{Cc}]/gu, ' ')
      .slice(0, limit)
      .toWellFormed();
  return { code: plain(code, 60), message: plain(message, 200) };
}

/** What changes about a chunk while it is worked on. */
export interface ChunkProgress {
  /** One per recipient, in their order. */
  statuses: readonly RecipientStatus[];
  /** By the recipient's place. */
  notes: ReadonlyMap<number, StatusNote>;
  /** The carrier's own ids, by the recipient's place: what an operator quotes when asking the carrier. */
  references: ReadonlyMap<number, string>;
  /** How often the chunk was handed to a carrier. */
  attempts: number;
  /** Set while a worker has the chunk at the carrier; past it, that attempt's outcome is in doubt. */
  leasedUntil?: Date;
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
  /** With placeholders; `recipients` have their values in the order in which they first appear. */
  content: string;
  recipients: readonly ChunkRecipient[];
}

/** A chunk and the version it was read at; a write against an older version is refused. */
export interface VersionedChunk {
  chunk: Chunk;
  version: string;
}

/** A delivery report as it stands in a message's journal. */
export interface JournalEntry {
  chunk: number;
  place: number;
  status: RecipientStatus;
  note?: StatusNote;
  at: Date;
}

/** Everything stored about a message. */
export interface StoredMessage {
  header: MessageHeader;
  /** In order. */
  chunks: readonly Chunk[];
  journal: readonly JournalEntry[];
}
