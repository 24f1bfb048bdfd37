import { randomUUID } from 'node:crypto';

import { progressAtRest } from '../message.ts';
import type { Chunk, ChunkProgress, StatusNote, VersionedChunk } from '../message.ts';
import { awaitsSending } from '../status.ts';
import type { RecipientStatus } from '../status.ts';
import type { DeliverDeps, MessagesDeps } from '../deps.ts';

/** Places of the recipients that still wait. */
export function waitingRecipients({ statuses }: Pick<Chunk, 'statuses'>): number[] {
  return statuses.flatMap((status, recipientIndex) => (awaitsSending(status) ? [recipientIndex] : []));
}

/** Places of the recipients that wait and that a carrier may have all the same. */
export function recipientsInDoubt({ statuses, inFlight, leasedUntil }: Chunk): number[] {
  const waiting = waitingRecipients({ statuses });
  if (inFlight === undefined) return leasedUntil === undefined ? [] : waiting;
  return waiting.filter((recipientIndex) => inFlight.includes(recipientIndex));
}

/** Ends recipients that still wait, all in one status and for one reason; those at `places`, or all of them. */
export function endWaiting(
  chunk: Chunk,
  { status, note, recipientIndexes = waitingRecipients(chunk) }: EndOfWaiting,
  now: Date,
): ChunkProgress {
  const ended = new Set(recipientIndexes);
  return {
    ...progressAtRest(chunk, now),
    statuses: chunk.statuses.map((current, recipientIndex) =>
      ended.has(recipientIndex) && awaitsSending(current) ? status : current,
    ),
    notes: new Map([...chunk.notes, ...recipientIndexes.map((recipientIndex) => [recipientIndex, note] as const)]),
  };
}

interface EndOfWaiting {
  status: RecipientStatus;
  note: StatusNote;
  recipientIndexes?: readonly number[];
}

export const attemptInDoubt: StatusNote = {
  code: 'AttemptInDoubt',
  message: 'The worker ended while the carrier had the message.',
  reason: 'inDoubt',
};

/** What a worker is about to hand over. */
export interface Claim {
  carrier: string;
  recipientIndexes: readonly number[];
  attemptedAt: Date;
}

/**
 * Records that recipients are about to be handed over, by a write that only one worker can win; `conflict` where
 * somebody else wrote.
 *
 * @param progress how far the chunk is
 */
export async function claimChunk(
  found: VersionedChunk,
  progress: ChunkProgress,
  { carrier, recipientIndexes, attemptedAt }: Claim,
  { messages, now }: Pick<DeliverDeps, 'messages' | 'now'>,
): Promise<VersionedChunk | 'conflict'> {
  const leaseId = randomUUID();
  // What was in doubt before stays so until its carrier has answered.
  const inFlight = [...new Set([...(progress.inFlight ?? []), ...recipientIndexes])];
  const { inFlight: _, ...rest } = progress;
  const claimed: ChunkProgress = {
    ...rest,
    statuses: progress.statuses.map((status) => (awaitsSending(status) ? 'queued' : status)),
    leasedUntil: new Date(now().getTime() + messages.leaseSeconds * 1000),
    leaseId,
    carrier,
    // Most often it is all that wait; the row is shorter then.
    ...(inFlight.length === waitingRecipients(progress).length ? {} : { inFlight }),
    attemptedAt,
    updatedAt: now(),
  };
  return recordProgress(found, claimed, { messages }, (stored) => stored.leaseId === leaseId);
}

/**
 * Writes a chunk's progress. Storage that loses its answer makes a repeated write look like somebody else's, so what is
 * stored is looked at before that is believed.
 *
 * @param isOurs whether what is stored is what was to be written
 */
export async function recordProgress(
  found: VersionedChunk,
  progress: ChunkProgress,
  { messages }: { messages: Pick<MessagesDeps, 'store'> },
  isOurs: (stored: Chunk) => boolean,
): Promise<VersionedChunk | 'conflict'> {
  const written = await messages.store.updateChunk(found, progress);
  if (written !== 'conflict') return written;
  const stored = await messages.store.readChunk(found.chunk.messageId, found.chunk.index);
  return stored !== undefined && isOurs(stored.chunk) ? stored : 'conflict';
}
