import { passing } from '../operation/crash-points.ts';
import { defineRepairs, isForgotten } from '../operation/define-look.ts';
import type { Look, RepairWorld } from '../operation/define-look.ts';
import { delayUntil, longestDelay } from './accept-message.ts';
import { giveUpSilent } from './give-up-silent.ts';
import type { SilenceWorld } from './give-up-silent.ts';
import type { MessageFinder, MessageStore, OutboundQueue, WaitingChunk } from './ports.ts';

/** What the looks at messages work with. */
export interface MessageLooksWorld extends RepairWorld, SilenceWorld {
  messageFinder: MessageFinder;
  messages: MessageStore;
  outbound: OutboundQueue;
  /** How long after sending a recipient of whom no report came is given up as unknown, in seconds. */
  reportTimeoutSeconds: number;
}

/** Messages whose headers are read at a time. */
const concurrency = 16;

/** Queues chunks of messages that were accepted; a message without its header never was. Resolves to how many. */
async function enqueue(
  chunks: readonly WaitingChunk[],
  { messages, outbound, now }: Pick<MessageLooksWorld, 'messages' | 'outbound' | 'now'>,
): Promise<number> {
  let queued = 0;
  const byMessage = [...Map.groupBy(chunks, ({ messageId }) => messageId)];
  for (let from = 0; from < byMessage.length; from += concurrency) {
    await Promise.all(
      byMessage.slice(from, from + concurrency).map(async ([messageId, own]) => {
        if ((await messages.readHeader(messageId)) === undefined) return;
        for (const { index, sendAt } of own) {
          await outbound.enqueue({ messageId, chunk: index }, delayUntil(sendAt, now()));
        }
        queued += own.length;
      }),
    );
  }
  return queued;
}

/** Queues what comes due within a day, of messages that were accepted longer before. */
const promoteScheduled: Look<MessageLooksWorld> = {
  name: 'promote-scheduled',
  ageSeconds: () => -longestDelay,
  everySeconds: () => 600,
  async step(span, from, world) {
    const { items, next } = await world.messageFinder.listWaiting(span, from);
    const scheduled = items.filter(({ sendAt = new Date(0) }) => sendAt > world.now());
    const done = await enqueue(scheduled, world);
    passing('schedule.promoted');
    return { done, ...(next === undefined ? {} : { next }) };
  },
};

/** Queues what was accepted and never reached the queue, or was lost on it. */
const requeueWaiting = defineRepairs<MessageLooksWorld>('requeue-messages', async (span, from, world) => {
  const { items, next } = await world.messageFinder.listWaiting(span, from);
  const forgotten = items.filter(({ leasedUntil, notBefore, updatedAt, sendAt }) =>
    isForgotten([leasedUntil, notBefore, updatedAt, sendAt], world),
  );
  return { done: await enqueue(forgotten, world), ...(next === undefined ? {} : { next }) };
});

/** Ends as unknown those of whom no report came in time. */
const endSilence: Look<MessageLooksWorld> = {
  name: 'end-silence',
  ageSeconds: ({ reportTimeoutSeconds }) => reportTimeoutSeconds,
  everySeconds: ({ reportTimeoutSeconds }) => Math.min(600, Math.ceil(reportTimeoutSeconds / 5)),
  async step(span, from, world) {
    const { items, next } = await world.messageFinder.listSilent(span, from);
    let done = 0;
    for (const messageId of items) done += await giveUpSilent(messageId, world);
    return { done, ...(next === undefined ? {} : { next }) };
  },
};

/** Every look at messages. */
export const messageLooks: readonly Look<MessageLooksWorld>[] = [promoteScheduled, ...requeueWaiting, endSilence];
