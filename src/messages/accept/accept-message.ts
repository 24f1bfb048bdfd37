import { secondsUntil } from '../../core/seconds-until.ts';
import type { ReadHeader } from '../../operation/define-operation.ts';
import { apiError } from '../../operation/errors.ts';
import { failpoint } from '../../core/failpoint.ts';
import { eachOf } from '../../core/concurrency.ts';
import { canBeCarried } from './carried-chunk.ts';
import { dealRecipients } from './split-recipients.ts';
import { recipientId } from '../message-id.ts';
import type { Chunk, ChunkRecipient, MessageHeader, StatusNote } from '../message.ts';
import type { OutboundJob } from '../ports.ts';
import type { PreparedSend } from '../compose/prepare-send.ts';
import { requestKeyOf } from './request-key.ts';
import type { AcceptDeps } from '../deps.ts';

/** The maximum delay of a queue message, in seconds. A timer queues chunks that are due later. */
export const maxDelaySeconds = 24 * 60 * 60;

/** Queue messages that are written at the same time. */
const enqueueWidth = 16;

/** The parts of a request besides the text and its recipients. */
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
> & {
  acceptedAt: Date;
  /** Reads a header of the request, which may hold its key. */
  header?: ReadHeader;
};

/** The answer to a send, the same for the first request and for each repeat. */
export interface Accepted {
  messageId: string;
  partCount: number;
  recipients: { address: string; id: string }[];
  /** Whether the request was made before. Nothing was sent again then. */
  replayed: boolean;
  /**
   * Why the message could not be queued. A timer queues it later. The caller must not repeat the request, because
   * without a key the repeat would be another message.
   */
  failure?: unknown;
}

/**
 * Stores and queues a send. When it resolves, every chunk is stored, and queued if it is due within a day.
 *
 * If the request has a key, an insert decides which request is the first. A repeat completes what the first left
 * undone, so a crash between any two steps loses nothing, and it gets the same ids. A request without a key is accepted
 * even if it can't be queued.
 *
 * Storage operations: one transaction per 99 chunks, one queue message per chunk, one more with a key.
 *
 * @param requestContent everything that identifies the request, see `requestOf`
 * @throws RequestIdReused if the request id was used for another request; the failure of the queue if the request has a
 *   key
 */
export async function acceptMessage(
  { header: readHeader = () => null, ...request }: SendRequest,
  prepared: PreparedSend,
  requestContent: unknown,
  deps: AcceptDeps,
): Promise<Accepted> {
  const { messageId, repeated, hasKey } = await claimMessageId(
    { ...request, header: readHeader },
    prepared,
    requestContent,
    deps,
  );
  failpoint('accept.keyClaimed');
  const stored =
    (repeated ? await findStored(messageId, deps) : undefined) ??
    (await store(toRows(messageId, request, prepared), deps));
  failpoint('accept.rowsWritten');
  let failure: unknown;
  try {
    await enqueueChunks(messageId, stored, request.acceptedAt, deps);
  } catch (error) {
    if (hasKey) throw error;
    failure = error;
  }
  failpoint('accept.queued');
  return {
    messageId,
    partCount: stored.header.partCount,
    recipients: stored.chunks.flatMap(({ index, recipients }) =>
      recipients.map(({ address }, recipientIndex) => ({
        address,
        id: recipientId({ messageId, chunk: index, recipientIndex }),
      })),
    ),
    replayed: repeated,
    ...(failure === undefined ? {} : { failure }),
  };
}

async function claimMessageId(
  { customerId, requestId, acceptedAt, header, dlrUrl }: SendRequest & { header: ReadHeader },
  { sendAt }: PreparedSend,
  requestContent: unknown,
  { messages }: AcceptDeps,
): Promise<{ messageId: string; repeated: boolean; hasKey: boolean }> {
  const messageId = messages.newId({ customerId, dueAt: sendAt ?? acceptedAt, callbacks: dlrUrl !== undefined });
  const found = requestKeyOf({ requestId, requestContent, header }, messages.keysByTracking);
  if (found === undefined) return { messageId, repeated: false, hasKey: false };
  const { key, fingerprint, memoryMs } = found;
  const use = await messages.requests.claim(
    { customerId, requestId: key, messageId, fingerprint, usedAt: acceptedAt },
    new Date(acceptedAt.getTime() - memoryMs),
  );
  if (use.fingerprint !== fingerprint) {
    throw apiError('RequestIdReused', { target: requestId === undefined ? 'Idempotency-Key' : 'RequestId' });
  }
  return { messageId: use.messageId, repeated: use.messageId !== messageId, hasKey: true };
}

/** The stored parts of a message that matter for accepting it. */
interface Stored {
  header: MessageHeader;
  chunks: readonly Chunk[];
  /** The versions of the chunks, if they were just written together; otherwise empty. */
  versions: readonly string[];
}

async function findStored(messageId: string, { messages }: AcceptDeps): Promise<Stored | undefined> {
  const found = await messages.store.readMessage(messageId);
  return found && { ...found, versions: [] };
}

async function store({ header, chunks }: Omit<Stored, 'versions'>, deps: AcceptDeps): Promise<Stored> {
  const versions = await deps.messages.store.create(header, chunks);
  if (versions !== 'exists') return { header, chunks, versions };
  return (await findStored(header.messageId, deps)) ?? { header, chunks, versions: [] };
}

function toRows(
  messageId: string,
  request: SendRequest,
  prepared: PreparedSend,
): { header: MessageHeader; chunks: Chunk[] } {
  const { customerId, serviceId, acceptedAt } = request;
  const { protocol, sender, content, recipients, partCount, sendAt, template, buttons, fallbackSender, reply } =
    prepared;
  const common = { messageId, sender, protocol, ...(sendAt === undefined ? {} : { sendAt }) };
  const chunks = dealRecipients(recipients, content.length).map((dealt, index): Chunk => ({
    ...common,
    index,
    customerId,
    serviceId,
    content,
    ...(template === undefined ? {} : { template }),
    ...(buttons === undefined ? {} : { buttons }),
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
  message: 'The recipient has opted out of these messages.',
  reason: 'optedOut',
};

function firstStates(
  recipients: readonly ChunkRecipient[],
  { sendAt, optedOut }: PreparedSend,
): Pick<Chunk, 'statuses' | 'notes'> {
  const open = sendAt === undefined ? 'accepted' : 'scheduled';
  const barred = recipients.flatMap(({ address }, recipientIndex) => (optedOut.has(address) ? [recipientIndex] : []));
  return {
    statuses: recipients.map(({ address }) => (optedOut.has(address) ? 'rejected' : open)),
    notes: new Map(barred.map((recipientIndex) => [recipientIndex, optedOutNote])),
  };
}

/**
 * Queues the chunks that no worker has touched and that are due within a day. A repeat queues them again, since the
 * first request may have failed before it did. But a message that this process queued itself is skipped, or a thousand
 * repeats would make a thousand jobs.
 */
async function enqueueChunks(
  messageId: string,
  { chunks, versions }: Stored,
  now: Date,
  { messages }: AcceptDeps,
): Promise<void> {
  if (messages.recentlyQueued.has(messageId)) return;
  const untouched = chunks.filter(({ attempts, sendAt }) => attempts === 0 && !isFarAhead(sendAt, now));
  await eachOf(untouched, enqueueWidth, (chunk) =>
    messages.queue.enqueue(jobOf(chunk, versions[chunk.index]), delayUntil(chunk.sendAt, now)),
  );
  messages.recentlyQueued.add(messageId);
}

function jobOf(chunk: Chunk, version: string | undefined): OutboundJob {
  const job = { messageId: chunk.messageId, chunk: chunk.index };
  return version !== undefined && canBeCarried(chunk) ? { ...job, carried: { chunk, version } } : job;
}

/** Tells whether a time is too far ahead for the queue. */
function isFarAhead(sendAt: Date | undefined, now: Date): boolean {
  return sendAt !== undefined && sendAt.getTime() - now.getTime() > maxDelaySeconds * 1000;
}

/**
 * Returns the seconds from now until a chunk is due, rounded up: 0 if it is due, and at most {@link maxDelaySeconds}.
 */
export function delayUntil(sendAt: Date | undefined, now: Date): number {
  return Math.min(secondsUntil(sendAt, now), maxDelaySeconds);
}
