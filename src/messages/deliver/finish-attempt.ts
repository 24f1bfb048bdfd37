import { failpoint } from '../../core/failpoint.ts';
import { isSpent } from './apply-outcomes.ts';
import { throttleDelay } from './choose-carrier.ts';
import type { NextStep } from './choose-carrier.ts';
import { recordProgress, waitingRecipients } from './claim-chunk.ts';
import { followUpAttempt } from '../reports/follow-up.ts';
import { withProgress } from '../message.ts';
import type { Chunk, ChunkProgress, VersionedChunk } from '../message.ts';
import type { SendOutcome } from '../outbound-carrier.ts';
import type { OutboundJob } from '../ports.ts';
import { retryDelays } from './retry-delays.ts';
import { awaitsSending, isFinal } from '../status.ts';
import type { RecipientStatus } from '../status.ts';
import type { DeliverDeps } from '../deps.ts';

/** An attempt that is over and not yet recorded. */
interface FinishedAttempt {
  job: OutboundJob;
  /** The chunk before any of the attempt was recorded. */
  before: Chunk;
  /** The chunk as it was last followed up. */
  followedUp: Chunk;
  claimed: VersionedChunk;
}

/** How an attempt ended: the step that would have come next, and the outcome of each recipient. */
interface AttemptResult {
  step: NextStep;
  overdue: boolean;
  tried: ReadonlyMap<number, { outcome: SendOutcome }>;
}

/** Turns a failure into a value, so that the attempt can be recorded before the failure is thrown. */
export const failed = (error: unknown): { error: unknown } => ({ error });

/** The error if somebody wrote a chunk that this worker has leased. */
export const changedMeanwhile = ({ index, messageId }: Chunk): Error =>
  new Error(`chunk ${index} of ${messageId} changed while it was leased`);

/**
 * Records the result of an attempt, and queues another one if recipients still wait. Rejects after that if the queue or
 * the follow-up failed.
 */
export async function finishAttempt(
  { job, before, followedUp, claimed }: FinishedAttempt,
  progress: ChunkProgress,
  result: AttemptResult,
  deps: DeliverDeps,
): Promise<'sent' | 'partlySent'> {
  const { messages, now } = deps;
  const { chunk } = claimed;
  const again = progress.statuses.some(awaitsSending);
  const { attempts, delay } = again
    ? nextAttempt(before, { ...chunk, ...progress }, result, now())
    : { ...progress, delay: 0 };
  const due = again ? { notBefore: new Date(now().getTime() + delay * 1000) } : {};
  // The retry is queued and the outcome followed up before it is recorded: a crash in between leaves a message too
  // many, never one too few. If either fails, the carrier's answer is recorded all the same, or it would be in doubt,
  // and this job comes again.
  const unqueued = again ? await messages.queue.enqueue(job, delay).catch(failed) : undefined;
  failpoint('send.retryQueued');
  const followUpFailure = await followUpAttempt(followedUp, withProgress(before, progress), deps).catch(failed);
  failpoint('send.followedUp');
  const ended = { ...progress, attempts, ...due };
  const kept = followUpFailure === undefined ? ended : withoutUnfollowed(followedUp, ended, now());
  const isOurs = ({ attempts: stored, leaseId, statuses }: Chunk): boolean =>
    leaseId === undefined && stored === kept.attempts && statuses.join() === kept.statuses.join();
  if ((await recordProgress(claimed, kept, deps, isOurs)) === 'conflict') throw changedMeanwhile(chunk);
  failpoint('send.recorded');
  const failure = unqueued ?? followUpFailure;
  if (failure !== undefined) throw failure.error;
  return again ? 'partlySent' : 'sent';
}

/**
 * Returns the attempts of the chunk so far, and the seconds until the next one. An attempt that failed only for lack of
 * room does not count.
 */
function nextAttempt(
  before: Chunk,
  chunk: Chunk,
  { step, overdue, tried }: AttemptResult,
  now: Date,
): { attempts: number; delay: number } {
  const outcomes = waitingRecipients(chunk).flatMap((recipientIndex) => tried.get(recipientIndex)?.outcome ?? []);
  const retryAfters = outcomes.flatMap((outcome) =>
    'retryAfterSeconds' in outcome ? (outcome.retryAfterSeconds ?? []) : [],
  );
  if (outcomes.some((outcome) => isSpent(outcome, { overdue }))) {
    return { attempts: chunk.attempts, delay: Math.max(retryDelays[chunk.attempts - 1] ?? 0, ...retryAfters) };
  }
  const isThrottled = outcomes.some(({ outcome }) => outcome === 'retry');
  const room = typeof step === 'object' && 'waitSeconds' in step ? [step.waitSeconds] : [];
  const throttled = isThrottled && retryAfters.length === 0 ? [throttleDelay(chunk, now)] : [];
  return { attempts: Math.max(1, before.attempts), delay: Math.max(0, ...retryAfters, ...throttled, ...room) };
}

/**
 * Takes back final statuses that could not be followed up. Recipients who were refused wait for another attempt, since
 * nothing was sent to them. Recipients in doubt count as sent until the report timeout.
 */
function withoutUnfollowed(followedUp: Chunk, progress: ChunkProgress, now: Date): ChunkProgress {
  const statuses = progress.statuses.map((status, recipientIndex): RecipientStatus => {
    if (status === followedUp.statuses[recipientIndex] || !isFinal(status)) return status;
    return status === 'unknown' ? 'sent' : 'queued';
  });
  return { ...progress, statuses, notBefore: now };
}
