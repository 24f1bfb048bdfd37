import { failpoint } from '../../core/failpoint.ts';
import { delayUntil } from '../accept/accept-message.ts';
import { applyOutcomes, keepDoubt } from './apply-outcomes.ts';
import { attemptChunk, claimOf } from './attempt-chunk.ts';
import { isDoubtFinal, isInDoubt, isOverdue, nextStep, routeOf } from './choose-carrier.ts';
import type { Route } from './choose-carrier.ts';
import { attemptInDoubt, claimChunk, endWaiting, recipientsInDoubt, waitingRecipients } from './claim-chunk.ts';
import { followUpAttempt, followUpEnd } from '../reports/follow-up.ts';
import { statesOfChunk } from '../reports/fold-message.ts';
import { progressAtRest, stillInFlight, withProgress } from '../message.ts';
import type { Chunk, VersionedChunk } from '../message.ts';
import type { SendOutcome } from '../outbound-carrier.ts';
import type { OutboundJob } from '../ports.ts';
import { recordReplies } from './record-replies.ts';
import { retryDelays } from './retry-delays.ts';
import { awaitsSending } from '../status.ts';
import type { DeliverDeps, FollowUpDeps } from '../deps.ts';

/** The result of a job, for the log. */
export type SendChunkResult =
  | 'sent'
  | 'partlySent'
  | 'inDoubt'
  | 'notDue'
  | 'noRoom'
  | 'notTried'
  | 'nothingToDo'
  | 'taken'
  | 'missing';

/** How often a worker reads a chunk that others keep changing, before it leaves the job for later. */
const maxReads = 5;

/**
 * Sends one chunk. The attempt is recorded before it is made, by an update that only one worker can win, so a chunk
 * that is on the queue twice is sent once. If a worker dies, the recipients that it had submitted are in doubt. They
 * are submitted again if the carrier recognises repeats or the operator wants it; otherwise they end as unknown.
 *
 * @throws if others changed the chunk each time that it was read
 */
export async function sendChunk({ carried, ...job }: OutboundJob, deps: DeliverDeps): Promise<SendChunkResult> {
  for (let read = 0; read < maxReads; read++) {
    const isFirst = read === 0;
    const found = isFirst && carried ? carried : await deps.messages.store.readChunk(job.messageId, job.chunk);
    if (found === undefined) return 'missing';
    const result = await sendFound(job, found, deps);
    if (result !== 'readAgain') return result;
  }
  throw new Error(`chunk ${job.chunk} of ${job.messageId} changed ${maxReads} times before a worker could claim it`);
}

async function sendFound(
  job: OutboundJob,
  found: VersionedChunk,
  deps: DeliverDeps,
): Promise<SendChunkResult | 'readAgain'> {
  const { messages, now } = deps;
  const { chunk } = found;
  if (!chunk.statuses.some(awaitsSending)) {
    // Recipients that ended before any attempt have not been followed up yet.
    if (chunk.attempts === 0) await followUpEnd(chunk, chunk, deps);
    return 'nothingToDo';
  }
  // Copies of a job may come at any time; only the times in the chunk itself let an attempt begin.
  const wait = Math.max(delayUntil(chunk.sendAt, now()), delayUntil(chunk.notBefore, now()));
  if (wait > 0) {
    await messages.queue.enqueue(job, wait);
    return 'notDue';
  }
  if (await waitsForLease(job, chunk, deps)) return 'taken';
  const route = await routeOf(chunk, deps);
  if (isInDoubt(chunk, route, deps)) {
    const finals = await resolveDoubt(found, route, deps);
    if (finals !== 'open') return finals;
  }
  const step = await nextStep(chunk, route, () => waitingRecipients(chunk), deps);
  if (step === 'none') return countAsTried(job, found, noCarrier, deps);
  if ('waitSeconds' in step) {
    if (isOverdue(chunk, now())) return countAsTried(job, found, noRoom, deps);
    await messages.queue.enqueue(job, step.waitSeconds);
    return 'noRoom';
  }
  // Before the claim: if this fails, nothing was sent and nothing is in doubt.
  await recordReplies(chunk, waitingRecipients(chunk), deps);
  failpoint('send.repliesRecorded');
  const progress = {
    ...progressAtRest(chunk, now()),
    attempts: chunk.attempts + 1,
    ...stillInFlight(chunk, recipientsInDoubt(chunk)),
  };
  const claimed = await claimChunk(found, progress, claimOf(step, chunk, deps), deps);
  if (claimed === 'conflict') return 'readAgain';
  failpoint('send.claimed');
  return attemptChunk({ job, before: chunk, claimed, ...step, route }, deps);
}

/** Queues the job for after the lease, if a worker has the chunk in flight. Resolves to whether one has. */
export async function waitsForLease(
  job: OutboundJob,
  { leasedUntil }: Pick<Chunk, 'leasedUntil'>,
  { messages, now }: FollowUpDeps,
): Promise<boolean> {
  if (leasedUntil === undefined || leasedUntil <= now()) return false;
  // That worker may still die, and this may be the only queue message left for the chunk.
  await messages.queue.enqueue(job, delayUntil(leasedUntil, now()) + 1);
  return true;
}

/**
 * Ends recipients in doubt, as far as that is possible without the carrier: with the status of a report that came
 * meanwhile; otherwise as unknown, unless the operator wants them sent to again. Resolves to `inDoubt` if that ended
 * the chunk, to `readAgain` if recipients still wait or somebody else wrote, and to `open` if nobody was ended.
 */
async function resolveDoubt(
  found: VersionedChunk,
  route: Route,
  deps: DeliverDeps,
): Promise<'inDoubt' | 'readAgain' | 'open'> {
  const { messages, now } = deps;
  const { chunk } = found;
  const message = await messages.store.readMessage(chunk.messageId);
  const reported = message === undefined ? [] : statesOfChunk(message, chunk.index);
  const isReported = (recipientIndex: number): boolean => !awaitsSending(reported[recipientIndex]?.status ?? 'queued');
  const isFinal = isDoubtFinal(chunk, route);
  const recipientIndexes = recipientsInDoubt(chunk).filter((recipientIndex) => isFinal || isReported(recipientIndex));
  if (recipientIndexes.length === 0) return 'open';
  const ended = endWaiting(chunk, { status: 'unknown', note: attemptInDoubt, recipientIndexes }, now());
  const statuses = [...ended.statuses];
  const notes = new Map(ended.notes);
  for (const recipientIndex of recipientIndexes.filter(isReported)) {
    const { status = 'unknown', note } = reported[recipientIndex] ?? {};
    statuses[recipientIndex] = status;
    if (note === undefined) notes.delete(recipientIndex);
    else notes.set(recipientIndex, note);
  }
  const open = recipientsInDoubt(chunk).filter((recipientIndex) => !recipientIndexes.includes(recipientIndex));
  const progress = { ...ended, statuses, notes, ...stillInFlight(chunk, open) };
  await followUpAttempt(chunk, withProgress(chunk, progress), deps);
  const isKept = (await messages.store.updateChunk(found, progress)) !== 'conflict';
  return isKept && !statuses.some(awaitsSending) ? 'inDoubt' : 'readAgain';
}

const noCarrier: SendOutcome = {
  outcome: 'retry',
  code: 'NoCarrier',
  message: 'No carrier is set up to send such messages from this sender.',
  reason: 'carrierSettings',
};

const noRoom: SendOutcome = {
  outcome: 'retry',
  code: 'NoRoom',
  message: 'The carriers were too busy to take the message within a day.',
  reason: 'throttled',
};

/** Counts an attempt that could not be made, so that a chunk that nobody can send ends at some time. */
async function countAsTried(
  job: OutboundJob,
  found: VersionedChunk,
  outcome: SendOutcome,
  deps: DeliverDeps,
): Promise<'notTried' | 'readAgain'> {
  const { messages, now } = deps;
  const { chunk } = found;
  const tried = { ...chunk, attempts: chunk.attempts + 1 };
  const outcomes = new Map(waitingRecipients(chunk).map((recipientIndex) => [recipientIndex, outcome]));
  const kept = keepDoubt(outcomes, new Set(recipientsInDoubt(chunk)), { resendInDoubt: false });
  const progress = applyOutcomes(tried, kept, { overdue: true, now: now() });
  const again = progress.statuses.some(awaitsSending);
  const delay = retryDelays[chunk.attempts] ?? 0;
  if (again) await messages.queue.enqueue(job, delay);
  await followUpAttempt(chunk, withProgress(chunk, progress), deps);
  const due = again ? { notBefore: new Date(now().getTime() + delay * 1000) } : {};
  return (await messages.store.updateChunk(found, { ...progress, ...due })) === 'conflict' ? 'readAgain' : 'notTried';
}
