import { markPersonal, omitPersonal, personalFields } from '../core/privacy.ts';
import { chunkPrivacy, chunkRecipientPrivacy, messageHeaderPrivacy, replyLinkPrivacy } from './message.ts';
import type { Chunk, MessageHeader, StatusNote } from './message.ts';
import { awaitsSending } from './status.ts';

/** What stands where something of a forgotten recipient stood. */
export const forgottenMark = 'forgotten';

const forgottenNote: StatusNote = {
  code: 'RecipientForgotten',
  message: 'The recipient was forgotten before the message was sent.',
  reason: 'forgotten',
};

const personalInChunk = personalFields(chunkPrivacy);

/**
 * A chunk in which nothing is left of a phone number: its address and values are marked as forgotten, and what the
 * carrier said of it is gone. A message that still waits is not sent to it any more. The text goes too where it was for
 * this number alone. Undefined where the chunk knows nothing of the number. Which fields these are is what
 * {@link chunkPrivacy} says.
 *
 * @param alone whether the message has no other recipient
 */
export function forgetRecipient(chunk: Chunk, phone: string, alone: boolean): Chunk | undefined {
  const recipientIndexes = chunk.recipients.flatMap(({ address }, recipientIndex) =>
    address === phone ? [recipientIndex] : [],
  );
  const isMeant = new Set(recipientIndexes);
  const { reply } = chunk;
  if (recipientIndexes.length === 0 && reply?.phone !== phone) return undefined;
  const isStopped = (recipientIndex: number): boolean =>
    isMeant.has(recipientIndex) && awaitsSending(chunk.statuses[recipientIndex] ?? 'accepted');
  const withoutMeant = <Value>(byIndex: ReadonlyMap<number, Value>): [number, Value][] =>
    [...byIndex].filter(([recipientIndex]) => !isMeant.has(recipientIndex));
  /** A personal field as it is kept: in maps the other recipients, of what all recipients share nothing but a mark. */
  const blank = (name: string, value: unknown): [string, unknown][] => {
    if (value instanceof Map) return [[name, new Map(withoutMeant(value))]];
    if (!alone) return [[name, value]];
    return typeof value === 'string' ? [[name, forgottenMark]] : [];
  };
  const blanked = Object.entries(chunk).flatMap(([name, value]): [string, unknown][] =>
    personalInChunk.has(name) ? blank(name, value) : [[name, value]],
  );
  return {
    ...(Object.fromEntries(blanked) as unknown as Chunk),
    ...(reply === undefined ? {} : { reply: reply.phone === phone ? omitPersonal(reply, replyLinkPrivacy) : reply }),
    recipients: chunk.recipients.map((recipient, recipientIndex) =>
      isMeant.has(recipientIndex) ? markPersonal(recipient, chunkRecipientPrivacy, forgottenMark) : recipient,
    ),
    statuses: chunk.statuses.map((status, recipientIndex) => (isStopped(recipientIndex) ? 'failed' : status)),
    notes: new Map([
      ...withoutMeant(chunk.notes),
      ...recipientIndexes
        .filter(isStopped)
        .map((recipientIndex): [number, StatusNote] => [recipientIndex, forgottenNote]),
    ]),
  };
}

/** The header of a message whose only recipient is forgotten: {@link messageHeaderPrivacy} says what is marked in it. */
export function forgetHeader(header: MessageHeader): MessageHeader {
  return markPersonal(header, messageHeaderPrivacy, forgottenMark);
}
