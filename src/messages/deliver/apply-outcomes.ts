import { recipientsInDoubt } from './claim-chunk.ts';
import { plainWords, progressAtRest, statusNote, stillInFlight } from '../message.ts';
import type { Chunk, ChunkProgress, StatusNote } from '../message.ts';
import type { SendOutcome } from '../outbound-carrier.ts';
import { retryDelays } from './retry-delays.ts';
import type { RecipientStatus } from '../status.ts';

/** Tells whether an outcome uses up an attempt. A carrier without room does not, unless the message is overdue. */
export function isSpent(outcome: SendOutcome, { overdue }: { overdue: boolean }): boolean {
  return outcome.outcome === 'retry' && (outcome.reason !== 'throttled' || overdue);
}

/**
 * Keeps recipients in doubt whom a carrier may have from an earlier attempt: that nothing was sent now does not end the
 * doubt. If the operator wants messages in doubt sent again, an unknown outcome leads to another attempt.
 *
 * @param doubted indexes of recipients that were in doubt before the attempt
 */
export function keepDoubt(
  outcomes: ReadonlyMap<number, SendOutcome>,
  doubted: ReadonlySet<number>,
  { resendInDoubt }: { resendInDoubt: boolean },
): ReadonlyMap<number, SendOutcome> {
  return new Map(
    [...outcomes].map(([recipientIndex, outcome]): [number, SendOutcome] => {
      const isRetried = outcome.outcome === 'retry' && doubted.has(recipientIndex);
      const isResent = outcome.outcome === 'unknown' && resendInDoubt;
      if (!isRetried && !isResent) return [recipientIndex, outcome];
      return [recipientIndex, { ...outcome, outcome: 'retry', mayHaveArrived: true }];
    }),
  );
}

/**
 * Writes outcomes into statuses. A recipient who was refused for now stays queued until the attempts are used up, and
 * stays in flight if the carrier may have the message all the same.
 *
 * @param overdue whether the message has waited too long to wait for room any longer
 */
export function applyOutcomes(
  chunk: Chunk,
  outcomes: ReadonlyMap<number, SendOutcome>,
  { overdue, now }: { overdue: boolean; now: Date },
): ChunkProgress {
  const notes = new Map<number, StatusNote>(chunk.notes);
  const references = new Map(chunk.references);
  const lastAttempt = chunk.attempts > retryDelays.length;
  const doubtful = recipientsInDoubt(chunk).filter((recipientIndex) => !outcomes.has(recipientIndex));
  const statuses = chunk.statuses.map((status, recipientIndex): RecipientStatus => {
    const outcome = outcomes.get(recipientIndex);
    if (outcome === undefined) return status;
    if (outcome.outcome !== 'sent') notes.set(recipientIndex, statusNote(outcome));
    else {
      notes.delete(recipientIndex);
      if (outcome.carrierReference !== undefined)
        references.set(recipientIndex, plainWords(outcome.carrierReference, 200));
    }
    if (outcome.outcome !== 'retry') return outcome.outcome;
    const mayHaveArrived = outcome.mayHaveArrived === true;
    if (lastAttempt && isSpent(outcome, { overdue })) return mayHaveArrived ? 'unknown' : 'failed';
    if (mayHaveArrived) doubtful.push(recipientIndex);
    return 'queued';
  });
  return {
    ...progressAtRest(chunk, now),
    statuses,
    notes,
    references,
    ...stillInFlight(chunk, doubtful),
  };
}
