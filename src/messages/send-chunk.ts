import { delayUntil } from './accept-message.ts';
import { recipientId } from './message-id.ts';
import { statusNote } from './message.ts';
import type { Chunk, ChunkProgress, StatusNote, VersionedChunk } from './message.ts';
import { compileContent } from './personalization.ts';
import type { MessageStore, OutboundCarrier, OutboundJob, OutboundQueue, SendOutcome } from './ports.ts';
import { renderText } from './render-text.ts';
import { awaitsSending } from './status.ts';
import type { RecipientStatus } from './status.ts';

/** Seconds before each further attempt where a carrier refused for the moment; after the last, the recipient fails. */
export const retryDelays = [2, 10, 60, 300, 900, 3_600, 10_800, 21_600] as const;

/** How long a worker may keep a chunk at the carrier before another may take the attempt for crashed, in seconds. */
const leaseSeconds = 120;

/** What the outbound worker works with. */
export interface SendingWorld {
  messages: MessageStore;
  outbound: OutboundQueue;
  carrier: OutboundCarrier;
  now: () => Date;
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
  const wait = delayUntil(chunk.sendAt, now());
  if (wait > 0) {
    await outbound.enqueue(job, wait);
    return 'notDue';
  }
  if (chunk.leasedUntil !== undefined && chunk.leasedUntil > now()) {
    // Its worker may yet die, and this may be the only message left on the queue that knows of the chunk.
    await outbound.enqueue(job, delayUntil(chunk.leasedUntil, now()) + 1);
    return 'taken';
  }
  const claimed = await claim(found, world);
  if (claimed === 'conflict') return 'taken';
  return attempt(job, claimed, world);
}

async function claim(
  found: VersionedChunk,
  { messages, carrier, now }: SendingWorld,
): Promise<VersionedChunk | 'conflict'> {
  const { chunk } = found;
  const inDoubt = chunk.leasedUntil !== undefined && !carrier.capabilities.idempotent;
  const notes = new Map(chunk.notes);
  const statuses = chunk.statuses.map((status, place): RecipientStatus => {
    if (!awaitsSending(status)) return status;
    if (!inDoubt) return 'queued';
    notes.set(place, { code: 'AttemptInDoubt', message: 'The worker ended while the carrier had the message.' });
    return 'unknown';
  });
  return messages.updateChunk(found, {
    statuses,
    notes,
    attempts: chunk.attempts + 1,
    leasedUntil: new Date(now().getTime() + leaseSeconds * 1000),
    updatedAt: now(),
  });
}

async function attempt(job: OutboundJob, claimed: VersionedChunk, world: SendingWorld): Promise<SendChunkResult> {
  const { messages, outbound, carrier, now } = world;
  const { chunk } = claimed;
  const places = chunk.statuses.flatMap((status, place) => (awaitsSending(status) ? [place] : []));
  const outcomes = places.length === 0 ? [] : await sendTo(places, chunk, carrier);
  const progress = applyOutcomes(chunk, new Map(places.map((place, index) => [place, outcomes[index]])), now());
  const again = progress.statuses.some(awaitsSending);
  // Queued before it is recorded: a crash in between leaves a message too many, never one too few.
  if (again) await outbound.enqueue(job, retryDelays[chunk.attempts - 1]);
  const recorded = await messages.updateChunk(claimed, progress);
  if (recorded === 'conflict')
    throw new Error(`chunk ${chunk.index} of ${chunk.messageId} changed while it was leased`);
  return again ? 'partlySent' : 'sent';
}

async function sendTo(places: readonly number[], chunk: Chunk, carrier: OutboundCarrier): Promise<SendOutcome[]> {
  const { messageId, index, sender, protocol } = chunk;
  const compiled = compileContent(chunk.content);
  const recipients = places.flatMap((place) => {
    const recipient = chunk.recipients[place];
    if (recipient === undefined) return [];
    const { address, parts, values } = recipient;
    const content = renderText(compiled, values);
    return [{ recipientId: recipientId({ messageId, chunk: index, place }), address, content, parts }];
  });
  const outcomes: SendOutcome[] = [];
  for (let from = 0; from < recipients.length; from += carrier.capabilities.batchSize) {
    const slice = recipients.slice(from, from + carrier.capabilities.batchSize);
    outcomes.push(...(await carrier.send({ messageId, sender, protocol, recipients: slice })));
  }
  return outcomes;
}

const noAnswer: SendOutcome = {
  outcome: 'unknown',
  code: 'NoAnswer',
  message: 'The carrier said nothing about the recipient.',
};

/** Writes outcomes into statuses; a temporary refusal leaves its recipient queued until the attempts are used up. */
function applyOutcomes(
  chunk: Chunk,
  outcomes: ReadonlyMap<number, SendOutcome | undefined>,
  updatedAt: Date,
): ChunkProgress {
  const notes = new Map<number, StatusNote>(chunk.notes);
  const lastAttempt = chunk.attempts > retryDelays.length;
  const statusAfter = {
    sent: 'sent',
    rejected: 'rejected',
    unknown: 'unknown',
    retry: lastAttempt ? 'failed' : 'queued',
  } as const;
  const statuses = chunk.statuses.map((status, place): RecipientStatus => {
    if (!outcomes.has(place)) return status;
    const outcome = outcomes.get(place) ?? noAnswer;
    if (outcome.outcome === 'sent') notes.delete(place);
    else notes.set(place, statusNote(outcome.code, outcome.message));
    return statusAfter[outcome.outcome];
  });
  return { statuses, notes, attempts: chunk.attempts, updatedAt };
}

/**
 * Gives a chunk up whose queue message failed too often: recipients that still wait end as failed, with a reason, so
 * that an operator sees them. Resolves to how many there were.
 */
export async function giveUpChunk(
  job: OutboundJob,
  { messages, now }: Pick<SendingWorld, 'messages' | 'now'>,
): Promise<number> {
  for (;;) {
    const found = await messages.readChunk(job.messageId, job.chunk);
    const waiting = found?.chunk.statuses.filter(awaitsSending).length ?? 0;
    if (found === undefined || waiting === 0) return 0;
    const notes = new Map(found.chunk.notes);
    const statuses = found.chunk.statuses.map((status, place): RecipientStatus => {
      if (!awaitsSending(status)) return status;
      notes.set(place, { code: 'ProcessingFailed', message: 'Sending failed too often on our side.' });
      return 'failed';
    });
    const { attempts } = found.chunk;
    const recorded = await messages.updateChunk(found, { statuses, notes, attempts, updatedAt: now() });
    if (recorded !== 'conflict') return waiting;
  }
}
