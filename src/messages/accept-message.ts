import { createHash } from 'node:crypto';

import { apiError } from '../operation/errors.ts';
import { isObject } from '../operation/json.ts';
import { dealRecipients } from './chunks.ts';
import { recipientId } from './message-id.ts';
import type { Chunk, ChunkRecipient, MessageHeader, StatusNote } from './message.ts';
import type { MessageStore, OutboundQueue, RequestStore } from './ports.ts';
import type { PreparedSend } from './prepare-send.ts';

/** How long a request id is remembered: 7 days, as the connector's documentation says of RequestId. */
const requestMemory = 7 * 24 * 60 * 60 * 1000;

/** The longest that a storage queue holds a message back, less an hour for the clock; a later send goes in hops. */
const longestDelay = (7 * 24 - 1) * 60 * 60;

/** Queue messages written at the same time. */
const enqueueWidth = 16;

/** What accepting and sending messages work with. */
export interface MessagingWorld {
  messages: MessageStore;
  requests: RequestStore;
  outbound: OutboundQueue;
  newMessageId: (customerId: string) => string;
}

/** What a caller asked for, beyond the text and its recipients. */
export type SendRequest = Omit<
  MessageHeader,
  | 'messageId'
  | 'acceptedAt'
  | 'sender'
  | 'protocol'
  | 'sendAt'
  | 'recipientCount'
  | 'chunkCount'
  | 'partCount'
  | 'templateName'
> & { acceptedAt: Date };

/** What the caller is told: the same for the first request and for each repeat. */
export interface Accepted {
  messageId: string;
  partCount: number;
  recipients: { address: string; id: string }[];
  /** The request id was used before for the same request: nothing was sent again. */
  replayed: boolean;
}

/**
 * Makes a send durable: when this resolves, every chunk is stored and queued. With a request id, an insert decides who
 * is first; a repeat finishes whatever the first left undone, so a crash between any two steps loses nothing, and
 * answers with the same ids. Refuses a request id that was used for another request (RequestIdReused).
 *
 * Storage operations: one transaction per 99 chunks, one queue message per chunk, one more with a request id.
 */
export async function acceptMessage(
  request: SendRequest,
  prepared: PreparedSend,
  body: unknown,
  world: MessagingWorld,
): Promise<Accepted> {
  const { messageId, repeated } = await claimMessageId(request, body, world);
  const rows = toRows(messageId, request, prepared);
  const outcome = await world.messages.create(rows.header, rows.chunks);
  const stored = outcome === 'created' ? rows : ((await world.messages.readMessage(messageId)) ?? rows);
  // A chunk that no worker has touched may never have been queued; a second queue message is harmless.
  const untouched = stored.chunks.filter(({ attempts }) => attempts === 0);
  await enqueueChunks(untouched, request.acceptedAt, world);
  return {
    messageId,
    partCount: stored.header.partCount,
    recipients: stored.chunks.flatMap(({ index, recipients }) =>
      recipients.map(({ address }, place) => ({ address, id: recipientId({ messageId, chunk: index, place }) })),
    ),
    replayed: repeated,
  };
}

async function claimMessageId(
  { customerId, requestId, acceptedAt }: SendRequest,
  body: unknown,
  { requests, newMessageId }: MessagingWorld,
): Promise<{ messageId: string; repeated: boolean }> {
  const messageId = newMessageId(customerId);
  if (requestId === undefined) return { messageId, repeated: false };
  const fingerprint = fingerprintOf(body);
  const forgottenBefore = new Date(acceptedAt.getTime() - requestMemory);
  const use = await requests.claim(
    { customerId, requestId, messageId, fingerprint, usedAt: acceptedAt },
    forgottenBefore,
  );
  if (use.fingerprint !== fingerprint) throw apiError('RequestIdReused', { target: 'RequestId' });
  return { messageId: use.messageId, repeated: use.messageId !== messageId };
}

/** Equal for two requests that ask for the same, in whatever order their fields stand. */
function fingerprintOf(body: unknown): string {
  const canonical = JSON.stringify(body, (_, value: unknown) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(canonical).digest('hex');
}

function toRows(
  messageId: string,
  request: SendRequest,
  prepared: PreparedSend,
): { header: MessageHeader; chunks: Chunk[] } {
  const { customerId, serviceId, acceptedAt } = request;
  const { protocol, sender, content, recipients, partCount, sendAt, template, fallbackSender, reply } = prepared;
  const common = { messageId, sender, protocol, ...(sendAt === undefined ? {} : { sendAt }) };
  const chunks = dealRecipients(recipients, content.length).map((dealt, index): Chunk => ({
    ...common,
    index,
    customerId,
    serviceId,
    content,
    ...(template === undefined ? {} : { template }),
    ...(fallbackSender === undefined ? {} : { fallbackSender }),
    ...(reply === undefined ? {} : { reply }),
    recipients: dealt,
    ...firstStates(dealt, prepared),
    references: new Map(),
    attempts: 0,
    updatedAt: acceptedAt,
  }));
  const header: MessageHeader = {
    ...request,
    ...common,
    recipientCount: recipients.length,
    chunkCount: chunks.length,
    partCount,
    ...(template === undefined ? {} : { templateName: template.name }),
  };
  return { header, chunks };
}

const optedOutNote: StatusNote = {
  code: 'RecipientOptedOut',
  message: 'The recipient has opted out of such messages.',
};

function firstStates(
  recipients: readonly ChunkRecipient[],
  { sendAt, optedOut }: PreparedSend,
): Pick<Chunk, 'statuses' | 'notes'> {
  const open = sendAt === undefined ? 'accepted' : 'scheduled';
  const barred = recipients.flatMap(({ address }, place) => (optedOut.has(address) ? [place] : []));
  return {
    statuses: recipients.map(({ address }) => (optedOut.has(address) ? 'rejected' : open)),
    notes: new Map(barred.map((place) => [place, optedOutNote])),
  };
}

async function enqueueChunks(chunks: readonly Chunk[], now: Date, { outbound }: MessagingWorld): Promise<void> {
  for (let from = 0; from < chunks.length; from += enqueueWidth) {
    const slice = chunks.slice(from, from + enqueueWidth);
    await Promise.all(
      slice.map(({ messageId, index, sendAt }) =>
        outbound.enqueue({ messageId, chunk: index }, delayUntil(sendAt, now)),
      ),
    );
  }
}

/** Seconds from now until a chunk is due, rounded up, and no more than a queue can hold it back. */
export function delayUntil(sendAt: Date | undefined, now: Date): number {
  if (sendAt === undefined) return 0;
  return Math.min(Math.max(0, Math.ceil((sendAt.getTime() - now.getTime()) / 1000)), longestDelay);
}
