import type { RouteInboundDeps } from './deps.ts';
import { failpoint } from '../core/failpoint.ts';
import { chooseReceiver } from './choose-receiver.ts';
import { attachmentRetryDelays, collectAttachments } from './collect-attachments.ts';
import { enterThread } from './enter-thread.ts';
import type { InboundMessage, InboundProgress } from './inbound-message.ts';
import type { InboundJob, RoutedMessage, VersionedInbound } from './ports.ts';

/** A job's result, for the log. */
export type RouteResult =
  | { result: 'notified'; subscribers: number }
  | { result: 'waitsForAttachments' | 'unrouted' | 'nothingToDo' | 'missing' };

/**
 * Routes an inbound message: fetches its attachments, finds its service and thread, records them and then notifies the
 * subscribers. It records first because a subscriber may answer at once. Every step may be repeated: if a worker dies
 * halfway, the job comes again and completes the rest.
 */
export async function routeInbound(job: InboundJob, deps: RouteInboundDeps): Promise<RouteResult> {
  const found = await deps.inbound.store.read(job.inboundId);
  if (found === undefined) return { result: 'missing' };
  const { message } = found;
  if (isRouted(message)) return notifySubscribers(message, job, deps);
  if (message.state === 'unrouted' && job.again !== true) return { result: 'nothingToDo' };
  const collected = await collect(found, job, deps);
  if (collected === undefined) return { result: 'waitsForAttachments' };
  const routed = await route(collected.message, deps);
  if (routed === undefined) {
    await deps.inbound.store.recordUnrouted(message);
    await update(collected, { ...progressOf(collected.message), state: 'unrouted' }, deps);
    return { result: 'unrouted' };
  }
  failpoint('route.threadEntered');
  await update(collected, progressOf(routed), deps);
  failpoint('route.recorded');
  return notifySubscribers(routed, job, deps);
}

async function notifySubscribers(
  message: RoutedMessage,
  { again }: InboundJob,
  { inbound }: RouteInboundDeps,
): Promise<RouteResult> {
  const subscribers = await inbound.notifier.notify(message);
  if (again === true) await inbound.store.dropUnrouted(message.id);
  return { result: 'notified', subscribers };
}

function isRouted(message: InboundMessage): message is RoutedMessage {
  return message.state === 'routed';
}

/** Fetches pending attachments. If some are not available yet, queues the job again and resolves to undefined. */
async function collect(
  found: VersionedInbound,
  job: InboundJob,
  deps: RouteInboundDeps,
): Promise<VersionedInbound | undefined> {
  const { message } = found;
  if (!message.attachments.some(({ state }) => state === 'pending')) return found;
  const attachments = await collectAttachments(message, deps);
  const next = { ...progressOf(message), attachments, attempts: message.attempts + 1 };
  if (!attachments.some(({ state }) => state === 'pending')) return { ...found, message: { ...message, ...next } };
  // Queued before it is recorded: a crash in between leaves one job too many, never one too few.
  const delay = attachmentRetryDelays[message.attempts] ?? 0;
  await deps.inbound.queue.enqueue(job, delay);
  failpoint('route.attachmentsQueued');
  await update(found, next, deps);
  return undefined;
}

async function route(message: InboundMessage, deps: RouteInboundDeps): Promise<RoutedMessage | undefined> {
  const { id, sender, recipient, protocol, content, at } = message;
  const channel = protocol === 'WhatsApp' ? 'WhatsApp' : 'SMS';
  const chosen = chooseReceiver(await deps.directory.receivers(channel, recipient), content);
  if (chosen === undefined) return undefined;
  const { customerId, service } = chosen.receiver;
  const entered = await enterThread(
    { customerId, channel, address: recipient, phone: sender },
    { entry: { id, direction: 'in', messageId: id, at }, serviceId: service.id },
    deps,
  );
  return {
    ...message,
    ...entered,
    state: 'routed',
    customerId,
    serviceId: service.id,
    ...(chosen.keyword === undefined ? {} : { keyword: chosen.keyword }),
  };
}

function progressOf(message: InboundMessage): InboundProgress {
  const { state, attachments, attempts, customerId, serviceId, keyword, threadId, parentMessageId } = message;
  return {
    state,
    attachments,
    attempts,
    ...(customerId === undefined ? {} : { customerId }),
    ...(serviceId === undefined ? {} : { serviceId }),
    ...(keyword === undefined ? {} : { keyword }),
    ...(threadId === undefined ? {} : { threadId }),
    ...(parentMessageId === undefined ? {} : { parentMessageId }),
  };
}

/**
 * Records progress. A conflict means that a copy of the job was faster; this job then comes again and sees its result.
 */
async function update(
  versioned: VersionedInbound,
  progress: InboundProgress,
  { inbound }: RouteInboundDeps,
): Promise<void> {
  const outcome = await inbound.store.update(versioned, progress);
  if (outcome === 'conflict') throw new Error(`${versioned.message.id} was changed by another worker`);
}
