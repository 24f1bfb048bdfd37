import { passing } from '../operation/crash-points.ts';
import { delayUntil } from './accept-message.ts';
import { applyOutcomes } from './apply-outcomes.ts';
import { attemptInDoubt, claimChunk, endWaiting, isInDoubt, recordProgress, waitingPlaces } from './claim-chunk.ts';
import { followUpAttempt, followUpEnd } from './follow-up.ts';
import type { FollowUpWorld } from './follow-up.ts';
import { statesOfChunk } from './fold-message.ts';
import { recipientId } from './message-id.ts';
import type { Chunk, ChunkProgress, VersionedChunk } from './message.ts';
import { compileContent } from './personalization.ts';
import type { OutboundCarrier, OutboundJob, SendOutcome } from './ports.ts';
import { recordReplies } from './record-replies.ts';
import { renderText } from './render-text.ts';
import { retryDelays } from './sending-world.ts';
import type { SendingWorld } from './sending-world.ts';
import { awaitsSending, isFinal } from './status.ts';
import type { RecipientStatus } from './status.ts';

/** What became of a job, for the log. */
export type SendChunkResult = 'sent' | 'partlySent' | 'inDoubt' | 'notDue' | 'nothingToDo' | 'taken' | 'missing';

/** How often a chunk is looked at anew that others keep changing, before its job is left for later. */
const looks = 5;

/**
 * Sends one chunk. The attempt is recorded before it is made, by an update that only one worker can win; so a chunk that
 * stands on the queue twice is sent once. An attempt whose worker died is in doubt: it is made again where the carrier
 * recognises repeats, and marked unknown where it doesn't.
 */
export async function sendChunk({ carried, ...job }: OutboundJob, world: SendingWorld): Promise<SendChunkResult> {
  for (let look = 0; look < looks; look++) {
    const isFirst = look === 0;
    const found = isFirst && carried ? carried : await world.messages.readChunk(job.messageId, job.chunk);
    if (found === undefined) return 'missing';
    const result = await sendFound(job, found, world);
    if (result !== 'conflict') return result;
  }
  throw new Error(`chunk ${job.chunk} of ${job.messageId} changed ${looks} times while it was looked at`);
}

async function sendFound(
  job: OutboundJob,
  found: VersionedChunk,
  world: SendingWorld,
): Promise<SendChunkResult | 'conflict'> {
  const { outbound, now } = world;
  const { chunk } = found;
  if (!chunk.statuses.some(awaitsSending)) {
    // Of what ended before any attempt, nobody has been told yet.
    if (chunk.attempts === 0) await followUpEnd(chunk, chunk, world);
    return 'nothingToDo';
  }
  // Copies of a job may come at any time; only the time that the chunk itself names lets an attempt begin.
  const wait = Math.max(delayUntil(chunk.sendAt, now()), delayUntil(chunk.notBefore, now()));
  if (wait > 0) {
    await outbound.enqueue(job, wait);
    return 'notDue';
  }
  if (await waitsForLease(job, chunk, world)) return 'taken';
  if (isInDoubt(chunk, world)) return endInDoubt(found, world);
  // Before the attempt is claimed: where this fails, nothing was sent, and nothing is in doubt.
  await recordReplies(chunk, waitingPlaces(chunk), world);
  passing('send.repliesEntered');
  const claimed = await claimChunk(found, world);
  if (claimed === 'conflict') return 'conflict';
  passing('send.claimed');
  return attempt(job, chunk, claimed, world);
}

/** Puts the job back for after the lease, where a worker has the chunk; resolves to whether one has. */
export async function waitsForLease(
  job: OutboundJob,
  { leasedUntil }: Pick<Chunk, 'leasedUntil'>,
  { outbound, now }: FollowUpWorld,
): Promise<boolean> {
  if (leasedUntil === undefined || leasedUntil <= now()) return false;
  // That worker may yet die, and this may be the only message left on the queue that knows of the chunk.
  await outbound.enqueue(job, delayUntil(leasedUntil, now()) + 1);
  return true;
}

/** Ends what is in doubt: as a report says that came meanwhile, else as unknown. */
async function endInDoubt(found: VersionedChunk, world: SendingWorld): Promise<SendChunkResult | 'conflict'> {
  const { messages, now } = world;
  const { chunk } = found;
  const ended = endWaiting(chunk, 'unknown', attemptInDoubt, now());
  const message = await messages.readMessage(chunk.messageId);
  const reported = message === undefined ? [] : statesOfChunk(message, chunk.index);
  const statuses = [...ended.statuses];
  const notes = new Map(ended.notes);
  for (const place of waitingPlaces(chunk)) {
    const { status, note } = reported[place] ?? {};
    if (status === undefined || !isFinal(status)) continue;
    statuses[place] = status;
    if (note === undefined) notes.delete(place);
    else notes.set(place, note);
  }
  const progress = { ...ended, statuses, notes };
  await followUpAttempt(chunk, { ...chunk, ...progress }, world);
  return (await messages.updateChunk(found, progress)) === 'conflict' ? 'conflict' : 'inDoubt';
}

/** @param before the chunk as it was when no attempt was recorded yet */
async function attempt(
  job: OutboundJob,
  before: Chunk,
  claimed: VersionedChunk,
  world: SendingWorld,
): Promise<SendChunkResult> {
  const { outbound, carrier, now } = world;
  const { chunk } = claimed;
  const outcomes = await sendTo(chunk, carrier);
  passing('send.handedOver');
  const progress = applyOutcomes(chunk, outcomes, now());
  const again = progress.statuses.some(awaitsSending);
  const delay = retryDelays[chunk.attempts - 1] ?? 0;
  const due = again ? { notBefore: new Date(now().getTime() + delay * 1000) } : {};
  // Queued and followed up before it is recorded: a crash in between leaves a message too many, never one too few. Where
  // either fails, what the carrier said is recorded all the same, or it would be in doubt, and this job comes again.
  const unqueued = again ? await outbound.enqueue(job, delay).catch(failed) : undefined;
  passing('send.againQueued');
  const untold = await followUpAttempt(before, { ...before, ...progress }, world).catch(failed);
  passing('send.followedUp');
  const kept = untold === undefined ? { ...progress, ...due } : withoutUntold(chunk, progress, now());
  const isOurs = ({ attempts, leaseId, statuses }: Chunk): boolean =>
    leaseId === undefined && attempts === kept.attempts && statuses.join() === kept.statuses.join();
  const recorded = await recordProgress(claimed, kept, world, isOurs);
  if (recorded === 'conflict')
    throw new Error(`chunk ${chunk.index} of ${chunk.messageId} changed while it was leased`);
  passing('send.recorded');
  const failure = unqueued ?? untold;
  if (failure !== undefined) throw failure.error;
  return again ? 'partlySent' : 'sent';
}

const failed = (error: unknown) => ({ error });

/**
 * What an attempt came to, of which nobody could be told: who was refused waits for another attempt, since nothing was
 * sent to them, and what is in doubt counts as sent until the time for a report is over.
 */
function withoutUntold(chunk: Chunk, progress: ChunkProgress, now: Date): ChunkProgress {
  const statuses = progress.statuses.map((status, place): RecipientStatus => {
    if (status === chunk.statuses[place] || !isFinal(status)) return status;
    return status === 'unknown' ? 'sent' : 'queued';
  });
  return { ...progress, statuses, notBefore: now };
}

/** Hands the recipients that wait to the carrier; gives an outcome for the place of each. */
async function sendTo(chunk: Chunk, carrier: OutboundCarrier): Promise<Map<number, SendOutcome>> {
  const { messageId, index, sender, protocol, template } = chunk;
  const compiled = compileContent(chunk.content);
  const waiting = new Set(waitingPlaces(chunk));
  const recipients = chunk.recipients.flatMap(({ address, parts, values }, place) =>
    waiting.has(place)
      ? [{ place, recipientId: recipientId({ messageId, chunk: index, place }), address, parts, values }]
      : [],
  );
  const outcomes = new Map<number, SendOutcome>();
  for (let from = 0; from < recipients.length; from += carrier.capabilities.batchSize) {
    const batch = recipients.slice(from, from + carrier.capabilities.batchSize);
    const answered = await carrier.send({
      messageId,
      sender,
      protocol,
      attemptedAt: chunk.updatedAt,
      ...(template === undefined ? {} : { template }),
      recipients: batch.map(({ recipientId, address, parts, values }) => ({
        recipientId,
        address,
        content: renderText(compiled, values),
        parts,
      })),
    });
    // Matched batch by batch, or an outcome too few would shift those of the next batch to other recipients.
    for (const [position, { place }] of batch.entries()) outcomes.set(place, answered[position] ?? noAnswer);
  }
  return outcomes;
}

const noAnswer: SendOutcome = {
  outcome: 'unknown',
  code: 'NoAnswer',
  message: 'The carrier said nothing about the recipient.',
  reason: 'inDoubt',
};
