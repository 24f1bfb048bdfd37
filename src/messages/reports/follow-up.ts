import { foldMessage } from './fold-message.ts';
import { parseRecipientId, recipientId } from '../message-id.ts';
import type { Chunk } from '../message.ts';
import type { DeliveryReport } from '../outbound-carrier.ts';
import type { FinalRecipient } from '../ports.ts';
import { recordFinalStatus } from './record-final-status.ts';
import { startFallbacks } from './sms-fallback.ts';
import { isFinal } from '../status.ts';
import type { RecipientStatus } from '../status.ts';
import type { FollowUpDeps, MessagesDeps } from '../deps.ts';

const failed: ReadonlySet<RecipientStatus> = new Set(['failed', 'rejected', 'undelivered', 'expired']);

/** Tells whether a recipient with this status will not get the message over its channel. */
function hasFailed(status: RecipientStatus): boolean {
  return failed.has(status);
}

/**
 * Follows up on recipients of a chunk that failed for good: starts the fallback if the send asked for one; otherwise
 * counts the failure. A repeat is harmless. Must be done before the failure is recorded or acknowledged, so that a
 * crash in between repeats it.
 */
async function followUpFailures(chunk: Chunk, recipientIndexes: readonly number[], deps: FollowUpDeps): Promise<void> {
  if (recipientIndexes.length === 0) return;
  if (chunk.fallbackSender !== undefined) return startFallbacks(chunk, recipientIndexes, deps);
  const at = deps.now();
  const { messageId, index, customerId, recipients } = chunk;
  const failures = recipientIndexes.map((recipientIndex) => ({
    customerId,
    number: recipients[recipientIndex]?.address ?? '',
    recipientId: recipientId({ messageId, chunk: index, recipientIndex }),
    at,
  }));
  return deps.messages.failures.record(failures);
}

/**
 * Follows up on recipients of a chunk whose sending has ended. Treats failures as {@link followUpFailures} does, and
 * passes on the final status of recipients who get no fallback. Recipients who ended before any attempt, because they
 * opted out, are recorded with the first attempt.
 */
export async function followUpEnd(before: Chunk, after: Chunk, deps: FollowUpDeps): Promise<void> {
  const endedIn = ({ statuses }: Chunk, recipientIndex: number): boolean =>
    isFinal(statuses[recipientIndex] ?? 'accepted');
  const recipientIndexes = after.recipients.flatMap((_, recipientIndex) =>
    endedIn(after, recipientIndex) ? [recipientIndex] : [],
  );
  const newly = recipientIndexes.filter((recipientIndex) => !endedIn(before, recipientIndex));
  const failures = newly.filter((recipientIndex) => hasFailed(after.statuses[recipientIndex] ?? 'accepted'));
  await followUpFailures(after, failures, deps);
  const toRecord = before.attempts === 0 ? recipientIndexes : newly;
  const finals = toRecord.flatMap((recipientIndex): FinalRecipient[] => {
    const status = after.statuses[recipientIndex] ?? 'accepted';
    // The fallback will end a recipient whom this channel did not reach.
    if (after.fallbackSender !== undefined && newly.includes(recipientIndex) && isUnreached(status)) return [];
    const code = after.notes.get(recipientIndex)?.code;
    const { messageId, index: chunk, updatedAt: at } = after;
    return [{ messageId, chunk, recipientIndex, status, at, ...(code === undefined ? {} : { code }) }];
  });
  await recordFinalStatus(finals, deps);
}

/**
 * Follows up as {@link followUpEnd} does, and queues a later check for reports on recipients who may need a fallback.
 */
export async function followUpAttempt(
  before: Chunk,
  after: Chunk,
  deps: FollowUpDeps & { messages: Pick<MessagesDeps, 'fallbackAfterSeconds'> },
): Promise<void> {
  await followUpEnd(before, after, deps);
  const awaitsReport = (status: RecipientStatus): boolean => status === 'sent' || status === 'unknown';
  const isNew = (recipientIndex: number): boolean => before.statuses[recipientIndex] !== after.statuses[recipientIndex];
  if (
    before.fallbackSender === undefined ||
    !after.statuses.some((status, recipientIndex) => awaitsReport(status) && isNew(recipientIndex))
  )
    return;
  const { messageId, index } = before;
  await deps.messages.queue.enqueue(
    { messageId, chunk: index, check: 'unreported' },
    deps.messages.fallbackAfterSeconds,
  );
}

function isUnreached(status: RecipientStatus): boolean {
  return hasFailed(status) || status === 'unknown';
}

/** Follows up on delivery reports. Reads each chunk with reported failures once, and nothing for deliveries. */
export async function followUpReports(reports: readonly DeliveryReport[], deps: FollowUpDeps): Promise<void> {
  const byChunk = new Map<string, FinalRecipient[]>();
  const finals: FinalRecipient[] = [];
  for (const { recipientId: id, status, code, at } of reports) {
    const ref = isFinal(status) ? parseRecipientId(id) : undefined;
    if (ref === undefined) continue;
    const entry = { ...ref, status, at, ...(code === undefined ? {} : { code }) };
    if (!isUnreached(status)) finals.push(entry);
    else {
      const key = `${ref.messageId}/${ref.chunk}`;
      byChunk.set(key, [...(byChunk.get(key) ?? []), entry]);
    }
  }
  await Promise.all([
    ...[...byChunk.values()].map((entries) => followUpChunk(entries, deps)),
    recordFinalStatus(finals, deps),
  ]);
}

/**
 * Follows up on recipients whom a report says were not reached.
 *
 * @param entries recipients of one chunk
 */
async function followUpChunk(entries: readonly FinalRecipient[], deps: FollowUpDeps): Promise<void> {
  const [first] = entries;
  if (first === undefined) return;
  const chunk = (await deps.messages.store.readChunk(first.messageId, first.chunk))?.chunk;
  if (chunk === undefined) return;
  const existing = entries.filter(({ recipientIndex }) => recipientIndex < chunk.recipients.length);
  const delivered = chunk.fallbackSender === undefined ? new Set<number>() : await deliveredRecipients(chunk, deps);
  const failures = existing.filter(({ status, recipientIndex }) => hasFailed(status) && !delivered.has(recipientIndex));
  await followUpFailures(chunk, [...new Set(failures.map(({ recipientIndex }) => recipientIndex))], deps);
  if (chunk.fallbackSender === undefined) await recordFinalStatus(existing, deps);
}

/**
 * Resolves to the indexes of recipients whom the chunk's own channel reached after all: a report of failure may come
 * late.
 */
async function deliveredRecipients({ messageId, index }: Chunk, { messages }: FollowUpDeps): Promise<Set<number>> {
  const message = await messages.store.readMessage(messageId);
  const reached = new Set<number>();
  for (const { id, status, history } of message === undefined ? [] : foldMessage(message)) {
    const ref = parseRecipientId(id);
    const own = history?.[0]?.status ?? status;
    if (ref?.chunk === index && (own === 'delivered' || own === 'read')) reached.add(ref.recipientIndex);
  }
  return reached;
}

/**
 * Starts the fallback for recipients of a chunk of whom no report came in time: the carrier has the message, and
 * nothing says that it arrived. Resolves to how many recipients there were.
 */
export async function followUpUnreported(
  { messageId, chunk: index }: { messageId: string; chunk: number },
  deps: FollowUpDeps,
): Promise<number> {
  const message = await deps.messages.store.readMessage(messageId);
  const chunk = message?.chunks.find((candidate) => candidate.index === index);
  if (message === undefined || chunk?.fallbackSender === undefined) return 0;
  const unreported = foldMessage(message).flatMap(({ id, status, history }) => {
    const ref = parseRecipientId(id);
    const isUnreported = status === 'sent' || status === 'unknown';
    return ref?.chunk === index && history === undefined && isUnreported ? [ref.recipientIndex] : [];
  });
  await startFallbacks(chunk, unreported, deps);
  return unreported.length;
}
