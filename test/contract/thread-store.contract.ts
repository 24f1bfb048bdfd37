import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { newThreadId } from '../../src/conversations/thread-id.ts';
import type { Conversation, CurrentThread, Thread, ThreadEntry, ThreadStore } from '../../src/conversations/index.ts';

const startedAt = new Date('2026-11-24T10:00:00.123Z');
const later = new Date('2026-11-24T10:05:00.000Z');
const version = expect.any(String) as string;

/** A conversation that nobody else has. */
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

/** What every store of threads must do. */
export function threadStoreContract(name: string, open: () => ThreadStore): void {
  describe(`thread store: ${name}`, () => {
    const store = open();

    /** A conversation with one thread and one entry in it. */
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

    test('what is not there is undefined', async () => {
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

    test('gives back a thread that began, what was entered, and the current thread', async () => {
      const { conversation, thread, entry } = await begun();
      expect(await store.read(thread.threadId)).toEqual(thread);
      expect(await store.threadOf(conversation, entry.id)).toBe(thread.threadId);
    });

    test('a message that is entered makes its thread current, in place of what was', async () => {
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

    test('what is entered already changes nothing, whatever else is given', async () => {
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

    test('another current thread than expected is a conflict, and changes nothing', async () => {
      const { conversation, thread, current } = await begun();
      const entry = newEntry();
      const newer = newThread(conversation, later);
      const next = currentOf(newer);
      for (const change of [
        { entry, next, version: undefined, started: newer },
        { entry, next, version: undefined },
        { entry, next, version: 'W/"1"', started: newer },
        { entry, next, version: 'W/"1"' },
        // The version is right, but a thread of this id has begun before.
        { entry, next: currentOf(thread, { lastActiveAt: later }), version: current.version, started: thread },
      ]) {
        expect(await store.enter(conversation, change)).toBe('conflict');
      }
      expect(await store.current(conversation)).toEqual(current);
      expect(await store.read(newer.threadId)).toBeUndefined();
      expect(await store.threadOf(conversation, entry.id)).toBeUndefined();

      // A conversation that has no current thread at all.
      const empty = newConversation();
      expect(await store.enter(empty, { entry, next, version: current.version })).toBe('conflict');
      expect(await store.current(empty)).toBeUndefined();
      expect(await store.threadOf(empty, entry.id)).toBeUndefined();
    });

    test('a version is good for one change', async () => {
      const { conversation, thread, current } = await begun();
      const enter = (entry: ThreadEntry) =>
        store.enter(conversation, { entry, next: currentOf(thread), version: current.version });
      expect(await enter(newEntry())).toBe('done');
      expect(await enter(newEntry())).toBe('conflict');
    });

    test('conversations that differ in one thing have nothing in common', async () => {
      const { conversation, entry } = await begun();
      const others: Conversation[] = [
        { ...conversation, customerId: `${conversation.customerId}x` },
        { ...conversation, channel: 'WhatsApp' },
        { ...conversation, address: '358401000001' },
        { ...conversation, phone: '358401234568' },
        // The parts are told apart wherever the border between them lies.
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

    // Each round lands one, so it takes hundreds of operations.
    test('any number of messages at once all land, each once', { timeout: 60_000 }, async () => {
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

    test('the same message any number of times at once lands once', async () => {
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
