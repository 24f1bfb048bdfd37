import { failpoint } from '../../core/failpoint.ts';
import type { Chunk } from '../message.ts';
import { compileContent } from '../compose/personalization.ts';
import { renderText } from '../compose/render-text.ts';
import { countSmsParts } from '../compose/sms-parts.ts';
import type { FallbackDeps } from '../deps.ts';

/*
 * A recipient whom WhatsApp doesn't reach gets the text by SMS, once: as a chunk of its own in the same message, whose
 * index follows from the recipient's place. Inserting it decides, so whatever finds the failure first, and however
 * often, one SMS goes out; and from then on it is sent, retried and reported on like any chunk.
 */

const firstFallbackIndex = 10_000;
const placesPerChunk = 100;

/** The index of the chunk that stands in for one recipient. */
export function fallbackIndex(chunk: number, recipientIndex: number): number {
  return firstFallbackIndex + chunk * placesPerChunk + recipientIndex;
}

/** The recipient for whom a chunk stands in; undefined for a chunk of the send itself. */
export function fallbackOrigin(index: number): { chunk: number; recipientIndex: number } | undefined {
  if (index < firstFallbackIndex) return undefined;
  const offset = index - firstFallbackIndex;
  return { chunk: Math.floor(offset / placesPerChunk), recipientIndex: offset % placesPerChunk };
}

/** A message's chunks in order, those of the send apart from those that stand in for one of its recipients. */
export function sortChunks(chunks: readonly Chunk[]): { chunks: Chunk[]; fallbacks: Chunk[] } {
  const inOrder = chunks.toSorted((left, right) => left.index - right.index);
  const isOwn = ({ index }: Chunk): boolean => fallbackOrigin(index) === undefined;
  return { chunks: inOrder.filter(isOwn), fallbacks: inOrder.filter((chunk) => !isOwn(chunk)) };
}

/** Starts the SMS for recipients of a chunk that has a fallback; for those who have it already, nothing is sent again. */
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
