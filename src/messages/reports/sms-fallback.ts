import { failpoint } from '../../core/failpoint.ts';
import type { Chunk } from '../message.ts';
import { compileContent } from '../compose/personalization.ts';
import { renderText } from '../compose/render-text.ts';
import { countSmsParts } from '../compose/sms-parts.ts';
import type { FallbackDeps } from '../deps.ts';

/*
 * A recipient whom WhatsApp does not reach gets the text by SMS, once: as a chunk of its own in the same message, whose
 * index follows from the chunk and the recipient index. Inserting that chunk decides: whatever finds the failure first,
 * and however often, one SMS goes out. From then on, the chunk is sent, retried and reported on like any other.
 */

const firstFallbackIndex = 10_000;
const recipientsPerChunk = 100;

/** Returns the index of the fallback chunk of one recipient. */
export function fallbackIndex(chunk: number, recipientIndex: number): number {
  return firstFallbackIndex + chunk * recipientsPerChunk + recipientIndex;
}

/** Returns the recipient of a fallback chunk; undefined for a chunk of the send itself. */
export function fallbackOrigin(index: number): { chunk: number; recipientIndex: number } | undefined {
  if (index < firstFallbackIndex) return undefined;
  const offset = index - firstFallbackIndex;
  return { chunk: Math.floor(offset / recipientsPerChunk), recipientIndex: offset % recipientsPerChunk };
}

/** Sorts a message's chunks by index, and separates those of the send from fallback chunks. */
export function sortChunks(chunks: readonly Chunk[]): { chunks: Chunk[]; fallbacks: Chunk[] } {
  const inOrder = chunks.toSorted((left, right) => left.index - right.index);
  const isOwn = ({ index }: Chunk): boolean => fallbackOrigin(index) === undefined;
  return { chunks: inOrder.filter(isOwn), fallbacks: inOrder.filter((chunk) => !isOwn(chunk)) };
}

/** Starts the SMS for recipients of a chunk that has a fallback. Recipients who have it already get nothing again. */
export async function startFallbacks(
  chunk: Chunk,
  recipientIndexes: readonly number[],
  { messages, now }: FallbackDeps,
): Promise<void> {
  const chunks = recipientIndexes.flatMap((recipientIndex) => fallbackChunk(chunk, recipientIndex, now()));
  if (chunks.length === 0) return;
  await messages.store.addChunks(chunk.messageId, chunks);
  failpoint('fallback.rowsWritten');
  await Promise.all(chunks.map(({ messageId, index }) => messages.queue.enqueue({ messageId, chunk: index })));
}

function fallbackChunk(chunk: Chunk, recipientIndex: number, updatedAt: Date): Chunk[] {
  const { messageId, customerId, serviceId, content, fallbackSender: sender } = chunk;
  const recipient = chunk.recipients[recipientIndex];
  if (recipient === undefined || sender === undefined) return [];
  return [
    {
      messageId,
      index: fallbackIndex(chunk.index, recipientIndex),
      customerId,
      serviceId,
      sender,
      protocol: 'SMS',
      content,
      recipients: [{ ...recipient, parts: countSmsParts(renderText(compileContent(content), recipient.values)) }],
      statuses: ['accepted'],
      notes: new Map(),
      references: new Map(),
      attempts: 0,
      updatedAt,
    },
  ];
}
