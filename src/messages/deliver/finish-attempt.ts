import { failpoint } from '../../core/failpoint.ts';
import { isSpent } from './apply-outcomes.ts';
import { throttleDelay } from './choose-carrier.ts';
import type { Turn } from './choose-carrier.ts';
import { recordProgress, waitingRecipients } from './claim-chunk.ts';
import { followUpAttempt } from '../reports/follow-up.ts';
import { withProgress } from '../message.ts';
import type { Chunk, ChunkProgress, VersionedChunk } from '../message.ts';
import type { OutboundJob, SendOutcome } from '../ports.ts';
import { retryDelays } from './deps.ts';
import type { DeliverDeps } from './deps.ts';
import { awaitsSending, isFinal } from '../status.ts';
import type { RecipientStatus } from '../status.ts';

/** An attempt that is over, but for being recorded. */
interface MadeAttempt {
  job: OutboundJob;
  /** The chunk as it was when nothing of the attempt was recorded yet, and as it was last followed up. */
  before: Chunk;
  told: Chunk;
  claimed: VersionedChunk;
}

/** How it ended: what would have come next, and what each recipient came to. */
interface Ending {
  turn: Turn;
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
  { job, before, told, claimed }: MadeAttempt,
  progress: ChunkProgress,
  ending: Ending,
  deps: DeliverDeps,
): Promise<'sent' | 'partlySent'> {
  const { outbound, now } = deps;
  const { chunk } = claimed;
  const again = progress.statuses.some(awaitsSending);
  const { attempts, delay } = again
    ? afterwards(before, { ...chunk, ...progress }, ending, now())
    : { ...progress, delay: 0 };
  const due = again ? { notBefore: new Date(now().getTime() + delay * 1000) } : {};
  // Queued and followed up before it is recorded: a crash in between leaves a message too many, never one too few. Where
  // either fails, what the carrier said is recorded all the same, or it would be in doubt, and this job comes again.
  const unqueued = again ? await outbound.enqueue(job, delay).catch(failed) : undefined;
  failpoint('send.retryQueued');
  const untold = await followUpAttempt(told, withProgress(before, progress), deps).catch(failed);
  failpoint('send.followedUp');
  const ended = { ...progress, attempts, ...due };
  const kept = untold === undefined ? ended : withoutUntold(told, ended, now());
  const isOurs = ({ attempts: stored, leaseId, statuses }: Chunk): boolean =>
    leaseId === undefined && stored === kept.attempts && statuses.join() === kept.statuses.join();
  if ((await recordProgress(claimed, kept, deps, isOurs)) === 'conflict') throw changedMeanwhile(chunk);
  failpoint('send.recorded');
  const failure = unqueued ?? untold;
  if (failure !== undefined) throw failure.error;
  return again ? 'partlySent' : 'sent';
}

/** How many attempts a chunk then has behind it, and the seconds until the next. That a carrier has no room counts for none. */
function afterwards(
  before: Chunk,
  chunk: Chunk,
  { turn, overdue, tried }: Ending,
  now: Date,
): { attempts: number; delay: number } {
  const outcomes = waitingRecipients(chunk).flatMap((recipientIndex) => tried.get(recipientIndex)?.outcome ?? []);
  const asked = outcomes.flatMap((outcome) =>
    'retryAfterSeconds' in outcome ? (outcome.retryAfterSeconds ?? []) : [],
  );
  if (outcomes.some((outcome) => isSpent(outcome, { overdue }))) {
    return { attempts: chunk.attempts, delay: Math.max(retryDelays[chunk.attempts - 1] ?? 0, ...asked) };
  }
  const isThrottled = outcomes.some(({ outcome }) => outcome === 'retry');
  const room = typeof turn === 'object' && 'waitSeconds' in turn ? [turn.waitSeconds] : [];
  const throttled = isThrottled && asked.length === 0 ? [throttleDelay(chunk, now)] : [];
  return { attempts: Math.max(1, before.attempts), delay: Math.max(0, ...asked, ...throttled, ...room) };
}

/**
 * What an attempt came to, of which nobody could be told: who was refused waits for another attempt, since nothing was
 * sent to them, and what is in doubt counts as sent until the time for a report is over.
 */
function withoutUntold(told: Chunk, progress: ChunkProgress, now: Date): ChunkProgress {
  const statuses = progress.statuses.map((status, recipientIndex): RecipientStatus => {
    if (status === told.statuses[recipientIndex] || !isFinal(status)) return status;
    return status === 'unknown' ? 'sent' : 'queued';
  });
  return { ...progress, statuses, notBefore: now };
}
