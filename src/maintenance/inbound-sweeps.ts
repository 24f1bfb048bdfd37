import { defineRepairs } from './sweep.ts';
import type { Look, StalledDeps } from './sweep.ts';
import type { InboundQueue, InboundStore } from '../conversations/ports.ts';

/** What the looks at phones' messages work with. */
export interface InboundSweepsDeps extends StalledDeps {
  inbound: InboundStore;
  inboundQueue: InboundQueue;
}

/** Every look at phones' messages: those that were stored and not led on are queued again, which is harmless. */
export const inboundLooks: readonly Look<InboundSweepsDeps>[] = defineRepairs(
  'requeue-inbound',
  async ({ span, from }, { inbound, inboundQueue }) => {
    const { items, next } = await inbound.listReceived(span, from);
    for (const inboundId of items) await inboundQueue.enqueue({ inboundId });
    return { done: items.length, ...(next === undefined ? {} : { next }) };
  },
);
