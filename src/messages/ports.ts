import type { Page, TimeSpan } from '../core/page.ts';
import type { PrivacyOf } from '../core/privacy.ts';
import type { FailureReason } from './failure-reasons.ts';
import type {
  Chunk,
  ChunkProgress,
  JournalEntry,
  MessageHeader,
  Protocol,
  StoredMessage,
  TemplateCall,
  VersionedChunk,
} from './message.ts';
import type { RecipientRef } from './message-id.ts';
import type { SenderKind } from './compose/sender.ts';
import type { RecipientStatus } from './status.ts';

/** One recipient of a batch, as the carrier gets it: the text is rendered, the address is international digits. */
export interface OutboundRecipient {
  recipientId: string;
  address: string;
  content: string;
  /** SMS segments of `content`. */
  parts: number;
}

/** What a worker hands to a carrier in one go: one sender, one protocol, up to a hundred recipients. */
export interface OutboundBatch {
  messageId: string;
  sender: string;
  protocol: Protocol;
  /** Where set, the carrier sends this, and the recipients' `content` is what it renders to. */
  template?: TemplateCall;
  /** Labels of buttons to show below the text of each, one to three, no two alike. */
  buttons?: readonly string[];
  /** When this attempt was first made: the same again where it is repeated since nobody knows how it ended. */
  attemptedAt: Date;
  recipients: readonly OutboundRecipient[];
}

/**
 * What became of one recipient at the carrier. `retry` is temporary (nothing was sent), `rejected` is for good,
 * `unknown` means that the carrier may or may not have it (a time-out after the request left).
 */
export type SendOutcome =
  | {
      outcome: 'sent';
      carrierReference?: string;
      /** Reports will name nothing but the reference. */
      reportedByReference?: true;
    }
  | {
      outcome: 'rejected' | 'retry' | 'unknown';
      code: string;
      message: string;
      reason?: FailureReason;
      /** Of `retry`: it may have been sent all the same, and another attempt is recognised as a repeat. */
      mayHaveArrived?: true;
      /** Of `retry`: when the carrier wants to be asked again. */
      retryAfterSeconds?: number;
    };

/** How many messages a carrier takes. */
export interface SendingRate {
  /** Which messages it is about; all where neither is given. */
  protocol?: Protocol;
  senderKind?: SenderKind;
  /** Whether each sender has so many, or all senders together. */
  per: 'sender' | 'carrier';
  /** Messages in 60 seconds, from 1. */
  perMinute: number;
}

/** What a carrier can do, as data: the core asks the table and never the carrier's name. */
export interface CarrierCapabilities {
  protocols: readonly Protocol[];
  /** Kinds of senders that an SMS through it may show; a WhatsApp message is always sent by a number. */
  senderKinds: readonly SenderKind[];
  /** Whether it sends WhatsApp templates. */
  sendsTemplates: boolean;
  /** Whether it sends WhatsApp texts with buttons below them. */
  sendsButtons: boolean;
  /** The WhatsApp numbers, as digits, that it sends from; absent where it takes any. */
  whatsappNumbers?: readonly string[];
  /**
   * Recipients handed over together, from 1 to 100. Of a carrier that is not idempotent so many are in doubt after a
   * crash; ten where it takes one message in a call.
   */
  batchSize: number;
  /** A repeated recipient id is recognised and sends nothing, so that an attempt in doubt may be made again. */
  idempotent: boolean;
  /** Whether delivery reports come back at all. */
  reports: boolean;
  /** The first that is about a message limits it; one that none is about goes out as fast as it comes. */
  rates: readonly SendingRate[];
}

/** Takes messages to phones. */
export interface OutboundCarrier {
  readonly name: string;
  readonly capabilities: CarrierCapabilities;
  /** One outcome per recipient, in the batch's order. Never rejects for what the carrier or the network did. */
  send(batch: OutboundBatch): Promise<SendOutcome[]>;
}

/** Says when carriers may be called, over all that call them, and learns how calls end. */
export interface CarrierLimiter {
  /**
   * Asks to hand over messages of a sender. Resolves to how many may go now, which then count; where it is none, to the
   * seconds after which to ask again, and to whether that is since the carrier can't be had.
   */
  acquire(
    carrier: OutboundCarrier,
    messages: { sender: string; protocol: Protocol; count: number },
  ): Promise<{ acquired: number; waitSeconds: number; isDown?: boolean }>;
  /** Tells what handing messages of a sender over came to. */
  report(carrier: OutboundCarrier, sender: string, outcomes: readonly SendOutcome[]): void;
}

/** A carrier's word on one recipient, in our words. */
export interface DeliveryReport {
  recipientId: string;
  status: Extract<
    RecipientStatus,
    'sent' | 'delivered' | 'read' | 'undelivered' | 'expired' | 'rejected' | 'failed' | 'unknown'
  >;
  /** The carrier's own code and words, where the message didn't arrive. */
  code?: string;
  message?: string;
  /** What the code means; `other` unless said. */
  reason?: FailureReason;
  /** When it happened, by the carrier's clock. */
  at: Date;
}

/** A carrier's word on the recipient whose message it knows by this id of its own. */
export type ReferencedReport = Omit<DeliveryReport, 'recipientId'> & { reference: string };

/**
 * Keeps messages. A message exists once its header does; the header is written last, together with the last chunks.
 */
export interface MessageStore {
  /**
   * Writes a message and its chunks. `exists` where the header is there already: nothing was changed then. Otherwise the
   * versions of the chunks, in their order, as far as one transaction wrote them all.
   */
  create(header: MessageHeader, chunks: readonly Chunk[]): Promise<readonly string[] | 'exists'>;
  /** Adds chunks to a message; one that is there already is left as it is. */
  addChunks(messageId: string, chunks: readonly Chunk[]): Promise<void>;
  /** One chunk, or undefined. */
  readChunk(messageId: string, index: number): Promise<VersionedChunk | undefined>;
  /** Writes a chunk's progress if its version is still the one given; else `conflict`, and nothing was changed. */
  updateChunk(versioned: VersionedChunk, progress: ChunkProgress): Promise<VersionedChunk | 'conflict'>;
  /** Adds delivery reports to a message's journal; never reads or changes a row, whether the message exists or not. */
  appendReports(messageId: string, entries: readonly JournalEntry[]): Promise<void>;
  /** What is the same for all recipients of a message, or undefined. */
  readHeader(messageId: string): Promise<MessageHeader | undefined>;
  /** A message with its chunks and journal, or undefined. */
  readMessage(messageId: string): Promise<StoredMessage | undefined>;
}

/** The first use of a request's key. */
export interface RequestUse {
  customerId: string;
  /** What tells a repeat from another request; the caller's, or made of what its runtime says. */
  requestId: string;
  messageId: string;
  /** Hash of everything that the request asked for. */
  fingerprint: string;
  usedAt: Date;
}

export const requestUsePrivacy = {
  customerId: 'customer',
  requestId: "kept: the caller's own name for the request, which tells a repeat from another request",
  messageId: 'technical',
  fingerprint: 'technical',
} as const satisfies PrivacyOf<RequestUse>;

/** Remembers which request ids were used. */
export interface RequestStore {
  /**
   * Records a use. Answers the use that counts: the one given where it is the first or where the earlier was before
   * `forgottenBefore`; else the earlier. An insert decides, so of any number at once exactly one is the first.
   */
  claim(use: RequestUse, forgottenBefore: Date): Promise<RequestUse>;
}

/** An id that a carrier gave a message, and what it stands for here. */
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

/** Remembers ids that carriers gave. */
export interface CarrierIdStore {
  /** Notes an id. Answers what counts: an insert decides, so of any number at once exactly one is the first. */
  note(entry: CarrierId): Promise<CarrierId>;
  /** An id, or undefined. */
  find(carrier: string, id: string): Promise<CarrierId | undefined>;
}

/** One chunk to be sent. */
export interface OutboundJob {
  messageId: string;
  chunk: number;
  /** Set where the chunk is to be looked at for recipients of whom no report came, instead of being sent. */
  check?: 'unreported';
  /** The chunk as it was written, so that it need not be read: one that is small and to be sent at once. */
  carried?: VersionedChunk;
}

/** Carries chunks to the worker. */
export interface OutboundQueue {
  /** `delaySeconds` at most 604,800 (7 days), the longest that a storage queue holds a message back; 0 unless given. */
  enqueue(job: OutboundJob, delaySeconds?: number): Promise<void>;
}

/** A recipient who will not get their message. */
export interface FinalFailure {
  customerId: string;
  number: string;
  recipientId: string;
  at: Date;
}

/** Counts final failures where somebody keeps count; told twice of one, counts it once. */
export interface FailureCounter {
  record(failures: readonly FinalFailure[]): Promise<void>;
}

/** A message of ours that is part of a conversation, on its way to one phone. */
export interface OutgoingReply {
  customerId: string;
  serviceId: string;
  messageId: string;
  recipientId: string;
  protocol: Protocol;
  sender: string;
  phone: string;
  /** The thread that it is sent to; absent for the current one between sender and phone. */
  threadId?: string;
  at: Date;
}

/** Lets conversations know of what goes out in them; told twice of one, notes it once. */
export interface ReplyRecorder {
  record(replies: readonly OutgoingReply[]): Promise<void>;
}

/** A recipient whose final status is known. */
export interface FinalRecipient extends RecipientRef {
  status: RecipientStatus;
  /** The carrier's code, or ours, where the message didn't arrive. */
  code?: string;
  at: Date;
}

/** Passes final statuses on to who asked for them; told twice of one, passes it on once. */
export interface FinalStatusRecorder {
  /** Resolves when they are sure to be passed on. */
  record(finals: readonly FinalRecipient[]): Promise<void>;
}

/** Finds messages by when they were or will be due, page by page. */
export interface MessageFinder {
  /** Chunks of messages due in a span that have recipients who wait for sending, without content and recipients. */
  listWaiting(span: TimeSpan, from?: string): Promise<Page<WaitingChunk>>;
  /** Ids of messages due in a span that seem to have recipients of whom no report came. */
  listUnreported(span: TimeSpan, from?: string): Promise<Page<string>>;
}

/** A chunk that waits, as far as it takes to say what for. */
export interface WaitingChunk extends Pick<ChunkProgress, 'leasedUntil' | 'notBefore' | 'updatedAt'> {
  messageId: string;
  index: number;
  sendAt?: Date;
}

/** Remembers the ids that it got last. */
export interface RecentIds {
  has(id: string): boolean;
  add(id: string): void;
}
