import { failpoint } from '../../core/failpoint.ts';
import { applyOutcomes, keepDoubt } from './apply-outcomes.ts';
import { isOverdue, nextStep } from './choose-carrier.ts';
import type { Route, NextStep } from './choose-carrier.ts';
import { claimChunk, recipientsInDoubt, waitingRecipients } from './claim-chunk.ts';
import { changedMeanwhile, failed, finishAttempt } from './finish-attempt.ts';
import { followUpAttempt, followUpEnd } from '../reports/follow-up.ts';
import { submit } from './submit.ts';
import { withProgress } from '../message.ts';
import type { Chunk, VersionedChunk } from '../message.ts';
import type { OutboundCarrier, SendOutcome } from '../outbound-carrier.ts';
import type { OutboundJob } from '../ports.ts';
import type { DeliverDeps } from '../deps.ts';

/** One attempt to submit a chunk. */
export interface Attempt {
  job: OutboundJob;
  /** The chunk before any of this attempt was recorded. */
  before: Chunk;
  /** The chunk with the first of its recipients claimed. */
  claimed: VersionedChunk;
  carrier: OutboundCarrier;
  /** Indexes of the recipients to submit first. */
  recipientIndexes: readonly number[];
  route: Route;
}

/** The reasons after which another carrier may get a recipient at once: this carrier is unavailable and has nothing. */
const reasonsForNextCarrier: ReadonlySet<string | undefined> = new Set(['carrierUnavailable', 'carrierSettings']);

/**
 * Submits a chunk's recipients slice by slice; each slice is recorded before it is submitted. Recipients that one
 * carrier of the route can't take go to the next carrier. The attempt ends when no recipient is left or no carrier has
 * room. Resolves to `partlySent` if recipients still wait.
 */
export async function attemptChunk(attempt: Attempt, deps: DeliverDeps): Promise<'sent' | 'partlySent'> {
  const { job, before, route } = attempt;
  const doubted = new Set(recipientsInDoubt(before));
  const tried = new Map<number, { outcome: SendOutcome; by: Set<OutboundCarrier> }>();
  let { carrier, claimed, recipientIndexes } = attempt;
  let followedUp = before;
  for (;;) {
    const { chunk } = claimed;
    const answered = await submit(chunk, recipientIndexes, carrier, deps);
    deps.carriers.limiter.report(carrier, chunk.sender, [...answered.values()]);
    failpoint('send.submitted');
    const outcomes = keepDoubt(answered, doubted, route);
    for (const [recipientIndex, outcome] of outcomes) {
      const by = tried.get(recipientIndex)?.by ?? new Set<OutboundCarrier>();
      tried.set(recipientIndex, { outcome, by: by.add(carrier) });
    }
    const isFull = [...outcomes.values()].every(isThrottled);
    const overdue = isOverdue(chunk, deps.now());
    const progress = applyOutcomes(chunk, outcomes, { overdue, now: deps.now() });
    const after = withProgress(before, progress);
    const pending = (candidate: OutboundCarrier): number[] =>
      waitingRecipients(progress).filter((recipientIndex) => mayGoTo(candidate, tried.get(recipientIndex)));
    // If the carrier has no room, it is not asked for the other recipients in this attempt.
    const step = isFull ? 'none' : await nextStep(after, route, pending, deps);
    const end = (): Promise<'sent' | 'partlySent'> =>
      finishAttempt({ job, before, followedUp, claimed }, progress, { step, overdue, tried }, deps);
    if (step === 'none' || 'waitSeconds' in step) return end();
    // Recipients that ended are followed up before they are recorded. If that fails, the attempt ends here and its
    // outcome is kept. One check for unreported recipients is enough for all slices.
    const followUp = followedUp === before ? followUpAttempt : followUpEnd;
    const followUpFailure = await followUp(followedUp, after, deps).catch(failed);
    if (followUpFailure !== undefined) return end();
    followedUp = after;
    const next = await claimChunk(claimed, progress, claimOf(step, chunk, deps), deps);
    if (next === 'conflict') throw changedMeanwhile(chunk);
    failpoint('send.sliceRecorded');
    ({ carrier, recipientIndexes } = step);
    claimed = next;
  }
}

const isThrottled = (outcome: SendOutcome): boolean => outcome.outcome === 'retry' && outcome.reason === 'throttled';

/**
 * Tells whether a carrier may get a recipient in this attempt: it has not had the recipient, and the earlier carriers
 * certainly have nothing.
 */
function mayGoTo(
  candidate: OutboundCarrier,
  earlier: { outcome: SendOutcome; by: ReadonlySet<OutboundCarrier> } | undefined,
): boolean {
  if (earlier === undefined) return true;
  const { outcome, by } = earlier;
  if (by.has(candidate) || outcome.outcome !== 'retry' || outcome.mayHaveArrived === true) return false;
  return reasonsForNextCarrier.has(outcome.reason);
}

/** Builds the claim of a step. A repeat of recipients in doubt keeps the time of their first attempt. */
export function claimOf(
  { carrier, recipientIndexes }: Exclude<NextStep, 'none' | { waitSeconds: number }>,
  { attemptedAt }: Pick<Chunk, 'attemptedAt'>,
  { now }: Pick<DeliverDeps, 'now'>,
): { carrier: string; recipientIndexes: readonly number[]; attemptedAt: Date } {
  return { carrier: carrier.name, recipientIndexes, attemptedAt: attemptedAt ?? now() };
}
