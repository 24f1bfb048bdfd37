import { describe, expect, test } from 'vitest';

import { enterThread } from '../../../src/conversations/enter-thread.ts';
import { newThreadId } from '../../../src/conversations/thread-id.ts';
import type { Conversation, ThreadEntry, ThreadStore } from '../../../src/conversations/index.ts';
import { createMemoryThreadStore } from '../../support/fakes/thread-store.ts';
import { createBreaker } from '../../support/labs/inbound.ts';
import { after, testNow } from '../../support/labs/kernel.ts';

const hour = 3_600_000;
const conversation: Conversation = { customerId: 'demo', channel: 'SMS', address: '16400', phone: '358401234567' };

/**
 * Sets up threads of 24 hours. The clock advances by a millisecond each time it is read, as it would between two
 * messages. It starts two years after the first message, so that no message is from the future.
 */
function createThreads(threads: ThreadStore = createMemoryThreadStore(), clock = 2 * 365 * 24 * hour) {
  let elapsed = clock;
  const deps = { threads: { store: threads, hours: 24 }, now: () => after(elapsed++) };
  const enter = (entry: ThreadEntry, threadId?: string, place = conversation) =>
    enterThread(place, { entry, serviceId: 'twoway', ...(threadId === undefined ? {} : { threadId }) }, deps);
  return {
    threads,
    enter,
    /** Adds an inbound message. */
    receive: (id: string, at: Date, place = conversation) =>
      enter({ id, direction: 'in', messageId: id, at }, undefined, place),
    /** Adds a message that we sent, to a thread if one is named. */
    send: (id: string, at: Date, threadId?: string) =>
      enter({ id: `${id}-00000`, direction: 'out', messageId: id, at }, threadId),
    current: async () => (await threads.current(conversation))?.current,
  };
}

describe('the first message of a conversation', () => {
  test.each(['receive', 'send'] as const)('begins a thread: %s', async (way) => {
    const threads = createMemoryThreadStore();
    const deps = createThreads(threads);
    const { threadId, ...rest } = await deps[way]('m1', after(-hour));
    expect(rest).toEqual({});
    const thread = await threads.read(threadId);
    expect(thread).toEqual({ ...conversation, threadId, serviceId: 'twoway', startedAt: expect.any(Date) as Date });
    expect(threadId).toBe(newThreadId(conversation, thread!.startedAt));
    expect(await deps.current()).toEqual({
      threadId,
      lastActiveAt: after(-hour),
      ...(way === 'send' ? { lastSentMessageId: 'm1' } : { lastReceivedAt: after(-hour) }),
    });
  });
});

describe('a message', () => {
  test.each([
    ['at the same time', 0, true],
    ['24 hours later', 24 * hour, true],
    ['24 hours and a millisecond later', 24 * hour + 1, false],
    ['a year later', 365 * 24 * hour, false],
    ['a millisecond earlier', -1, true],
    ['from years before', -10 * 365 * 24 * hour, true],
  ])('%s: the thread continues: %s', async (_, later, continues) => {
    const { receive, current } = createThreads();
    const first = await receive('i1', testNow);
    const second = await receive('i2', after(later));
    expect(second.threadId === first.threadId).toBe(continues);
    // A late message does not move the thread's last activity back.
    const last = after(Math.max(0, later));
    expect(await current()).toEqual({ threadId: second.threadId, lastActiveAt: last, lastReceivedAt: last });
  });

  test('counts as received now if the carrier’s clock is ahead, so that the thread still ends', async () => {
    const threads = createMemoryThreadStore();
    const { receive, current } = createThreads(threads, 0);
    const { threadId } = await receive('i1', after(365 * 24 * hour));
    expect((await current())?.lastActiveAt).toEqual(testNow);
    expect((await receive('i2', after(366 * 24 * hour + 1))).threadId).toBe(threadId);
    const later = createThreads(threads, 25 * hour);
    expect((await later.receive('i3', after(367 * 24 * hour))).threadId).not.toBe(threadId);
  });

  test('keeps the thread going, from either side', async () => {
    const { receive, send } = createThreads();
    const { threadId } = await receive('i1', testNow);
    expect((await send('m1', after(20 * hour))).threadId).toBe(threadId);
    expect((await receive('i2', after(40 * hour))).threadId).toBe(threadId);
    expect((await receive('i3', after(60 * hour))).threadId).toBe(threadId);
    expect((await receive('i4', after(85 * hour))).threadId).not.toBe(threadId);
  });

  test('that comes late does not shorten the thread', async () => {
    const { receive } = createThreads();
    const { threadId } = await receive('i1', after(20 * hour));
    await receive('i2', testNow);
    expect((await receive('i3', after(44 * hour))).threadId).toBe(threadId);
  });

  test('answers our last message in its thread', async () => {
    const { receive, send } = createThreads();
    const first = await receive('i1', testNow);
    expect(first.parentMessageId).toBeUndefined();
    await send('m1', after(1));
    await send('m2', after(2));
    expect(await receive('i2', after(3))).toEqual({ threadId: first.threadId, parentMessageId: 'm2' });
    // Our last message stays the same until we write again.
    expect(await receive('i3', after(4))).toEqual({ threadId: first.threadId, parentMessageId: 'm2' });
    const next = await receive('i4', after(48 * hour));
    expect(next).toEqual({ threadId: expect.not.stringMatching(first.threadId) as string });
    expect(await receive('i5', after(48 * hour))).toEqual({ threadId: next.threadId });
  });
});

describe('a message that names its thread', () => {
  test('makes that thread the current one, however old, so that the phone’s answer joins it', async () => {
    const { receive, send, current } = createThreads();
    const { threadId: old } = await receive('i1', testNow);
    const { threadId: newer } = await receive('i2', after(100 * hour));
    await send('m1', after(101 * hour));
    expect(newer).not.toBe(old);
    expect(await send('m2', after(102 * hour), old)).toEqual({ threadId: old });
    expect(await current()).toEqual({
      threadId: old,
      lastActiveAt: after(102 * hour),
      lastSentMessageId: 'm2',
      // The phone wrote in the other thread; its last message counts in any thread.
      lastReceivedAt: after(100 * hour),
    });
    expect(await receive('i3', after(103 * hour))).toEqual({ threadId: old, parentMessageId: 'm2' });
  });

  test('does not take the last sent message over from another thread', async () => {
    const { receive, send, current, enter } = createThreads();
    const { threadId: old } = await receive('i1', testNow);
    await receive('i2', after(100 * hour));
    await send('m1', after(101 * hour));
    const entry = { id: 'i3', direction: 'in', messageId: 'i3', at: after(102 * hour) } as const;
    expect(await enter(entry, old)).toEqual({ threadId: old });
    expect(await current()).toEqual({
      threadId: old,
      lastActiveAt: after(102 * hour),
      lastReceivedAt: after(102 * hour),
    });
  });
});

describe('a message that was added before', () => {
  test('stays in its thread and changes nothing', async () => {
    const { receive, send, current } = createThreads();
    await receive('i1', testNow);
    await send('m1', after(1));
    const first = await receive('i2', after(2));
    const before = await current();
    expect(await receive('i2', after(2))).toEqual(first);
    expect(await current()).toEqual(before);
  });

  test('finds its thread again when another one is current, and takes nothing from that one', async () => {
    const { receive, send } = createThreads();
    const { threadId } = await receive('i1', testNow);
    const other = await receive('i2', after(48 * hour));
    await send('m1', after(49 * hour));
    expect(await receive('i1', testNow)).toEqual({ threadId });
    expect(other.threadId).not.toBe(threadId);
  });

  test('finds its thread again after a long gap, and begins no new one', async () => {
    const { threads, receive, send } = createThreads();
    const first = await send('m1', testNow);
    const { threadId: newer } = await receive('i1', after(30 * hour));
    await send('m2', after(31 * hour), newer);
    const current = await threads.current(conversation);
    expect(await send('m1', after(90 * hour))).toEqual(first);
    expect(await threads.current(conversation)).toEqual(current);
  });
});

describe('threads', () => {
  test.each<Partial<Conversation>>([
    { customerId: 'other' },
    { channel: 'WhatsApp' },
    { address: '17200' },
    { phone: '358401234568' },
  ])('are separate for %j', async (difference) => {
    const { receive, current } = createThreads();
    const { threadId } = await receive('i1', testNow);
    const other = await receive('i1', testNow, { ...conversation, ...difference });
    expect(other.threadId).not.toBe(threadId);
    expect(await current()).toEqual({ threadId, lastActiveAt: testNow, lastReceivedAt: testNow });
  });

  test('take 30 simultaneous messages into one thread, each once', async () => {
    const breaker = createBreaker();
    const { threads, receive } = createThreads(breaker.wrap(createMemoryThreadStore()));
    const ids = Array.from({ length: 30 }, (_, index) => `i${index}`);
    const entered = await Promise.all(ids.map((id, index) => receive(id, after(index))));
    expect(new Set(entered.map(({ threadId }) => threadId)).size).toBe(1);
    expect(await Promise.all(ids.map((id) => threads.threadOf(conversation, id)))).toEqual(
      entered.map(({ threadId }) => threadId),
    );
    expect(breaker.calls.filter(({ answer }) => answer === 'done')).toHaveLength(30);
    expect((await threads.current(conversation))?.current.lastActiveAt).toEqual(after(29));
  });

  test('reject after 50 attempts if they change during each', async () => {
    let attempts = 0;
    const never: ThreadStore = {
      ...createMemoryThreadStore(),
      async enter() {
        attempts += 1;
        return 'conflict';
      },
    };
    await expect(createThreads(never).receive('i1', testNow)).rejects.toThrow('the conversation changed 50 times');
    expect(attempts).toBe(50);
  });
});
