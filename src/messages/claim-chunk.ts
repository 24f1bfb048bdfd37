import { randomUUID } from 'node:crypto';

import type { Chunk, ChunkProgress, StatusNote, VersionedChunk } from './message.ts';
import type { MessageStore } from './ports.ts';
import { retryDelays } from './sending-world.ts';
import type { SendingWorld } from './sending-world.ts';
import { awaitsSending } from './status.ts';
import type { RecipientStatus } from './status.ts';

/** Places of the recipients that still wait. */
export function waitingPlaces({ statuses }: Pick<Chunk, 'statuses'>): number[] {
  return statuses.flatMap((status, place) => (awaitsSending(status) ? [place] : []));
}

/** Ends the recipients that still wait, all in one status and for one reason. */
export function endWaiting(
  chunk: Chunk,
  status: RecipientStatus,
  note: StatusNote,
  now: Date,
): Omit<ChunkProgress, 'leasedUntil' | 'leaseId' | 'notBefore'> {
  return {
    statuses: chunk.statuses.map((current) => (awaitsSending(current) ? status : current)),
    notes: new Map([...chunk.notes, ...waitingPlaces(chunk).map((place) => [place, note] as const)]),
    references: chunk.references,
    attempts: chunk.attempts,
    updatedAt: now,
  };
}

export const attemptInDoubt: StatusNote = {
  code: 'AttemptInDoubt',
  message: 'The worker ended while the carrier had the message.',
  reason: 'inDoubt',
};

/**
 * Whether an attempt was begun of which nobody knows how it ended, at a carrier that would not recognise another one. A
 * chunk that ends its worker each time would otherwise be tried for ever, so after so many it is in doubt as well.
 */
export function isInDoubt({ leasedUntil, attempts }: Chunk, { carrier }: Pick<SendingWorld, 'carrier'>): boolean {
  const isRepeatable = carrier.capabilities.idempotent && attempts <= retryDelays.length;
  return leasedUntil !== undefined && !isRepeatable;
}

/** Records that an attempt begins, by a write that only one worker can win; `conflict` where somebody else wrote. */
export async function claimChunk(
  found: VersionedChunk,
  { messages, sendLeaseSeconds, now }: Pick<SendingWorld, 'messages' | 'sendLeaseSeconds' | 'now'>,
): Promise<VersionedChunk | 'conflict'> {
  const { chunk } = found;
  const leaseId = randomUUID();
  const progress: ChunkProgress = {
    statuses: chunk.statuses.map((status) => (awaitsSending(status) ? 'queued' : status)),
    notes: chunk.notes,
    references: chunk.references,
    attempts: chunk.attempts + 1,
    leasedUntil: new Date(now().getTime() + sendLeaseSeconds * 1000),
    leaseId,
    updatedAt: now(),
  };
  return recordProgress(found, progress, { messages }, (stored) => stored.leaseId === leaseId);
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
  { messages }: { messages: MessageStore },
  isOurs: (stored: Chunk) => boolean,
): Promise<VersionedChunk | 'conflict'> {
  const written = await messages.updateChunk(found, progress);
  if (written !== 'conflict') return written;
  const stored = await messages.readChunk(found.chunk.messageId, found.chunk.index);
  return stored !== undefined && isOurs(stored.chunk) ? stored : 'conflict';
}
