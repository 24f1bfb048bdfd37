import { describe, expect, test } from 'vitest';

import { enterThread } from '../../../src/conversations/enter-thread.ts';
import { newThreadId } from '../../../src/conversations/thread-id.ts';
import type { Conversation, ThreadEntry, ThreadStore } from '../../../src/conversations/index.ts';
import { createMemoryThreadStore } from '../../support/fakes/thread-store.ts';
import { after, createBreaker } from '../../support/labs/inbound.ts';
import { testNow } from '../../support/labs/kernel.ts';

const hour = 3_600_000;
const conversation: Conversation = { customerId: 'demo', channel: 'SMS', address: '16400', phone: '358401234567' };

/**
 * Threads of 24 hours, and a clock that moves by a millisecond with each look, as time would between two messages; it is
 * two years ahead of the first, so that no message comes from the future.
 */
function createThreads(threads: ThreadStore = createMemoryThreadStore(), clock = 2 * 365 * 24 * hour) {
  let looks = clock;
  const deps = { threads: { store: threads, hours: 24 }, now: () => after(looks++) };
  const enter = (entry: ThreadEntry, threadId?: string, place = conversation) =>
    enterThread(place, { entry, serviceId: 'twoway', ...(threadId === undefined ? {} : { threadId }) }, deps);
  return {
    threads,
    enter,
    /** A message of the phone. */
    receive: (id: string, at: Date, place = conversation) =>
      enter({ id, direction: 'in', messageId: id, at }, undefined, place),
    /** A message of ours, to a thread if one is named. */
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
    // A late message turns no clock back.
    const last = after(Math.max(0, later));
    expect(await current()).toEqual({ threadId: second.threadId, lastActiveAt: last, lastReceivedAt: last });
  });

  test('of a carrier whose clock is ahead is as if it came now, so that the thread ends all the same', async () => {
    const threads = createMemoryThreadStore();
    const { receive, current } = createThreads(threads, 0);
    const { threadId } = await receive('i1', after(365 * 24 * hour));
    expect((await current())?.lastActiveAt).toEqual(testNow);
    expect((await receive('i2', after(366 * 24 * hour + 1))).threadId).toBe(threadId);
    const later = createThreads(threads, 25 * hour);
    expect((await later.receive('i3', after(367 * 24 * hour))).threadId).not.toBe(threadId);
  });

  test('of either side keeps the thread going', async () => {
    const { receive, send } = createThreads();
    const { threadId } = await receive('i1', testNow);
    expect((await send('m1', after(20 * hour))).threadId).toBe(threadId);
    expect((await receive('i2', after(40 * hour))).threadId).toBe(threadId);
    expect((await receive('i3', after(60 * hour))).threadId).toBe(threadId);
    expect((await receive('i4', after(85 * hour))).threadId).not.toBe(threadId);
  });

  test('that comes late counts from the last one, not from itself', async () => {
    const { receive } = createThreads();
    const { threadId } = await receive('i1', after(20 * hour));
    await receive('i2', testNow);
    expect((await receive('i3', after(44 * hour))).threadId).toBe(threadId);
  });

  test('answers the last message of ours in its thread', async () => {
    const { receive, send } = createThreads();
    const first = await receive('i1', testNow);
    expect(first.parentMessageId).toBeUndefined();
    await send('m1', after(1));
    await send('m2', after(2));
    expect(await receive('i2', after(3))).toEqual({ threadId: first.threadId, parentMessageId: 'm2' });
    // It stays so until we write again.
    expect(await receive('i3', after(4))).toEqual({ threadId: first.threadId, parentMessageId: 'm2' });
    const next = await receive('i4', after(48 * hour));
    expect(next).toEqual({ threadId: expect.not.stringMatching(first.threadId) as string });
    expect(await receive('i5', after(48 * hour))).toEqual({ threadId: next.threadId });
  });
});

describe('a message to a thread that it names', () => {
  test('makes that the current one, however old, for the phone to answer in', async () => {
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
      // The phone wrote in the other one, and it is the phone that matters.
      lastReceivedAt: after(100 * hour),
    });
    expect(await receive('i3', after(103 * hour))).toEqual({ threadId: old, parentMessageId: 'm2' });
  });

  test('does not take over what was last sent in another', async () => {
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

describe('a message that was entered before', () => {
  test('stays where it is, and changes nothing', async () => {
    const { receive, send, current } = createThreads();
    await receive('i1', testNow);
    await send('m1', after(1));
    const first = await receive('i2', after(2));
    const before = await current();
    expect(await receive('i2', after(2))).toEqual(first);
    expect(await current()).toEqual(before);
  });

  test('finds its thread again when another is the current one, and nothing of that one', async () => {
    const { receive, send } = createThreads();
    const { threadId } = await receive('i1', testNow);
    const other = await receive('i2', after(48 * hour));
    await send('m1', after(49 * hour));
    expect(await receive('i1', testNow)).toEqual({ threadId });
    expect(other.threadId).not.toBe(threadId);
  });

  test('finds its thread again after a silence, and begins none', async () => {
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
  ])('are others for %j', async (difference) => {
    const { receive, current } = createThreads();
    const { threadId } = await receive('i1', testNow);
    const other = await receive('i1', testNow, { ...conversation, ...difference });
    expect(other.threadId).not.toBe(threadId);
    expect(await current()).toEqual({ threadId, lastActiveAt: testNow, lastReceivedAt: testNow });
  });

  test('take 30 messages at once into one, each once', async () => {
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

  test('that change under every attempt are given up', async () => {
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
