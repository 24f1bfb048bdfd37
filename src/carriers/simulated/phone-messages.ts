import { randomUUID } from 'node:crypto';

import type { PlayedAttachment, PlayedMessage } from './inbound-submission.ts';
import type { Owed } from './reports.ts';

interface KeptAttachment extends PlayedAttachment {
  id: string;
}

/** A message that a phone wrote, as it is kept. */
interface WrittenMessage extends Omit<PlayedMessage, 'attachments'> {
  /** The carrier's own id. */
  id: string;
  attachments: KeptAttachment[];
  /** Unix time in milliseconds. */
  receivedAt: number;
}

/** What happened; the journal's lines. */
export type InboundEntry =
  | { kind: 'inboundTaken'; message: WrittenMessage }
  | { kind: 'inboundReported'; keys: string[] };

/** A phone's message that the client has yet to hear of. */
export interface OwedInbound extends Owed {
  message: WrittenMessage;
}

/** What phones wrote, and the files that came with it. */
export interface PhoneMessages {
  /** Brings back what the journal kept. */
  apply(entry: InboundEntry): void;
  /** What there is to tell the client at this address: the messages of which no entry says that it knows. */
  owed(inboundUrl: string): OwedInbound[];
  /**
   * What asking for an attachment comes to, which its name decides: `missing` where it contains "lost", `busy` where it
   * contains "unavailable", `busy` at the first try where it contains "flaky". Ids that are not known are `missing`.
   */
  open(attachmentId: string): { bytes: Uint8Array; mimeType: string } | 'missing' | 'busy';
}

/** Whether an entry of the journal is about what phones wrote. */
export function isInboundEntry(entry: { kind: string }): entry is InboundEntry {
  return entry.kind === 'inboundTaken' || entry.kind === 'inboundReported';
}

/** Gives a message and its attachments ids of the carrier; the same message once more is another one. */
export function takeMessage(played: PlayedMessage, receivedAt: number): WrittenMessage {
  const attachments = played.attachments.map((attachment) => ({ id: `sim-media-${randomUUID()}`, ...attachment }));
  return { id: `sim-inbound-${randomUUID()}`, ...played, attachments, receivedAt };
}

/** What is owed to a client for one message: to be told of it at once. */
export function owedFor(message: WrittenMessage, inboundUrl: string): OwedInbound {
  return { key: message.id, reportUrl: inboundUrl, dueAt: message.receivedAt, message };
}

/** A message as the client is told of it; the bytes of attachments are for the client to fetch. */
export function wireInbound({ message }: OwedInbound): object {
  const { receivedAt, attachments, ...rest } = message;
  return {
    ...rest,
    at: new Date(receivedAt).toISOString(),
    attachments: attachments.map(({ id, name, mimeType }) => ({ id, name, mimeType })),
  };
}

/** Starts with no message. */
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
