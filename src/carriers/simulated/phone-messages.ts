import { randomUUID } from 'node:crypto';

import type { PlayedAttachment, PlayedMessage } from './inbound-submission.ts';
import type { Owed } from './reports.ts';

interface KeptAttachment extends PlayedAttachment {
  id: string;
}

/** An inbound message, as it is stored. */
interface WrittenMessage extends Omit<PlayedMessage, 'attachments'> {
  /** The carrier's own id. */
  id: string;
  attachments: KeptAttachment[];
  /** Unix time in milliseconds. */
  receivedAt: number;
}

/** A line of the journal about inbound messages. */
export type InboundEntry =
  | { kind: 'inboundTaken'; message: WrittenMessage }
  | { kind: 'inboundReported'; keys: string[] };

/** An inbound message that the client has not confirmed yet. */
export interface OwedInbound extends Owed {
  message: WrittenMessage;
}

/** The inbound messages and their attachments. */
export interface PhoneMessages {
  /** Restores one line of the journal. */
  apply(entry: InboundEntry): void;
  /** Lists the messages that no entry records as delivered to the client at this address. */
  owed(inboundUrl: string): OwedInbound[];
  /**
   * Opens an attachment. Its name decides the result: `missing` if it contains "lost", `busy` if it contains
   * "unavailable". If it contains "flaky", only the first call is `busy`. Unknown ids are `missing`.
   */
  open(attachmentId: string): { bytes: Uint8Array; mimeType: string } | 'missing' | 'busy';
}

/** Whether an entry of the journal is about inbound messages. */
export function isInboundEntry(entry: { kind: string }): entry is InboundEntry {
  return entry.kind === 'inboundTaken' || entry.kind === 'inboundReported';
}

/**
 * Gives a message and its attachments ids of the carrier. Each call makes another message, even from the same input.
 */
export function takeMessage(played: PlayedMessage, receivedAt: number): WrittenMessage {
  const attachments = played.attachments.map((attachment) => ({ id: `sim-media-${randomUUID()}`, ...attachment }));
  return { id: `sim-inbound-${randomUUID()}`, ...played, attachments, receivedAt };
}

/** Makes the call that the client is owed for one message, due at once. */
export function owedFor(message: WrittenMessage, inboundUrl: string): OwedInbound {
  return { key: message.id, reportUrl: inboundUrl, dueAt: message.receivedAt, message };
}

/** Writes a message as the webhook call contains it. The client fetches the bytes of attachments itself. */
export function wireInbound({ message }: OwedInbound): object {
  const { receivedAt, attachments, ...rest } = message;
  return {
    ...rest,
    at: new Date(receivedAt).toISOString(),
    attachments: attachments.map(({ id, name, mimeType }) => ({ id, name, mimeType })),
  };
}

/** Creates an empty store of inbound messages. */
export function createPhoneMessages(): PhoneMessages {
  const taken: WrittenMessage[] = [];
  const reportedKeys = new Set<string>();
  const attachments = new Map<string, KeptAttachment>();
  const refusedOnce = new Set<string>();

  const isBusy = ({ id, name }: KeptAttachment): boolean => {
    if (/unavailable/i.test(name)) return true;
    if (!/flaky/i.test(name) || refusedOnce.has(id)) return false;
    refusedOnce.add(id);
    return true;
  };

  return {
    apply(entry) {
      if (entry.kind === 'inboundReported') {
        for (const key of entry.keys) reportedKeys.add(key);
        return;
      }
      taken.push(entry.message);
      for (const attachment of entry.message.attachments) attachments.set(attachment.id, attachment);
    },

    owed: (inboundUrl) =>
      taken.filter(({ id }) => !reportedKeys.has(id)).map((message) => owedFor(message, inboundUrl)),

    open(attachmentId) {
      const attachment = attachments.get(attachmentId);
      if (attachment === undefined || /lost/i.test(attachment.name)) return 'missing';
      if (isBusy(attachment)) return 'busy';
      return { bytes: Buffer.from(attachment.content, 'base64'), mimeType: attachment.mimeType };
    },
  };
}
