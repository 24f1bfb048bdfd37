import { plainWords, statusNote } from './message.ts';
import type { Chunk, ChunkProgress, StatusNote } from './message.ts';
import type { SendOutcome } from './ports.ts';
import { retryDelays } from './sending-world.ts';
import type { RecipientStatus } from './status.ts';

/** Writes outcomes into statuses; a temporary refusal leaves its recipient queued until the attempts are used up. */
export function applyOutcomes(
  chunk: Chunk,
  outcomes: ReadonlyMap<number, SendOutcome>,
  updatedAt: Date,
): ChunkProgress {
  const notes = new Map<number, StatusNote>(chunk.notes);
  const references = new Map(chunk.references);
  const lastAttempt = chunk.attempts > retryDelays.length;
  const statusAfter = {
    sent: 'sent',
    rejected: 'rejected',
    unknown: 'unknown',
    retry: lastAttempt ? 'failed' : 'queued',
  } as const;
  const statuses = chunk.statuses.map((status, place): RecipientStatus => {
    const outcome = outcomes.get(place);
    if (outcome === undefined) return status;
    if (outcome.outcome !== 'sent') notes.set(place, statusNote(outcome));
    else {
      notes.delete(place);
      if (outcome.carrierReference !== undefined) references.set(place, plainWords(outcome.carrierReference, 200));
    }
    if (outcome.outcome === 'retry' && lastAttempt && outcome.mayHaveArrived === true) return 'unknown';
    return statusAfter[outcome.outcome];
  });
  return { statuses, notes, references, attempts: chunk.attempts, updatedAt };
}
