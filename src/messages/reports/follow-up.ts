import { foldMessage } from './fold-message.ts';
import { parseRecipientId, recipientId } from '../message-id.ts';
import type { Chunk } from '../message.ts';
import type {
  DeliveryReport,
  FailureCounter,
  MessageStore,
  OutboundQueue,
  SettledRecipient,
  SettlementRecorder,
} from '../ports.ts';
import { settle } from './record-final-status.ts';
import { startFallbacks } from './sms-fallback.ts';
import { isFinal } from '../status.ts';
import type { RecipientStatus } from '../status.ts';

/** What happens after a recipient failed for good needs these. */
export interface FollowUpDeps {
  messages: MessageStore;
  outbound: OutboundQueue;
  failures: FailureCounter;
  settlements: SettlementRecorder;
  now: () => Date;
}

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
async function followUpFailures(chunk: Chunk, places: readonly number[], deps: FollowUpDeps): Promise<void> {
  if (places.length === 0) return;
  if (chunk.fallbackSender !== undefined) return startFallbacks(chunk, places, deps);
  const at = deps.now();
  const { messageId, index, customerId, recipients } = chunk;
  const failures = places.map((place) => ({
    customerId,
    number: recipients[place]?.address ?? '',
    recipientId: recipientId({ messageId, chunk: index, place }),
    at,
  }));
  return deps.failures.record(failures);
}

/**
 * Follows up on recipients of a chunk whose sending has ended: failures as {@link followUpFailures} does, and whoever
 * asked is told of their final status, unless another channel stands in. What had ended before any attempt was made,
 * since the recipient wants no such messages, is told of with the first one.
 */
export async function followUpEnd(before: Chunk, after: Chunk, deps: FollowUpDeps): Promise<void> {
  const endedIn = ({ statuses }: Chunk, place: number): boolean => isFinal(statuses[place] ?? 'accepted');
  const places = after.recipients.flatMap((_, place) => (endedIn(after, place) ? [place] : []));
  const newly = places.filter((place) => !endedIn(before, place));
  const failures = newly.filter((place) => hasFailed(after.statuses[place] ?? 'accepted'));
  await followUpFailures(after, failures, deps);
  const told = before.attempts === 0 ? places : newly;
  const settled = told.flatMap((place): SettledRecipient[] => {
    const status = after.statuses[place] ?? 'accepted';
    // What was not reached by the one channel goes by the other, sooner or later.
    if (after.fallbackSender !== undefined && newly.includes(place) && isUnreached(status)) return [];
    const code = after.notes.get(place)?.code;
    const { messageId, index: chunk, updatedAt: at } = after;
    return [{ messageId, chunk, place, status, at, ...(code === undefined ? {} : { code }) }];
  });
  await settle(settled, deps);
}

/** As {@link followUpEnd}, and looks later for reports on those whom another channel may have to http. */
export async function followUpAttempt(
  before: Chunk,
  after: Chunk,
  deps: FollowUpDeps & { fallbackAfterSeconds: number },
): Promise<void> {
  await followUpEnd(before, after, deps);
  const isUnheard = (status: RecipientStatus): boolean => status === 'sent' || status === 'unknown';
  const isNew = (place: number): boolean => before.statuses[place] !== after.statuses[place];
  if (before.fallbackSender === undefined || !after.statuses.some((status, place) => isUnheard(status) && isNew(place)))
    return;
  const { messageId, index } = before;
  await deps.outbound.enqueue({ messageId, chunk: index, check: 'unreported' }, deps.fallbackAfterSeconds);
}

function isUnreached(status: RecipientStatus): boolean {
  return hasFailed(status) || status === 'unknown';
}

/**
 * Follows up on delivery reports. One read per chunk of which failures are reported, none for deliveries.
 */
export async function followUpReports(reports: readonly DeliveryReport[], deps: FollowUpDeps): Promise<void> {
  const byChunk = new Map<string, SettledRecipient[]>();
  const settled: SettledRecipient[] = [];
  for (const { recipientId: id, status, code, at } of reports) {
    const place = isFinal(status) ? parseRecipientId(id) : undefined;
    if (place === undefined) continue;
    const entry = { ...place, status, at, ...(code === undefined ? {} : { code }) };
    if (!isUnreached(status)) settled.push(entry);
    else {
      const key = `${place.messageId}/${place.chunk}`;
      byChunk.set(key, [...(byChunk.get(key) ?? []), entry]);
    }
  }
  await Promise.all([...[...byChunk.values()].map((entries) => followUpChunk(entries, deps)), settle(settled, deps)]);
}

/** @param entries of one chunk */
async function followUpChunk(entries: readonly SettledRecipient[], deps: FollowUpDeps): Promise<void> {
  const [first] = entries;
  if (first === undefined) return;
  const chunk = (await deps.messages.readChunk(first.messageId, first.chunk))?.chunk;
  if (chunk === undefined) return;
  const existing = entries.filter(({ place }) => place < chunk.recipients.length);
  const delivered = chunk.fallbackSender === undefined ? new Set<number>() : await deliveredPlaces(chunk, deps);
  const failures = existing.filter(({ status, place }) => hasFailed(status) && !delivered.has(place));
  await followUpFailures(chunk, [...new Set(failures.map(({ place }) => place))], deps);
  if (chunk.fallbackSender === undefined) await settle(existing, deps);
}

/** Those of a chunk whom its own channel reached after all: a report of failure may come late. */
async function deliveredPlaces({ messageId, index }: Chunk, { messages }: FollowUpDeps): Promise<Set<number>> {
  const message = await messages.readMessage(messageId);
  const reached = new Set<number>();
  for (const { id, status, history } of message === undefined ? [] : foldMessage(message)) {
    const place = parseRecipientId(id);
    const own = history?.[0]?.status ?? status;
    if (place?.chunk === index && (own === 'delivered' || own === 'read')) reached.add(place.place);
  }
  return reached;
}

/**
 * Starts the fallback for recipients of a chunk of whom no report came in time: the carrier has the message, and
 * nothing says that it arrived. Resolves to how many there were.
 */
export async function followUpSilence(
  { messageId, chunk: index }: { messageId: string; chunk: number },
  deps: FollowUpDeps,
): Promise<number> {
  const message = await deps.messages.readMessage(messageId);
  const chunk = message?.chunks.find((candidate) => candidate.index === index);
  if (message === undefined || chunk?.fallbackSender === undefined) return 0;
  const silent = foldMessage(message).flatMap(({ id, status, history }) => {
    const place = parseRecipientId(id);
    const unheard = status === 'sent' || status === 'unknown';
    return place?.chunk === index && history === undefined && unheard ? [place.place] : [];
  });
  await startFallbacks(chunk, silent, deps);
  return silent.length;
}
