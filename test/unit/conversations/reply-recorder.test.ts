import { describe, expect, test } from 'vitest';

import { newThreadId } from '../../../src/conversations/thread-id.ts';
import { createReplyRecorder } from '../../../src/conversations/index.ts';
import type { Conversation, Thread } from '../../../src/conversations/index.ts';
import type { OutgoingReply } from '../../../src/messages/index.ts';
import { createMemoryThreadStore } from '../../support/fakes/thread-store.ts';
import { createBreaker, phone } from '../../support/labs/inbound.ts';
import { after, testNow } from '../../support/labs/kernel.ts';
import { phones } from '../../support/labs/messaging.ts';

const reply = (details: Partial<OutgoingReply> = {}): OutgoingReply => ({
  customerId: 'demo',
  serviceId: 'oneway',
  messageId: 'm1',
  recipientId: 'm1-00000',
  protocol: 'SMS',
  sender: '16400',
  phone,
  at: testNow,
  ...details,
});

const conversation: Conversation = { customerId: 'demo', channel: 'SMS', address: '16400', phone };

/** Sets up a recorder and access to its store. */
function createRecording() {
  const breaker = createBreaker();
  const threads = createMemoryThreadStore();
  const recorder = createReplyRecorder({ threads: { store: breaker.wrap(threads), hours: 24 }, now: () => testNow });
  return {
    threads,
    breaker,
    record: (...replies: OutgoingReply[]) => recorder.record(replies),
    current: async (place: Conversation) => (await threads.current(place))?.current,
    /** Stores a thread in which a phone wrote. */
    begin: async (place: Conversation, at: Date): Promise<Thread> => {
      const threadId = newThreadId(place, at);
      const thread = { ...place, threadId, serviceId: 'twoway', startedAt: at };
      const entry = { id: `i${at.getTime()}`, direction: 'in', messageId: 'i1', at } as const;
      const version = (await threads.current(place))?.version;
      const change = { entry, next: { threadId, lastActiveAt: at }, version, started: thread };
      expect(await threads.enter(place, change)).toBe('done');
      return thread;
    },
  };
}

describe('a reply', () => {
  test('joins the current thread of its sender and phone', async () => {
    const { record, begin, current, threads } = createRecording();
    const { threadId } = await begin(conversation, after(-1_000));
    await record(reply());
    expect(await current(conversation)).toEqual({ threadId, lastActiveAt: testNow, lastSentMessageId: 'm1' });
    expect(await threads.threadOf(conversation, 'm1-00000')).toBe(threadId);
  });

  test('begins a thread of its service if there is no current one', async () => {
    const { record, current, threads } = createRecording();
    await record(reply());
    const threadId = newThreadId(conversation, testNow);
    expect(await current(conversation)).toEqual({ threadId, lastActiveAt: testNow, lastSentMessageId: 'm1' });
    expect(await threads.read(threadId)).toEqual({
      ...conversation,
      threadId,
      serviceId: 'oneway',
      startedAt: testNow,
    });
  });

  test('joins the thread that it names, whatever its channel and sender', async () => {
    const { record, begin, current } = createRecording();
    const place: Conversation = { ...conversation, channel: 'WhatsApp', address: '358401000001' };
    const old = await begin(place, after(-1_000 * 3_600_000));
    await begin(place, after(-1_000));
    await record(reply({ sender: 'Arena', threadId: old.threadId }));
    expect(await current(place)).toEqual({ threadId: old.threadId, lastActiveAt: testNow, lastSentMessageId: 'm1' });
    expect(await current({ ...conversation, address: 'Arena' })).toBeUndefined();
  });

  test('joins the current thread if the one that it names no longer exists', async () => {
    const { record, current } = createRecording();
    await record(reply({ threadId: newThreadId(conversation, after(-5)) }));
    expect(await current(conversation)).toEqual({
      threadId: newThreadId(conversation, testNow),
      lastActiveAt: testNow,
      lastSentMessageId: 'm1',
    });
  });

  test('is not added again if it is recorded again', async () => {
    const { record, current, breaker } = createRecording();
    await record(reply());
    const before = await current(conversation);
    await record(reply({ at: after(5_000) }));
    expect(await current(conversation)).toEqual(before);
    expect(breaker.calls.filter(({ name }) => name === 'enter').map(({ answer }) => answer)).toEqual([
      'done',
      'entered',
    ]);
  });
});

describe('many replies', () => {
  test('are all added, each to the conversation of its phone', async () => {
    const { record, current } = createRecording();
    const numbers = phones(40);
    await record(...numbers.map((number, place) => reply({ phone: number, recipientId: `m1-${10_000 + place}` })));
    const threads = await Promise.all(numbers.map((number) => current({ ...conversation, phone: number })));
    expect(threads.map((thread) => thread?.lastSentMessageId)).toEqual(numbers.map(() => 'm1'));
    expect(new Set(threads.map((thread) => thread?.threadId)).size).toBe(40);
  });

  test('to one phone all join one thread', async () => {
    const { record, threads } = createRecording();
    const ids = Array.from({ length: 40 }, (_, place) => `m1-${10_000 + place}`);
    await record(...ids.map((recipientId) => reply({ recipientId })));
    const entered = await Promise.all(ids.map((id) => threads.threadOf(conversation, id)));
    expect(new Set(entered)).toEqual(new Set([newThreadId(conversation, testNow)]));
  });

  test('are added 16 at a time', async () => {
    const threads = createMemoryThreadStore();
    let running = 0;
    let max = 0;
    const recorder = createReplyRecorder({
      threads: {
        store: {
          ...threads,
          async enter(...values) {
            running += 1;
            max = Math.max(max, running);
            await new Promise(setImmediate);
            running -= 1;
            return threads.enter(...values);
          },
        },
        hours: 24,
      },

      now: () => testNow,
    });
    await recorder.record(phones(40).map((number, place) => reply({ phone: number, recipientId: `m1-${place}` })));
    expect(max).toBe(16);
  });

  test('reject if one can’t be added, and are completed when recorded again', async () => {
    const { record, current, breaker } = createRecording();
    const replies = phones(3).map((number, place) => reply({ phone: number, recipientId: `m1-0000${place}` }));
    breaker.breakCall(5, 'before');
    await expect(record(...replies)).rejects.toThrow('failed');
    await record(...replies);
    for (const number of phones(3)) {
      expect((await current({ ...conversation, phone: number }))?.lastSentMessageId).toBe('m1');
    }
    expect(breaker.calls.filter(({ answer }) => answer === 'done')).toHaveLength(3);
  });

  test('cost nothing if the list is empty', async () => {
    const { record, breaker } = createRecording();
    await record();
    expect(breaker.calls).toEqual([]);
  });
});
