import type { PrivacyOf } from '../core/privacy.ts';

/** The protocols of inbound messages. */
export const inboundProtocols = ['SMS', 'MMS', 'WhatsApp'] as const;
export type InboundProtocol = (typeof inboundProtocols)[number];

/** An attachment as the carrier announces it; we fetch its bytes later. */
export interface AnnouncedAttachment {
  /** Identifies the attachment to the carrier when we fetch it. */
  reference: string;
  name: string;
  mimeType: string;
}

/** An inbound message as a carrier's webhook delivers it. */
export interface InboundEvent {
  /** The carrier's id for the message, the same in each repeat of the call. */
  carrierMessageId: string;
  /** Digits in international form if it is a phone number. */
  sender: string;
  /** Our address that the phone wrote to: digits of a number or a short code. */
  recipient: string;
  protocol: InboundProtocol;
  content: string;
  /**
   * When the carrier received it, by the carrier's clock; the same in each repeat of the call. If absent, the time of
   * the first call counts.
   */
  at?: Date;
  attachments: readonly AnnouncedAttachment[];
  /** The label of the button that was tapped; absent if the message is not a button reply. */
  buttonReply?: string;
}

/** An inbound message with the time that is part of its id. */
export type TimedEvent = InboundEvent & { at: Date };

/** An attachment of a stored message. */
export interface Attachment extends AnnouncedAttachment {
  /** Identifies the stored bytes and grants access to them: 32 random hexadecimal digits. */
  id: string;
  /** `failed`: it will never be available; `reason` says why. */
  state: 'pending' | 'stored' | 'failed';
  reason?: string;
}

/** How far the routing of a message has come. */
export interface InboundProgress {
  /** `unrouted`: no service matches. `routed`: it has its service and thread, and subscribers are being notified. */
  state: 'received' | 'unrouted' | 'routed';
  attachments: readonly Attachment[];
  /** How often we tried to fetch its attachments. */
  attempts: number;
  customerId?: string;
  serviceId?: string;
  /** The keyword that selected the service, in the directory's spelling. */
  keyword?: string;
  threadId?: string;
  /** Our message that it answers: the last one in its thread, if any. */
  parentMessageId?: string;
}

/** An inbound message as it is stored. */
export interface InboundMessage extends InboundProgress, Omit<TimedEvent, 'attachments'> {
  id: string;
  carrier: string;
  receivedAt: Date;
}

export const inboundMessagePrivacy = {
  id: 'technical',
  carrier: 'technical',
  // WhatsApp builds its ids from the phone number, among other things.
  carrierMessageId: 'personal',
  sender: 'personal',
  recipient: 'customer',
  protocol: 'technical',
  content: 'personal',
  buttonReply: 'personal',
  state: 'technical',
  attachments: [
    {
      id: 'technical',
      reference: 'personal',
      name: 'personal',
      mimeType: 'technical',
      state: 'technical',
      reason: 'personal',
    },
  ],
  customerId: 'customer',
  serviceId: 'customer',
  keyword: 'customer',
  threadId: 'technical',
  parentMessageId: 'technical',
} as const satisfies PrivacyOf<InboundMessage>;
