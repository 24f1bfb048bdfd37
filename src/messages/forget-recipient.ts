import { markPersonal, omitPersonal, personalFields } from '../core/privacy.ts';
import { chunkPrivacy, chunkRecipientPrivacy, messageHeaderPrivacy, replyLinkPrivacy } from './message.ts';
import type { Chunk, MessageHeader, StatusNote } from './message.ts';
import { awaitsSending } from './status.ts';

/** The text that replaces the data of a forgotten recipient. */
export const forgottenMark = 'forgotten';

const forgottenNote: StatusNote = {
  code: 'RecipientForgotten',
  message: "The recipient's data was deleted before the message was sent.",
  reason: 'forgotten',
};

const personalInChunk = personalFields(chunkPrivacy);

/**
 * Removes a phone number from a chunk: replaces its address and values with {@link forgottenMark}, and drops what the
 * carrier said of it. A recipient that still waits ends as failed, so the message is not sent to it. The text and other
 * personal fields that recipients share go only if the message has no other recipient. {@link chunkPrivacy} says which
 * fields are personal.
 *
 * @param alone whether the message has no other recipient
 * @returns the chunk without the number; undefined if the chunk does not hold the number
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
  /**
   * Returns what is left of a personal field: a map without the forgotten recipient; a shared field as it is, or
   * marked.
   */
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

/**
 * Marks the personal fields of a header, by {@link messageHeaderPrivacy}. For a message whose only recipient is
 * forgotten.
 */
export function forgetHeader(header: MessageHeader): MessageHeader {
  return markPersonal(header, messageHeaderPrivacy, forgottenMark);
}
