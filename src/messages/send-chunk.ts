import { delayUntil } from './accept-message.ts';
import { followUpFailures, hasFailed } from './follow-up.ts';
import type { FollowUpWorld } from './follow-up.ts';
import { recipientId } from './message-id.ts';
import { plainWords, statusNote } from './message.ts';
import type { Chunk, ChunkProgress, StatusNote, VersionedChunk } from './message.ts';
import { compileContent } from './personalization.ts';
import type { OutboundCarrier, OutboundJob, ReplyRecorder, SendOutcome } from './ports.ts';
import { recordReplies } from './record-replies.ts';
import { renderText } from './render-text.ts';
import { awaitsSending } from './status.ts';
import type { RecipientStatus } from './status.ts';

/** Seconds before each further attempt where a carrier refused for the moment; after the last, the recipient fails. */
export const retryDelays = [2, 10, 60, 300, 900, 3_600, 10_800, 21_600] as const;

/** How long a worker may keep a chunk at the carrier before another may take the attempt for crashed, in seconds. */
const leaseSeconds = 120;

/** What the outbound worker works with. */
export interface SendingWorld extends FollowUpWorld {
  carrier: OutboundCarrier;
  replies: ReplyRecorder;
  /** How long to wait for a report before another channel stands in, where the send asked for that. */
  fallbackAfterSeconds: number;
}

/** What became of a job, for the log. */
export type SendChunkResult = 'sent' | 'partlySent' | 'notDue' | 'nothingToDo' | 'taken' | 'missing';

/**
 * Sends one chunk. The attempt is recorded before it is made, by an update that only one worker can win; so a chunk that
 * stands on the queue twice is sent once. An attempt whose worker died is in doubt: it is made again where the carrier
 * recognises repeats, and marked unknown where it doesn't.
 */
export async function sendChunk(job: OutboundJob, world: SendingWorld): Promise<SendChunkResult> {
  const { messages, outbound, now } = world;
  const found = await messages.readChunk(job.messageId, job.chunk);
  if (found === undefined) return 'missing';
  const { chunk } = found;
  if (!chunk.statuses.some(awaitsSending)) return 'nothingToDo';
  // Copies of a job may come at any time; only the time that the chunk itself names lets an attempt begin.
  const wait = Math.max(delayUntil(chunk.sendAt, now()), delayUntil(chunk.notBefore, now()));
  if (wait > 0) {
    await outbound.enqueue(job, wait);
    return 'notDue';
  }
  if (await waitsForLease(job, chunk, world)) return 'taken';
  // Before the attempt is claimed: where this fails, nothing was sent, and nothing is in doubt.
  await recordReplies(chunk, waitingPlaces(chunk), world);
  const claimed = await claim(found, world);
  if (claimed === 'conflict') {
    // Most likely another worker has it; but it may be our own claim, whose answer got lost on the way.
    await outbound.enqueue(job, leaseSeconds + 1);
    return 'taken';
  }
  return attempt(job, claimed, world);
}

/** Puts the job back for after the lease, where a worker has the chunk; resolves to whether one has. */
async function waitsForLease(
  job: OutboundJob,
  { leasedUntil }: Chunk,
  { outbound, now }: FollowUpWorld,
): Promise<boolean> {
  if (leasedUntil === undefined || leasedUntil <= now()) return false;
  // That worker may yet die, and this may be the only message left on the queue that knows of the chunk.
  await outbound.enqueue(job, delayUntil(leasedUntil, now()) + 1);
  return true;
}

async function claim(
  found: VersionedChunk,
  { messages, carrier, now }: SendingWorld,
): Promise<VersionedChunk | 'conflict'> {
  const { chunk } = found;
  // A chunk that ends its worker each time would otherwise be tried for ever.
  const repeatable = carrier.capabilities.idempotent && chunk.attempts <= retryDelays.length;
  const inDoubt = chunk.leasedUntil !== undefined && !repeatable;
  return messages.updateChunk(found, {
    ...(inDoubt ? endWaiting(chunk, 'unknown', attemptInDoubt) : { statuses: queued(chunk), notes: chunk.notes }),
    references: chunk.references,
    attempts: chunk.attempts + 1,
    leasedUntil: new Date(now().getTime() + leaseSeconds * 1000),
    updatedAt: now(),
  });
}

const attemptInDoubt: StatusNote = {
  code: 'AttemptInDoubt',
  message: 'The worker ended while the carrier had the message.',
};

function waitingPlaces({ statuses }: Chunk): number[] {
  return statuses.flatMap((status, place) => (awaitsSending(status) ? [place] : []));
}

function queued({ statuses }: Chunk): RecipientStatus[] {
  return statuses.map((status) => (awaitsSending(status) ? 'queued' : status));
}

/** Ends the recipients that still wait, all in one status and for one reason. */
function endWaiting(
  chunk: Chunk,
  status: RecipientStatus,
  note: StatusNote,
): Pick<ChunkProgress, 'statuses' | 'notes'> {
  return {
    statuses: chunk.statuses.map((current) => (awaitsSending(current) ? status : current)),
    notes: new Map([...chunk.notes, ...waitingPlaces(chunk).map((place) => [place, note] as const)]),
  };
}

async function attempt(job: OutboundJob, claimed: VersionedChunk, world: SendingWorld): Promise<SendChunkResult> {
  const { messages, outbound, carrier, now } = world;
  const { chunk } = claimed;
  const progress = applyOutcomes(chunk, await sendTo(chunk, carrier), now());
  const again = progress.statuses.some(awaitsSending);
  const delay = retryDelays[chunk.attempts - 1] ?? 0;
  const due = again ? { notBefore: new Date(now().getTime() + delay * 1000) } : {};
  // Queued before it is recorded: a crash in between leaves a message too many, never one too few.
  if (again) await outbound.enqueue(job, delay);
  await followUp(chunk, progress, world);
  const recorded = await messages.updateChunk(claimed, { ...progress, ...due });
  if (recorded === 'conflict')
    throw new Error(`chunk ${chunk.index} of ${chunk.messageId} changed while it was leased`);
  return again ? 'partlySent' : 'sent';
}

/** What follows from an attempt, before it is recorded: a crash in between then only repeats it. */
async function followUp(before: Chunk, after: ChunkProgress, world: SendingWorld): Promise<void> {
  const newly = (test: (status: RecipientStatus) => boolean): number[] =>
    after.statuses.flatMap((status, place) => (test(status) && before.statuses[place] !== status ? [place] : []));
  await followUpFailures(before, newly(hasFailed), world);
  if (before.fallbackSender === undefined || newly((status) => status === 'sent' || status === 'unknown').length === 0)
    return;
  const { messageId, index } = before;
  await world.outbound.enqueue({ messageId, chunk: index, check: 'unreported' }, world.fallbackAfterSeconds);
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
};

/** Writes outcomes into statuses; a temporary refusal leaves its recipient queued until the attempts are used up. */
function applyOutcomes(chunk: Chunk, outcomes: ReadonlyMap<number, SendOutcome>, updatedAt: Date): ChunkProgress {
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
    if (outcome.outcome !== 'sent') notes.set(place, statusNote(outcome.code, outcome.message));
    else {
      notes.delete(place);
      if (outcome.carrierReference !== undefined) references.set(place, plainWords(outcome.carrierReference, 200));
    }
    return statusAfter[outcome.outcome];
  });
  return { statuses, notes, references, attempts: chunk.attempts, updatedAt };
}

const processingFailed: StatusNote = {
  code: 'ProcessingFailed',
  message: 'Sending failed too often on our side.',
};

/**
 * Gives a chunk up whose queue message failed too often: recipients that still wait end as failed, with a reason, so
 * that an operator sees them; as unknown where an attempt was begun whose outcome nobody recorded. Resolves to how many
 * there were.
 */
export async function giveUpChunk(job: OutboundJob, world: FollowUpWorld): Promise<number> {
  const { messages, now } = world;
  for (;;) {
    const found = await messages.readChunk(job.messageId, job.chunk);
    if (found === undefined) return 0;
    const { chunk } = found;
    const waiting = waitingPlaces(chunk).length;
    if (waiting === 0) return 0;
    // A worker has it, and this is only a copy of its message.
    if (await waitsForLease(job, chunk, world)) return 0;
    const ended =
      chunk.leasedUntil === undefined
        ? endWaiting(chunk, 'failed', processingFailed)
        : endWaiting(chunk, 'unknown', attemptInDoubt);
    const { references, attempts } = chunk;
    const progress = { ...ended, references, attempts, updatedAt: now() };
    if (chunk.leasedUntil === undefined) await followUpFailures(chunk, waitingPlaces(chunk), world);
    const recorded = await messages.updateChunk(found, progress);
    if (recorded !== 'conflict') return waiting;
  }
}
