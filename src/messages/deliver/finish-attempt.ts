import { failpoint } from '../../core/failpoint.ts';
import { isSpent } from './apply-outcomes.ts';
import { throttleDelay } from './choose-carrier.ts';
import type { NextStep } from './choose-carrier.ts';
import { recordProgress, waitingRecipients } from './claim-chunk.ts';
import { followUpAttempt } from '../reports/follow-up.ts';
import { withProgress } from '../message.ts';
import type { Chunk, ChunkProgress, VersionedChunk } from '../message.ts';
import type { OutboundJob, SendOutcome } from '../ports.ts';
import { retryDelays } from './retry-delays.ts';
import { awaitsSending, isFinal } from '../status.ts';
import type { RecipientStatus } from '../status.ts';
import type { DeliverDeps } from '../deps.ts';

/** An attempt that is over, but for being recorded. */
interface FinishedAttempt {
  job: OutboundJob;
  /** The chunk as it was when nothing of the attempt was recorded yet, and as it was last followed up. */
  before: Chunk;
  notified: Chunk;
  claimed: VersionedChunk;
}

/** How it ended: what would have come next, and what each recipient came to. */
interface AttemptResult {
  step: NextStep;
  overdue: boolean;
  tried: ReadonlyMap<number, { outcome: SendOutcome }>;
}

/** A failure as a value: what it kept from being done is seen to before it is thrown. */
export const failed = (error: unknown): { error: unknown } => ({ error });

/** Somebody wrote where a lease should have kept them from it. */
export const changedMeanwhile = ({ index, messageId }: Chunk): Error =>
  new Error(`chunk ${index} of ${messageId} changed while it was leased`);

/** Records what an attempt came to, and queues another where one is due. */
export async function finishAttempt(
  { job, before, notified, claimed }: FinishedAttempt,
  progress: ChunkProgress,
  ending: AttemptResult,
  deps: DeliverDeps,
): Promise<'sent' | 'partlySent'> {
  const { messages, now } = deps;
  const { chunk } = claimed;
  const again = progress.statuses.some(awaitsSending);
  const { attempts, delay } = again
    ? afterwards(before, { ...chunk, ...progress }, ending, now())
    : { ...progress, delay: 0 };
  const due = again ? { notBefore: new Date(now().getTime() + delay * 1000) } : {};
  // Queued and followed up before it is recorded: a crash in between leaves a message too many, never one too few. Where
  // either fails, what the carrier said is recorded all the same, or it would be in doubt, and this job comes again.
  const unqueued = again ? await messages.queue.enqueue(job, delay).catch(failed) : undefined;
  failpoint('send.retryQueued');
  const unnotified = await followUpAttempt(notified, withProgress(before, progress), deps).catch(failed);
  failpoint('send.followedUp');
  const ended = { ...progress, attempts, ...due };
  const kept = unnotified === undefined ? ended : withoutUnnotified(notified, ended, now());
  const isOurs = ({ attempts: stored, leaseId, statuses }: Chunk): boolean =>
    leaseId === undefined && stored === kept.attempts && statuses.join() === kept.statuses.join();
  if ((await recordProgress(claimed, kept, deps, isOurs)) === 'conflict') throw changedMeanwhile(chunk);
  failpoint('send.recorded');
  const failure = unqueued ?? unnotified;
  if (failure !== undefined) throw failure.error;
  return again ? 'partlySent' : 'sent';
}

/** How many attempts a chunk then has behind it, and the seconds until the next. That a carrier has no room counts for none. */
function afterwards(
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
 * What an attempt came to, of which nobody could be told: who was refused waits for another attempt, since nothing was
 * sent to them, and what is in doubt counts as sent until the time for a report is over.
 */
function withoutUnnotified(notified: Chunk, progress: ChunkProgress, now: Date): ChunkProgress {
  const statuses = progress.statuses.map((status, recipientIndex): RecipientStatus => {
    if (status === notified.statuses[recipientIndex] || !isFinal(status)) return status;
    return status === 'unknown' ? 'sent' : 'queued';
  });
  return { ...progress, statuses, notBefore: now };
}
