import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { newThreadId } from '../../src/conversations/thread-id.ts';
import type { Conversation, CurrentThread, Thread, ThreadEntry, ThreadStore } from '../../src/conversations/index.ts';

const startedAt = new Date('2026-11-24T10:00:00.123Z');
const later = new Date('2026-11-24T10:05:00.000Z');
const version = expect.any(String) as string;

/** Makes a conversation that no other test has. */
const newConversation = (details: Partial<Conversation> = {}): Conversation => ({
  customerId: `a/b\\c#d?e 'ä' ${randomUUID()}`,
  channel: 'SMS',
  address: 'Areena Ä',
  phone: '358401234567',
  ...details,
});

const newEntry = (details: Partial<ThreadEntry> = {}): ThreadEntry => ({
  id: `i${randomUUID()}`,
  direction: 'in',
  messageId: randomUUID(),
  at: startedAt,
  ...details,
});

const newThread = (conversation: Conversation, at = startedAt): Thread => ({
  ...conversation,
  threadId: newThreadId(conversation, at),
  serviceId: 'palvelu/ä 😀',
  startedAt: at,
});

const currentOf = ({ threadId }: Thread, details: Partial<CurrentThread> = {}): CurrentThread => ({
  threadId,
  lastActiveAt: startedAt,
  ...details,
});

/** Tests what every store of threads must do. */
export function threadStoreContract(name: string, open: () => ThreadStore): void {
  describe(`thread store: ${name}`, () => {
    const store = open();

    /** Stores a conversation with one thread that has one entry. */
    async function begun(details: Partial<Conversation> = {}) {
      const conversation = newConversation(details);
      const thread = newThread(conversation);
      const entry = newEntry();
      const next = currentOf(thread);
      expect(await store.enter(conversation, { entry, next, version: undefined, started: thread })).toBe('done');
      const current = (await store.current(conversation))!;
      expect(current).toEqual({ current: next, version });
      return { conversation, thread, entry, current };
    }

    test('missing threads and entries are undefined', async () => {
      const conversation = newConversation();
      expect(await store.current(conversation)).toBeUndefined();
      expect(await store.threadOf(conversation, newEntry().id)).toBeUndefined();
      expect(await store.read(newThreadId(conversation, startedAt))).toBeUndefined();
      for (const odd of ['', 'a/b\\c#d?e', "o'neill", 'ä\u0001', 'F'.repeat(44), 'x'.repeat(5_000)]) {
        expect([odd, await store.read(odd), await store.threadOf(conversation, odd)]).toEqual([
          odd,
          undefined,
          undefined,
        ]);
      }
    });

    test('reads a new thread, its entry and the current thread as they were written', async () => {
      const { conversation, thread, entry } = await begun();
      expect(await store.read(thread.threadId)).toEqual(thread);
      expect(await store.threadOf(conversation, entry.id)).toBe(thread.threadId);
    });

    test('entering a message makes its thread the current one', async () => {
      const { conversation, thread, entry, current } = await begun();
      const sent = newEntry({ id: `${'ab'.repeat(16)}-00001`, direction: 'out' });
      const withSent = currentOf(thread, { lastActiveAt: later, lastSentMessageId: 'm-1', lastReceivedAt: later });
      expect(await store.enter(conversation, { entry: sent, next: withSent, version: current.version })).toBe('done');
      const second = (await store.current(conversation))!;
      expect(second).toEqual({ current: withSent, version });

      const newer = newThread(conversation, later);
      const third = newEntry();
      const change = { entry: third, next: currentOf(newer), version: second.version, started: newer };
      expect(await store.enter(conversation, change)).toBe('done');
      expect(await store.current(conversation)).toEqual({ current: currentOf(newer), version });
      expect(await Promise.all([entry, sent, third].map(({ id }) => store.threadOf(conversation, id)))).toEqual([
        thread.threadId,
        thread.threadId,
        newer.threadId,
      ]);
      expect([await store.read(thread.threadId), await store.read(newer.threadId)]).toEqual([thread, newer]);
    });

    test('entering a message a second time changes nothing, whatever else is given', async () => {
      const { conversation, thread, entry, current } = await begun();
      const newer = newThread(conversation, later);
      const next = currentOf(newer, { lastActiveAt: later });
      const again = { ...entry, direction: 'out' as const };
      for (const change of [
        { entry: again, next, version: current.version, started: newer },
        { entry: again, next, version: current.version },
        { entry: again, next, version: undefined, started: newer },
        { entry: again, next, version: 'W/"1"' },
        { entry: again, next, version: current.version, started: thread },
      ]) {
        expect(await store.enter(conversation, change)).toBe('entered');
      }
      expect(await store.current(conversation)).toEqual(current);
      expect(await store.read(newer.threadId)).toBeUndefined();
      expect(await store.threadOf(conversation, entry.id)).toBe(thread.threadId);
    });

    test('conflicts and changes nothing if the current thread is not the expected one', async () => {
      const { conversation, thread, current } = await begun();
      const entry = newEntry();
      const newer = newThread(conversation, later);
      const next = currentOf(newer);
      for (const change of [
        { entry, next, version: undefined, started: newer },
        { entry, next, version: undefined },
        { entry, next, version: 'W/"1"', started: newer },
        { entry, next, version: 'W/"1"' },
        // The version is right, but a thread with this id exists.
        { entry, next: currentOf(thread, { lastActiveAt: later }), version: current.version, started: thread },
      ]) {
        expect(await store.enter(conversation, change)).toBe('conflict');
      }
      expect(await store.current(conversation)).toEqual(current);
      expect(await store.read(newer.threadId)).toBeUndefined();
      expect(await store.threadOf(conversation, entry.id)).toBeUndefined();

      // A conversation without a current thread.
      const empty = newConversation();
      expect(await store.enter(empty, { entry, next, version: current.version })).toBe('conflict');
      expect(await store.current(empty)).toBeUndefined();
      expect(await store.threadOf(empty, entry.id)).toBeUndefined();
    });

    test('a version can be used for one change', async () => {
      const { conversation, thread, current } = await begun();
      const enter = (entry: ThreadEntry) =>
        store.enter(conversation, { entry, next: currentOf(thread), version: current.version });
      expect(await enter(newEntry())).toBe('done');
      expect(await enter(newEntry())).toBe('conflict');
    });

    test('conversations that differ in one field share nothing', async () => {
      const { conversation, entry } = await begun();
      const others: Conversation[] = [
        { ...conversation, customerId: `${conversation.customerId}x` },
        { ...conversation, channel: 'WhatsApp' },
        { ...conversation, address: '358401000001' },
        { ...conversation, phone: '358401234568' },
        // The fields must not be mixed up if their joined texts are the same.
        { ...conversation, address: `${conversation.address}3`, phone: conversation.phone.slice(1) },
      ];
      const before = await store.current(conversation);
      for (const other of others) {
        expect(await store.current(other)).toBeUndefined();
        expect(await store.threadOf(other, entry.id)).toBeUndefined();
        const thread = newThread(other);
        const change = { entry, next: currentOf(thread), version: undefined, started: thread };
        expect(await store.enter(other, change)).toBe('done');
        expect(await store.read(thread.threadId)).toEqual(thread);
      }
      expect(await store.current(conversation)).toEqual(before);
    });

    // Each round enters one message, so this takes hundreds of operations.
    test('enters all of many simultaneous messages, each once', { timeout: 60_000 }, async () => {
      const conversation = newConversation();
      const entries = Array.from({ length: 30 }, () => newEntry());
      const begunThreads = new Set<string>();
      const land = async (entry: ThreadEntry): Promise<'done' | 'entered'> => {
        for (;;) {
          const found = await store.current(conversation);
          const started = newThread(conversation, new Date(startedAt.getTime() + entries.indexOf(entry)));
          const outcome = await store.enter(
            conversation,
            found === undefined
              ? { entry, next: currentOf(started), version: undefined, started }
              : { entry, next: { ...found.current, lastSentMessageId: entry.id }, version: found.version },
          );
          if (outcome === 'done' && found === undefined) begunThreads.add(started.threadId);
          if (outcome !== 'conflict') return outcome;
        }
      };
      expect(await Promise.all(entries.map(land))).toEqual(entries.map(() => 'done'));
      expect(begunThreads.size).toBe(1);
      const [threadId] = begunThreads;
      expect(new Set(await Promise.all(entries.map(({ id }) => store.threadOf(conversation, id))))).toEqual(
        new Set([threadId]),
      );
      expect((await store.current(conversation))?.current.threadId).toBe(threadId);
    });

    test('enters the same message once, even if entered many times at once', async () => {
      const { conversation, thread, current } = await begun();
      const entry = newEntry();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () =>
          store.enter(conversation, { entry, next: currentOf(thread), version: current.version }),
        ),
      );
      expect(outcomes.toSorted()).toEqual(['done', ...Array.from({ length: 19 }, () => 'entered')]);
    });
  });
}
