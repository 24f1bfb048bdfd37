import { inboundId } from './inbound-id.ts';
import type { Attachment, InboundEvent, InboundMessage } from './inbound-message.ts';
import type { InboundQueue, InboundStore } from './ports.ts';

/** What taking phones' messages works with. */
export interface ReceivingWorld {
  inbound: InboundStore;
  inboundQueue: InboundQueue;
  /** 32 hexadecimal digits that nobody can guess. */
  newSecret: () => string;
  now: () => Date;
}

/** Takes what carriers bring of phones; `record` resolves when all of it is stored and queued. */
export interface InboundReceiver {
  record(carrier: string, events: readonly InboundEvent[]): Promise<void>;
}

/**
 * Stores phones' messages and queues them for the worker. A message that was stored before, but not led on yet, is
 * queued again: the process that stored it may have died right then, and the carrier calls again until it is confirmed.
 */
export function createInboundReceiver(world: ReceivingWorld): InboundReceiver {
  return {
    async record(carrier, events) {
      await Promise.all(events.map((event) => receive(carrier, event, world)));
    },
  };
}

async function receive(
  carrier: string,
  event: InboundEvent,
  { inbound, inboundQueue, newSecret, now }: ReceivingWorld,
): Promise<void> {
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
  if ((await inbound.create(message)) === 'exists') {
    const stored = await inbound.read(id);
    if (stored?.message.state !== 'received') return;
  }
  await inboundQueue.enqueue({ inboundId: id });
}

/** Carriers differ in whether they write the plus of a number. */
function withoutPlus(address: string): string {
  return address.trim().replace(/^\+(?=\d)/, '');
}
