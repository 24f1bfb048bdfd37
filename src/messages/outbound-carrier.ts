import type { SenderKind } from './compose/sender.ts';
import type { FailureReason } from './failure-reasons.ts';
import type { Protocol, TemplateCall } from './message.ts';
import type { RecipientStatus } from './status.ts';

/** One recipient of a batch. The text is rendered; the address is international digits. */
export interface OutboundRecipient {
  recipientId: string;
  address: string;
  content: string;
  /** SMS parts of `content`. */
  parts: number;
}

/**
 * The messages that a worker submits to a carrier in one call: one sender, one protocol, up to a hundred recipients.
 */
export interface OutboundBatch {
  messageId: string;
  sender: string;
  protocol: Protocol;
  /** If set, the carrier sends this template. The `content` of each recipient is the rendered template. */
  template?: TemplateCall;
  /** Labels of the buttons below each text: one to three, all different. */
  buttons?: readonly string[];
  /** When this attempt was first made. A repeat of an attempt in doubt keeps the time. */
  attemptedAt: Date;
  recipients: readonly OutboundRecipient[];
}

/**
 * What became of one recipient at the carrier.
 *
 * - `sent`: the carrier has the message.
 * - `rejected`: the carrier refused for good.
 * - `retry`: the carrier refused for now, and nothing was sent.
 * - `unknown`: the carrier may or may not have the message, for example after a time-out when the request had left.
 *
 * @example
 *   { outcome: 'sent', carrierReference: 'SM42' }
 *   { outcome: 'rejected', code: '21211', message: 'Not a phone number.', reason: 'invalidNumber' }
 *   { outcome: 'retry', code: '429', message: 'Too many requests.', reason: 'throttled', retryAfterSeconds: 30 }
 *   { outcome: 'unknown', code: 'Timeout', message: 'No answer within 15 seconds.', reason: 'inDoubt' }
 */
export type SendOutcome =
  | {
      outcome: 'sent';
      carrierReference?: string;
      /** Delivery reports will name only the reference. */
      reportedByReference?: true;
    }
  | {
      outcome: 'rejected' | 'retry' | 'unknown';
      code: string;
      message: string;
      reason?: FailureReason;
      /**
       * Only with `retry`: the message may have been sent all the same. The carrier recognises another attempt as a
       * repeat.
       */
      mayHaveArrived?: true;
      /** Only with `retry`: the seconds after which the carrier wants to be asked again. */
      retryAfterSeconds?: number;
    };

/** How many messages a carrier takes in a minute. */
export interface SendingRate {
  /** The messages that the rate limits; all, if neither `protocol` nor `senderKind` is given. */
  protocol?: Protocol;
  senderKind?: SenderKind;
  /** Whether each sender has the rate for itself, or all senders share it. */
  per: 'sender' | 'carrier';
  /** Messages in 60 seconds, from 1. */
  perMinute: number;
}

/** What a carrier can do, as data: the core reads this table and never the name of the carrier. */
export interface CarrierCapabilities {
  protocols: readonly Protocol[];
  /** Kinds of senders that its SMS may show. A WhatsApp message is always sent by a number. */
  senderKinds: readonly SenderKind[];
  /** Whether the carrier sends WhatsApp templates. */
  sendsTemplates: boolean;
  /** Whether the carrier sends WhatsApp texts with buttons below them. */
  sendsButtons: boolean;
  /** The WhatsApp numbers that the carrier sends from, as digits; default: any. */
  whatsappNumbers?: readonly string[];
  /**
   * Recipients submitted together, from 1 to 100; 10 if the carrier takes one message in a call. If the carrier is not
   * idempotent, at most this many are in doubt after a crash.
   */
  batchSize: number;
  /**
   * Whether the carrier recognises a repeated recipient id and sends nothing, so that an attempt in doubt can be
   * repeated.
   */
  idempotent: boolean;
  /** Whether the carrier sends delivery reports at all. */
  reports: boolean;
  /**
   * The first rate that applies to a message limits it. A message to which none applies is sent as fast as it comes.
   */
  rates: readonly SendingRate[];
}

/**
 * Takes messages to phones.
 *
 * @example
 *   const example: OutboundCarrier = {
 *     name: 'example',
 *     capabilities: {
 *       protocols: ['SMS'],
 *       senderKinds: ['alphanumeric', 'longCode'],
 *       sendsTemplates: false,
 *       sendsButtons: false,
 *       batchSize: 10,
 *       idempotent: false,
 *       reports: true,
 *       rates: [{ per: 'sender', perMinute: 60 }],
 *     },
 *     // `submitSms` calls the carrier once and turns every failure into an outcome.
 *     send: ({ sender, recipients }) => Promise.all(recipients.map((recipient) => submitSms(sender, recipient))),
 *   };
 */
export interface OutboundCarrier {
  readonly name: string;
  readonly capabilities: CarrierCapabilities;
  /**
   * Submits a batch. Resolves to one outcome per recipient, in the batch's order. Never rejects because of the carrier
   * or the network: such failures are outcomes.
   */
  send(batch: OutboundBatch): Promise<SendOutcome[]>;
}

/** Gives permits to call carriers, across all instances of the app, and is told the outcomes of the calls. */
export interface CarrierLimiter {
  /**
   * Asks for permits to submit messages of a sender. Resolves to how many may be submitted now; these count as used. If
   * that is 0, `waitSeconds` says after how many seconds to ask again, and `isDown` whether the carrier is unavailable
   * rather than busy.
   */
  acquire(
    carrier: OutboundCarrier,
    messages: { sender: string; protocol: Protocol; count: number },
  ): Promise<{ acquired: number; waitSeconds: number; isDown?: boolean }>;
  /** Reports the outcomes of messages of a sender that were submitted. */
  report(carrier: OutboundCarrier, sender: string, outcomes: readonly SendOutcome[]): void;
}

/** What a carrier reports of one recipient, in our terms. */
export interface DeliveryReport {
  recipientId: string;
  status: Extract<
    RecipientStatus,
    'sent' | 'delivered' | 'read' | 'undelivered' | 'expired' | 'rejected' | 'failed' | 'unknown'
  >;
  /** The carrier's own code and text, if the message did not arrive. */
  code?: string;
  message?: string;
  /** What the code means; default: `other`. */
  reason?: FailureReason;
  /** When it happened, by the carrier's clock. */
  at: Date;
}

/** A report that names its recipient only by the carrier's own id of the message. */
export type ReferencedReport = Omit<DeliveryReport, 'recipientId'> & { reference: string };
