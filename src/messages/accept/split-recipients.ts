import type { ChunkRecipient } from '../message.ts';

/** The maximum number of recipients in one chunk, and so in one queue message and one run of a worker. */
const chunkSize = 100;

/**
 * The maximum number of characters of a chunk's content and recipients together. An entity of Table Storage holds
 * 1 MiB, counted in UTF-16. Half of that leaves room for statuses and reasons, and for the longest single recipient
 * (255 parts of values).
 */
const chunkCharacters = 250_000;

/** Splits recipients into chunks, in order: up to a hundred in each, fewer if their values are long. */
export function dealRecipients(recipients: readonly ChunkRecipient[], contentLength: number): ChunkRecipient[][] {
  const chunks: ChunkRecipient[][] = [];
  let current: ChunkRecipient[] = [];
  let characters = contentLength;
  for (const recipient of recipients) {
    const own = JSON.stringify(recipient).length;
    if (current.length === chunkSize || (current.length > 0 && characters + own > chunkCharacters)) {
      chunks.push(current);
      current = [];
      characters = contentLength;
    }
    current.push(recipient);
    characters += own;
  }
  if (current.length > 0) chunks.push(current);
  return chunks;
}
