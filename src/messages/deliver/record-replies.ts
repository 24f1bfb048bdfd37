import type { MessagesDeps } from '../deps.ts';
import { recipientId } from '../message-id.ts';
import type { Chunk } from '../message.ts';

/**
 * Adds the messages to the given recipients of a chunk to their conversations, if the chunk is a reply. Must be done
 * before the carrier has the message, because the phone may answer at once.
 */
export async function recordReplies(
  { messageId, index, customerId, serviceId, protocol, sender, recipients, reply }: Chunk,
  recipientIndexes: readonly number[],
  { messages, now }: { messages: Pick<MessagesDeps, 'replies'>; now: () => Date },
): Promise<void> {
  if (reply === undefined) return;
  const at = now();
  const outgoing = recipientIndexes.map((recipientIndex) => {
    const phone = recipients[recipientIndex]?.address ?? '';
    return {
      customerId,
      serviceId,
      messageId,
      recipientId: recipientId({ messageId, chunk: index, recipientIndex }),
      protocol,
      sender,
      phone,
      ...(reply.threadId !== undefined && reply.phone === phone ? { threadId: reply.threadId } : {}),
      at,
    };
  });
  await messages.replies.record(outgoing);
}
