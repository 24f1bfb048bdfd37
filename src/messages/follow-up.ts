import { foldMessage } from './fold-message.ts';
import { parseRecipientId, recipientId } from './message-id.ts';
import type { Chunk } from './message.ts';
import type { DeliveryReport, FailureCounter, MessageStore, OutboundQueue } from './ports.ts';
import { startFallbacks } from './sms-fallback.ts';
import type { RecipientStatus } from './status.ts';

/** What happens after a recipient failed for good needs these. */
export interface FollowUpWorld {
  messages: MessageStore;
  outbound: OutboundQueue;
  failures: FailureCounter;
  now: () => Date;
}

const failed: ReadonlySet<RecipientStatus> = new Set(['failed', 'rejected', 'undelivered', 'expired']);

/** Whether a recipient with this status will not get the message, as far as its channel goes. */
export function hasFailed(status: RecipientStatus): boolean {
  return failed.has(status);
}

/**
 * Follows up on recipients of a chunk that failed for good: another channel stands in where the send asked for it;
 * else the failure is counted. Harmless when repeated, and to be done before the failure is recorded or acknowledged,
 * so that a crash in between repeats it.
 */
export async function followUpFailures(chunk: Chunk, places: readonly number[], world: FollowUpWorld): Promise<void> {
  if (places.length === 0) return;
  if (chunk.fallbackSender !== undefined) return startFallbacks(chunk, places, world);
  const at = world.now();
  const { messageId, index, customerId, recipients } = chunk;
  const failures = places.map((place) => ({
    customerId,
    number: recipients[place]?.address ?? '',
    recipientId: recipientId({ messageId, chunk: index, place }),
    at,
  }));
  return world.failures.record(failures);
}

/** Follows up on delivery reports of failures; one read per chunk that has any, none for deliveries. */
export async function followUpReports(reports: readonly DeliveryReport[], world: FollowUpWorld): Promise<void> {
  const byChunk = new Map<string, { messageId: string; chunk: number; places: Set<number> }>();
  for (const { recipientId: id, status } of reports) {
    const place = hasFailed(status) ? parseRecipientId(id) : undefined;
    if (place === undefined) continue;
    const key = `${place.messageId}/${place.chunk}`;
    const group = byChunk.get(key) ?? { messageId: place.messageId, chunk: place.chunk, places: new Set() };
    group.places.add(place.place);
    byChunk.set(key, group);
  }
  await Promise.all([...byChunk.values()].map((group) => followUpChunk(group, world)));
}

async function followUpChunk(
  { messageId, chunk: index, places }: { messageId: string; chunk: number; places: ReadonlySet<number> },
  world: FollowUpWorld,
): Promise<void> {
  const chunk = (await world.messages.readChunk(messageId, index))?.chunk;
  if (chunk === undefined) return;
  const existing = [...places].filter((place) => place < chunk.recipients.length);
  const delivered = chunk.fallbackSender === undefined ? new Set<number>() : await deliveredPlaces(chunk, world);
  await followUpFailures(
    chunk,
    existing.filter((place) => !delivered.has(place)),
    world,
  );
}

/** Those of a chunk whom its own channel reached after all: a report of failure may come late. */
async function deliveredPlaces({ messageId, index }: Chunk, { messages }: FollowUpWorld): Promise<Set<number>> {
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
  world: FollowUpWorld,
): Promise<number> {
  const message = await world.messages.readMessage(messageId);
  const chunk = message?.chunks.find((candidate) => candidate.index === index);
  if (message === undefined || chunk?.fallbackSender === undefined) return 0;
  const silent = foldMessage(message).flatMap(({ id, status, history }) => {
    const place = parseRecipientId(id);
    const unheard = status === 'sent' || status === 'unknown';
    return place?.chunk === index && history === undefined && unheard ? [place.place] : [];
  });
  await startFallbacks(chunk, silent, world);
  return silent.length;
}
