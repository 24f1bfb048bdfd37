import { foldMessage } from './fold-message.ts';
import { parseRecipientId, recipientId } from '../message-id.ts';
import type { Chunk } from '../message.ts';
import type { DeliveryReport, FinalRecipient } from '../ports.ts';
import { recordFinalStatus } from './record-final-status.ts';
import { startFallbacks } from './sms-fallback.ts';
import { isFinal } from '../status.ts';
import type { RecipientStatus } from '../status.ts';
import type { FollowUpDeps, MessagesDeps } from '../deps.ts';

const failed: ReadonlySet<RecipientStatus> = new Set(['failed', 'rejected', 'undelivered', 'expired']);

/** Whether a recipient with this status will not get the message, as far as its channel goes. */
function hasFailed(status: RecipientStatus): boolean {
  return failed.has(status);
}

/**
 * Follows up on recipients of a chunk that failed for good: another channel stands in where the send asked for it;
 * else the failure is counted. Harmless when repeated, and to be done before the failure is recorded or acknowledged,
 * so that a crash in between repeats it.
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
 * Follows up on recipients of a chunk whose sending has ended: failures as {@link followUpFailures} does, and whoever
 * asked is told of their final status, unless another channel stands in. What had ended before any attempt was made,
 * since the recipient wants no such messages, is told of with the first one.
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
  const notified = before.attempts === 0 ? recipientIndexes : newly;
  const finals = notified.flatMap((recipientIndex): FinalRecipient[] => {
    const status = after.statuses[recipientIndex] ?? 'accepted';
    // What was not reached by the one channel goes by the other, sooner or later.
    if (after.fallbackSender !== undefined && newly.includes(recipientIndex) && isUnreached(status)) return [];
    const code = after.notes.get(recipientIndex)?.code;
    const { messageId, index: chunk, updatedAt: at } = after;
    return [{ messageId, chunk, recipientIndex, status, at, ...(code === undefined ? {} : { code }) }];
  });
  await recordFinalStatus(finals, deps);
}

/** As {@link followUpEnd}, and looks later for reports on those whom another channel may have to reach. */
export async function followUpAttempt(
  before: Chunk,
  after: Chunk,
  deps: FollowUpDeps & { messages: Pick<MessagesDeps, 'fallbackAfterSeconds'> },
): Promise<void> {
  await followUpEnd(before, after, deps);
  const isUnheard = (status: RecipientStatus): boolean => status === 'sent' || status === 'unknown';
  const isNew = (recipientIndex: number): boolean => before.statuses[recipientIndex] !== after.statuses[recipientIndex];
  if (
    before.fallbackSender === undefined ||
    !after.statuses.some((status, recipientIndex) => isUnheard(status) && isNew(recipientIndex))
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

/**
 * Follows up on delivery reports. One read per chunk of which failures are reported, none for deliveries.
 */
export async function followUpReports(reports: readonly DeliveryReport[], deps: FollowUpDeps): Promise<void> {
  const byChunk = new Map<string, FinalRecipient[]>();
  const finals: FinalRecipient[] = [];
  for (const { recipientId: id, status, code, at } of reports) {
    const recipientIndex = isFinal(status) ? parseRecipientId(id) : undefined;
    if (recipientIndex === undefined) continue;
    const entry = { ...recipientIndex, status, at, ...(code === undefined ? {} : { code }) };
    if (!isUnreached(status)) finals.push(entry);
    else {
      const key = `${recipientIndex.messageId}/${recipientIndex.chunk}`;
      byChunk.set(key, [...(byChunk.get(key) ?? []), entry]);
    }
  }
  await Promise.all([
    ...[...byChunk.values()].map((entries) => followUpChunk(entries, deps)),
    recordFinalStatus(finals, deps),
  ]);
}

/** @param entries of one chunk */
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

/** Those of a chunk whom its own channel reached after all: a report of failure may come late. */
async function deliveredRecipients({ messageId, index }: Chunk, { messages }: FollowUpDeps): Promise<Set<number>> {
  const message = await messages.store.readMessage(messageId);
  const reached = new Set<number>();
  for (const { id, status, history } of message === undefined ? [] : foldMessage(message)) {
    const recipientIndex = parseRecipientId(id);
    const own = history?.[0]?.status ?? status;
    if (recipientIndex?.chunk === index && (own === 'delivered' || own === 'read'))
      reached.add(recipientIndex.recipientIndex);
  }
  return reached;
}

/**
 * Starts the fallback for recipients of a chunk of whom no report came in time: the carrier has the message, and
 * nothing says that it arrived. Resolves to how many there were.
 */
export async function followUpUnreported(
  { messageId, chunk: index }: { messageId: string; chunk: number },
  deps: FollowUpDeps,
): Promise<number> {
  const message = await deps.messages.store.readMessage(messageId);
  const chunk = message?.chunks.find((candidate) => candidate.index === index);
  if (message === undefined || chunk?.fallbackSender === undefined) return 0;
  const unreported = foldMessage(message).flatMap(({ id, status, history }) => {
    const recipientIndex = parseRecipientId(id);
    const unheard = status === 'sent' || status === 'unknown';
    return recipientIndex?.chunk === index && history === undefined && unheard ? [recipientIndex.recipientIndex] : [];
  });
  await startFallbacks(chunk, unreported, deps);
  return unreported.length;
}
