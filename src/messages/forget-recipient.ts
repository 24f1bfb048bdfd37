import type { Chunk, StatusNote } from './message.ts';
import { awaitsSending } from './status.ts';

/** What stands where something of a forgotten recipient stood. */
export const forgottenMark = 'forgotten';

const forgottenNote: StatusNote = {
  code: 'RecipientForgotten',
  message: 'The recipient was forgotten before the message was sent.',
  reason: 'forgotten',
};

/**
 * A chunk in which nothing is left of a phone number: its address and values are marked as forgotten, and what the
 * carrier said of it is gone. A message that still waits is not sent to it any more. The text goes too where it was for
 * this number alone. Undefined where the chunk knows nothing of the number.
 *
 * @param alone whether the message has no other recipient
 */
export function forgetRecipient(chunk: Chunk, phone: string, alone: boolean): Chunk | undefined {
  const recipientIndexes = chunk.recipients.flatMap(({ address }, recipientIndex) =>
    address === phone ? [recipientIndex] : [],
  );
  const isMeant = new Set(recipientIndexes);
  if (recipientIndexes.length === 0 && chunk.reply?.phone !== phone) return undefined;
  const { template, buttons, reply, ...rest } = chunk;
  const threadOnly = reply?.threadId === undefined ? {} : { threadId: reply.threadId };
  const isStopped = (recipientIndex: number): boolean =>
    isMeant.has(recipientIndex) && awaitsSending(chunk.statuses[recipientIndex] ?? 'accepted');
  return {
    ...rest,
    ...(template === undefined || alone ? {} : { template }),
    ...(buttons === undefined || alone ? {} : { buttons }),
    ...(reply === undefined ? {} : { reply: reply.phone === phone ? threadOnly : reply }),
    content: alone ? forgottenMark : chunk.content,
    recipients: chunk.recipients.map((recipient, recipientIndex) =>
      isMeant.has(recipientIndex)
        ? { ...recipient, address: forgottenMark, values: recipient.values.map(() => forgottenMark) }
        : recipient,
    ),
    statuses: chunk.statuses.map((status, recipientIndex) => (isStopped(recipientIndex) ? 'failed' : status)),
    // An id of WhatsApp is made of the number, among others.
    references: new Map([...chunk.references].filter(([recipientIndex]) => !isMeant.has(recipientIndex))),
    notes: new Map([
      ...[...chunk.notes].filter(([recipientIndex]) => !isMeant.has(recipientIndex)),
      ...recipientIndexes
        .filter(isStopped)
        .map((recipientIndex): [number, StatusNote] => [recipientIndex, forgottenNote]),
    ]),
  };
}
