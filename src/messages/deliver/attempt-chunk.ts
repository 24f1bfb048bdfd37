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
import type { OutboundCarrier, OutboundJob, SendOutcome } from '../ports.ts';
import type { DeliverDeps } from '../deps.ts';

/** What an attempt at a chunk works on. */
export interface Attempt {
  job: OutboundJob;
  /** The chunk as it was when nothing of this attempt was recorded yet. */
  before: Chunk;
  /** The chunk with the first of its recipients claimed. */
  claimed: VersionedChunk;
  carrier: OutboundCarrier;
  /** Those to be handed over first. */
  recipientIndexes: readonly number[];
  route: Route;
}

/** Outcomes after which another carrier may take a recipient at once: this one has nothing, and can't be had. */
const passedOn: ReadonlySet<string | undefined> = new Set(['carrierUnavailable', 'carrierSettings']);

/**
 * Hands a chunk's recipients over, slice by slice, each recorded before it is made; what one carrier of the route can't
 * take goes to the next. Ends where nobody is left, or nobody has room.
 */
export async function attemptChunk(attempt: Attempt, deps: DeliverDeps): Promise<'sent' | 'partlySent'> {
  const { job, before, route } = attempt;
  const doubted = new Set(recipientsInDoubt(before));
  const tried = new Map<number, { outcome: SendOutcome; by: Set<OutboundCarrier> }>();
  let { carrier, claimed, recipientIndexes } = attempt;
  let notified = before;
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
    // A carrier that has no room is not asked for the others at once.
    const step = isFull ? 'none' : await nextStep(after, route, pending, deps);
    const end = (): Promise<'sent' | 'partlySent'> =>
      finishAttempt({ job, before, notified, claimed }, progress, { step, overdue, tried }, deps);
    if (step === 'none' || 'waitSeconds' in step) return end();
    // What ended is followed up before it is recorded; where that fails, the attempt ends here, and its outcome is kept.
    // One look for unreported recipients is enough for all slices.
    const followUp = notified === before ? followUpAttempt : followUpEnd;
    const unnotified = await followUp(notified, after, deps).catch(failed);
    if (unnotified !== undefined) return end();
    notified = after;
    const next = await claimChunk(claimed, progress, claimOf(step, chunk, deps), deps);
    if (next === 'conflict') throw changedMeanwhile(chunk);
    failpoint('send.sliceRecorded');
    ({ carrier, recipientIndexes } = step);
    claimed = next;
  }
}

const isThrottled = (outcome: SendOutcome): boolean => outcome.outcome === 'retry' && outcome.reason === 'throttled';

/** Whether a carrier may get a recipient in this attempt: it hasn't had them, and whoever had certainly has nothing. */
function mayGoTo(
  candidate: OutboundCarrier,
  earlier: { outcome: SendOutcome; by: ReadonlySet<OutboundCarrier> } | undefined,
): boolean {
  if (earlier === undefined) return true;
  const { outcome, by } = earlier;
  if (by.has(candidate) || outcome.outcome !== 'retry' || outcome.mayHaveArrived === true) return false;
  return passedOn.has(outcome.reason);
}

/** What a worker is about to hand over, and since when: a repeat of what is in doubt keeps its time. */
export function claimOf(
  { carrier, recipientIndexes }: Exclude<NextStep, 'none' | { waitSeconds: number }>,
  { attemptedAt }: Pick<Chunk, 'attemptedAt'>,
  { now }: Pick<DeliverDeps, 'now'>,
): { carrier: string; recipientIndexes: readonly number[]; attemptedAt: Date } {
  return { carrier: carrier.name, recipientIndexes, attemptedAt: attemptedAt ?? now() };
}
