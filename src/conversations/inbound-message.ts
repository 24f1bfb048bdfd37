import type { PrivacyOf } from '../core/privacy.ts';

/** How a phone's message came. */
export const inboundProtocols = ['SMS', 'MMS', 'WhatsApp'] as const;
export type InboundProtocol = (typeof inboundProtocols)[number];

/** An attachment as a carrier announces it; its bytes are fetched later. */
export interface AnnouncedAttachment {
  /** What the carrier wants to be asked for. */
  reference: string;
  name: string;
  mimeType: string;
}

/** A phone's message as a carrier's webhook brings it. */
export interface InboundEvent {
  /** The carrier's own id of the message, the same in each repeat of the call. */
  carrierMessageId: string;
  /** Digits in international form where it is a phone number. */
  sender: string;
  /** The address of ours that the phone wrote to: digits of a number or a short code. */
  recipient: string;
  protocol: InboundProtocol;
  content: string;
  /**
   * When the carrier got it, by its own clock; the same in each repeat of the call. Absent where the carrier says no
   * time: then its first call counts.
   */
  at?: Date;
  attachments: readonly AnnouncedAttachment[];
  /** The label of the button that was tapped, where the message is such a tap. */
  buttonReply?: string;
}

/** A phone's message with the time that its id is made of. */
export type TimedEvent = InboundEvent & { at: Date };

/** An attachment of a stored message. */
export interface Attachment extends AnnouncedAttachment {
  /** Names what is kept of it, and opens it: 32 random hexadecimal digits. */
  id: string;
  /** `failed`: nobody will have it, `reason` says why. */
  state: 'pending' | 'stored' | 'failed';
  reason?: string;
}

/** Where a message was led, as far as that is known. */
export interface InboundProgress {
  /** `unrouted`: no service wants it. `routed`: it has its service and thread, and subscribers are being told. */
  state: 'received' | 'unrouted' | 'routed';
  attachments: readonly Attachment[];
  /** How often its attachments were asked for. */
  attempts: number;
  customerId?: string;
  serviceId?: string;
  /** The keyword that led it to the service, as the directory writes it. */
  keyword?: string;
  threadId?: string;
  /** The message of ours that it answers, where the thread has one. */
  parentMessageId?: string;
}

/** A phone's message as it is kept. */
export interface InboundMessage extends InboundProgress, Omit<TimedEvent, 'attachments'> {
  id: string;
  carrier: string;
  receivedAt: Date;
}

export const inboundMessagePrivacy = {
  id: 'technical',
  carrier: 'technical',
  // An id of WhatsApp is made of the number, among others.
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
