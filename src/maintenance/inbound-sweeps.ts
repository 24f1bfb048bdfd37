import type { InboundDeps } from '../conversations/deps.ts';
import { defineRepairs } from './sweep.ts';
import type { Look, StalledDeps } from './sweep.ts';

/** What the looks at phones' messages work with. */
export interface InboundSweepsDeps extends StalledDeps {
  inbound: Pick<InboundDeps, 'store' | 'queue'>;
}

/** Every look at phones' messages: those that were stored and not led on are queued again, which is harmless. */
export const inboundLooks: readonly Look<InboundSweepsDeps>[] = defineRepairs(
  'requeue-inbound',
  async ({ span, from }, { inbound }) => {
    const { items, next } = await inbound.store.listReceived(span, from);
    for (const inboundId of items) await inbound.queue.enqueue({ inboundId });
    return { done: items.length, ...(next === undefined ? {} : { next }) };
  },
);
