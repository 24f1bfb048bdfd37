import type { ReceiveInboundDeps } from './deps.ts';
import { failpoint } from '../core/failpoint.ts';
import { eachOf } from '../core/concurrency.ts';
import { inboundId } from './inbound-id.ts';
import type { Attachment, InboundEvent, InboundMessage, TimedEvent } from './inbound-message.ts';

/** Messages stored at the same time: enough to be fast, too few to cause throttling. */
const concurrency = 16;

/**
 * Max lengths of what we store from a carrier's call. They exceed anything that a phone sends (255 parts of SMS have
 * 39,015 characters), and fit into a row, even beside a hundred subscriptions.
 */
const limits = { content: 40_000, attachments: 20, name: 255, reference: 2_000, word: 200 } as const;

/** Takes inbound messages from carriers. */
export interface InboundReceiver {
  /** Resolves to the messages' ids once all of them are stored and queued. */
  record(carrier: string, events: readonly InboundEvent[]): Promise<string[]>;
}

/**
 * Stores inbound messages and queues them for the worker. A message that is stored already but not routed yet is queued
 * again: the process that stored it may have died before queuing it, and the carrier repeats its call until we confirm
 * it.
 */
export function createInboundReceiver(deps: ReceiveInboundDeps): InboundReceiver {
  return {
    async record(carrier, events) {
      const ids: string[] = [];
      await eachOf([...events.entries()], concurrency, async ([index, event]) => {
        ids[index] = await receive(carrier, await timedEvent(carrier, boundedEvent(event), deps), deps);
      });
      return ids;
    },
  };
}

/** Gives a message without a time the time of its first call, which stays the same in each repeat. */
async function timedEvent(
  carrier: string,
  { at, ...event }: InboundEvent,
  { carriers, now }: ReceiveInboundDeps,
): Promise<TimedEvent> {
  if (at !== undefined) return { ...event, at };
  const { notedAt } = await carriers.ids.record({ carrier, id: event.carrierMessageId, value: '', notedAt: now() });
  return { ...event, at: notedAt };
}

async function receive(
  carrier: string,
  event: TimedEvent,
  { inbound, newSecret, now }: ReceiveInboundDeps,
): Promise<string> {
  const { sender, recipient, attachments, ...rest } = event;
  const id = inboundId(carrier, event);
  const message: InboundMessage = {
    ...rest,
    id,
    carrier,
    sender: withoutPlus(sender),
    recipient: withoutPlus(recipient),
    receivedAt: now(),
    state: 'received',
    attachments: attachments.map((announced): Attachment => ({ ...announced, id: newSecret(), state: 'pending' })),
    attempts: 0,
  };
  if ((await inbound.store.create(message)) === 'exists') {
    const stored = await inbound.store.read(id);
    if (stored?.message.state !== 'received') return id;
  }
  failpoint('inbound.stored');
  await inbound.queue.enqueue({ inboundId: id });
  failpoint('inbound.queued');
  return id;
}

/** Cuts what is too long. If we refused it, the carrier would repeat its call forever. */
function boundedEvent({ content, attachments, buttonReply, ...event }: InboundEvent): InboundEvent {
  const cut = (text: string, limit: number): string => text.slice(0, limit).toWellFormed();
  return {
    ...event,
    sender: cut(event.sender, limits.word),
    recipient: cut(event.recipient, limits.word),
    carrierMessageId: cut(event.carrierMessageId, limits.reference),
    content: cut(content, limits.content),
    ...(buttonReply === undefined ? {} : { buttonReply: cut(buttonReply, limits.word) }),
    attachments: attachments.slice(0, limits.attachments).map(({ reference, name, mimeType }) => ({
      reference: cut(reference, limits.reference),
      name: cut(name, limits.name),
      mimeType: cut(mimeType, limits.word),
    })),
  };
}

/** Removes a number's plus, which only some carriers write. */
function withoutPlus(address: string): string {
  return address.trim().replace(/^\+(?=\d)/, '');
}
