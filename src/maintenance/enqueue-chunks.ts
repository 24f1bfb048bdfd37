import { delayUntil } from '../messages/index.ts';
import type { MessageFinder, MessageStore, OutboundQueue, WaitingChunk } from '../messages/index.ts';
import { sweepItems } from './sweep-items.ts';
import type { SweepPage, SweepStep } from './sweep.ts';

/** Dependencies of queueing waiting chunks. */
export interface EnqueueChunksDeps {
  messages: {
    store: Pick<MessageStore, 'readHeader'>;
    queue: OutboundQueue;
    /** One for each storage account. */
    finders: readonly MessageFinder[];
  };
  now: () => Date;
}

/** Queues the waiting chunks of a page that `isWanted` accepts. */
export async function enqueueWaiting(
  { span, from, account }: SweepPage,
  isWanted: (chunk: WaitingChunk) => boolean,
  deps: EnqueueChunksDeps,
): Promise<SweepStep> {
  const { messages, now } = deps;
  const { items = [], next } = (await deps.messages.finders[account]?.listWaiting(span, from)) ?? {};
  const byMessage = [...Map.groupBy(items.filter(isWanted), ({ messageId }) => messageId)];
  const step = await sweepItems(byMessage, async ([messageId, chunks]) => {
    // A message without its header was never accepted.
    if ((await messages.store.readHeader(messageId)) === undefined) return 0;
    for (const { index, sendAt } of chunks) {
      await messages.queue.enqueue({ messageId, chunk: index }, delayUntil(sendAt, now()));
    }
    return chunks.length;
  });
  return { ...step, next };
}
