import { randomUUID } from 'node:crypto';

import { progressAtRest } from '../message.ts';
import type { Chunk, ChunkProgress, StatusNote, VersionedChunk } from '../message.ts';
import { awaitsSending } from '../status.ts';
import type { RecipientStatus } from '../status.ts';
import type { DeliverDeps, MessagesDeps } from '../deps.ts';

/** Returns the indexes of the recipients that still wait. */
export function waitingRecipients({ statuses }: Pick<Chunk, 'statuses'>): number[] {
  return statuses.flatMap((status, recipientIndex) => (awaitsSending(status) ? [recipientIndex] : []));
}

/** Returns the indexes of the waiting recipients that a carrier may already have. */
export function recipientsInDoubt({ statuses, inFlight, leasedUntil }: Chunk): number[] {
  const waiting = waitingRecipients({ statuses });
  if (inFlight === undefined) return leasedUntil === undefined ? [] : waiting;
  return waiting.filter((recipientIndex) => inFlight.includes(recipientIndex));
}

/** Gives waiting recipients a status and a note. `recipientIndexes` says which ones; default: all that wait. */
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
  message: 'Sending was interrupted, and the carrier may already have the message.',
  reason: 'inDoubt',
};

/** The recipients that a worker is about to submit. */
export interface Claim {
  carrier: string;
  recipientIndexes: readonly number[];
  attemptedAt: Date;
}

/**
 * Records that recipients are about to be submitted, by a write that only one worker can win. Resolves to `conflict` if
 * somebody else wrote.
 *
 * @param progress the progress of the chunk before the claim
 */
export async function claimChunk(
  found: VersionedChunk,
  progress: ChunkProgress,
  { carrier, recipientIndexes, attemptedAt }: Claim,
  { messages, now }: Pick<DeliverDeps, 'messages' | 'now'>,
): Promise<VersionedChunk | 'conflict'> {
  const leaseId = randomUUID();
  // Recipients that were in doubt before stay so until their carrier has answered.
  const inFlight = [...new Set([...(progress.inFlight ?? []), ...recipientIndexes])];
  const { inFlight: _, ...rest } = progress;
  const claimed: ChunkProgress = {
    ...rest,
    statuses: progress.statuses.map((status) => (awaitsSending(status) ? 'queued' : status)),
    leasedUntil: new Date(now().getTime() + messages.leaseSeconds * 1000),
    leaseId,
    carrier,
    // Usually these are all that wait; the row is shorter without the list.
    ...(inFlight.length === waitingRecipients(progress).length ? {} : { inFlight }),
    attemptedAt,
    updatedAt: now(),
  };
  return recordProgress(found, claimed, { messages }, (stored) => stored.leaseId === leaseId);
}

/**
 * Writes a chunk's progress. If the answer of the storage gets lost and the write is repeated, the repeat looks like a
 * conflict with somebody else. So the stored chunk is read before a conflict is reported.
 *
 * @param isOurs tells whether the stored chunk has the progress that this call wrote
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
