import { failpoint } from '../core/failpoint.ts';
import { defineRepairs, isForgotten } from './sweep.ts';
import type { Look, LookStep, StalledDeps } from './sweep.ts';
import { delayUntil, maxDelaySeconds } from '../messages/accept/accept-message.ts';
import { expireUnreported } from '../messages/reports/expire-unreported.ts';
import type { MessageFinder, WaitingChunk } from '../messages/ports.ts';
import type { UnreportedDeps, MessagesDeps } from '../messages/deps.ts';

/** What the looks at messages work with. */
export type MessageSweepsDeps = StalledDeps &
  UnreportedDeps & {
    messages: Pick<MessagesDeps, 'queue'> & {
      /** One for each storage account. */
      finders: readonly MessageFinder[];
    };
  };

/** Messages that are seen to at a time. */
const concurrency = 16;

const accounts = ({ messages }: MessageSweepsDeps): number => messages.finders.length;

/** Queues chunks of messages that were accepted; a message without its header never was. */
async function enqueue(chunks: readonly WaitingChunk[], deps: MessageSweepsDeps): Promise<LookStep> {
  const { messages, now } = deps;
  const byMessage = [...Map.groupBy(chunks, ({ messageId }) => messageId)];
  return eachOf(byMessage, async ([messageId, own]) => {
    if ((await messages.store.readHeader(messageId)) === undefined) return 0;
    for (const { index, sendAt } of own) {
      await messages.queue.enqueue({ messageId, chunk: index }, delayUntil(sendAt, now()));
    }
    return own.length;
  });
}

/** Sees to each of many things, a few at a time; one that fails keeps none of the others from being seen to. */
async function eachOf<Item>(items: readonly Item[], seeTo: (item: Item) => Promise<number>): Promise<LookStep> {
  let done = 0;
  const failures: unknown[] = [];
  for (let from = 0; from < items.length; from += concurrency) {
    const ended = await Promise.allSettled(items.slice(from, from + concurrency).map(seeTo));
    for (const each of ended) {
      if (each.status === 'fulfilled') done += each.value;
      else failures.push(each.reason);
    }
  }
  return { done, failures };
}

/**
 * Queues what comes due within so many seconds: a day before, for messages that were accepted longer before; and once
 * more shortly before, for what was lost between storage and queue.
 */
const promoteScheduled = ([name, aheadSeconds, everySeconds]: readonly [
  string,
  number,
  number,
]): Look<MessageSweepsDeps> => ({
  name,
  ageSeconds: () => -aheadSeconds,
  everySeconds: () => everySeconds,
  accounts,
  async step({ span, from, account }, deps) {
    const { items = [], next } = (await deps.messages.finders[account]?.listWaiting(span, from)) ?? {};
    const scheduled = items.filter(({ sendAt = new Date(0) }) => sendAt > deps.now());
    const step = await enqueue(scheduled, deps);
    failpoint('schedule.promoted');
    return { ...step, ...(next === undefined ? {} : { next }) };
  },
});

/** Queues what was accepted and never reached the queue, or was lost on it. */
const requeueWaiting = defineRepairs<MessageSweepsDeps>(
  'requeue-messages',
  async ({ span, from, account }, deps) => {
    const { items = [], next } = (await deps.messages.finders[account]?.listWaiting(span, from)) ?? {};
    const forgotten = items.filter(({ leasedUntil, notBefore, updatedAt, sendAt }) =>
      isForgotten([leasedUntil, notBefore, updatedAt, sendAt], deps),
    );
    return { ...(await enqueue(forgotten, deps)), ...(next === undefined ? {} : { next }) };
  },
  accounts,
);

/** Seconds after the report timeout at which unreported is looked for: later ones find what was sent long after it was due. */
const unreportedTiers = [0, 12 * 3_600, 7 * 24 * 3_600] as const;

/** Ends as unknown those of whom no report came in time. */
const expireUnreportedSweeps = unreportedTiers.map((later): Look<MessageSweepsDeps> => ({
  name: `expire-unreported-${later}`,
  ageSeconds: ({ messages }) => messages.reportTimeoutSeconds + later,
  everySeconds: ({ messages }) => Math.min(600, Math.ceil(messages.reportTimeoutSeconds / 5)),
  accounts,
  async step({ span, from, account }, deps) {
    const { items = [], next } = (await deps.messages.finders[account]?.listUnreported(span, from)) ?? {};
    const step = await eachOf(items, (messageId) => expireUnreported(messageId, deps));
    return { ...step, ...(next === undefined ? {} : { next }) };
  },
}));

/** Every look at messages. */
export const messageLooks: readonly Look<MessageSweepsDeps>[] = [
  promoteScheduled(['promote-scheduled', maxDelaySeconds, 600]),
  promoteScheduled(['promote-due-soon', 900, 300]),
  ...requeueWaiting,
  ...expireUnreportedSweeps,
];
