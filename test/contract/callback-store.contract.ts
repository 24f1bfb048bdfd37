import { randomBytes, randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type {
  CallbackEntry,
  CallbackStore,
  ChunkCallbacks,
  VersionedCallbacks,
} from '../../src/delivery-callbacks/index.ts';
import { newMessageId } from '../../src/messages/index.ts';
import { allPages } from '../support/tools/all-pages.ts';

const at = new Date('2026-11-24T10:00:00.123Z');
const later = new Date('2026-11-24T10:02:00.000Z');
const version = expect.any(String) as string;

const entry = (details: Partial<CallbackEntry> = {}): CallbackEntry => ({
  recipientIndex: 0,
  status: 'delivered',
  at,
  state: 'waiting',
  since: at,
  attempts: 0,
  ...details,
});

/** Makes callbacks of a message that no other test has. */
export const callbacksOfChunk = (details: Partial<ChunkCallbacks> = {}): ChunkCallbacks => ({
  messageId: newMessageId({ customerId: 'demo', dueAt: at, callbacks: true }, 1, randomBytes),
  chunk: 0,
  customerId: "a/b 'ä'",
  done: [],
  entries: [],
  changedAt: at,
  ...details,
});

const givenUp = (): CallbackEntry =>
  entry({ state: 'givenUp', attempts: 3, lastAnswer: { status: 400, detail: 'answered 400', at: later } });

/** Tests what every store of callbacks must do. */
export function callbackStoreContract(name: string, open: () => CallbackStore): void {
  describe(`callbacks: ${name}`, () => {
    const store = open();

    async function added(details: Partial<ChunkCallbacks> = {}): Promise<VersionedCallbacks> {
      const wanted = callbacksOfChunk(details);
      const written = await store.write(wanted);
      expect(written).toEqual({ callbacks: wanted, version });
      if (written === 'conflict') throw new Error('The first write conflicted.');
      return written;
    }

    test('finds waiting callbacks by the time at which their message was due', async () => {
      const from = new Date(Date.UTC(2033, 0, 1));
      const to = new Date(from.getTime() + 60_000);
      const dueAt = (time: Date) => ({
        messageId: newMessageId({ customerId: 'demo', dueAt: time, callbacks: true }, 1, randomBytes),
        entries: [entry()],
      });
      const first = await added(dueAt(from));
      await added(dueAt(to));
      await added({ ...dueAt(from), entries: [givenUp()], done: [1] });
      const found = await allPages((page) => store.listWaiting({ from, to }, page));
      expect(found).toEqual([first.callbacks]);
    });

    test('missing callbacks are undefined, and a write at a version conflicts', async () => {
      const missing = callbacksOfChunk();
      expect(await store.read(missing.messageId, 0)).toBeUndefined();
      expect(await store.read("o'neill/#", 0)).toBeUndefined();
      expect(await store.listOf(missing.messageId)).toEqual([]);
      expect(await store.listGivenUp({ customerId: randomUUID(), limit: 10 })).toEqual([]);
      expect(await store.write(missing, 'W/"datetime\'2026-11-24T10%3A00%3A00.0000000Z\'"')).toBe('conflict');
      expect(await store.read(missing.messageId, 0)).toBeUndefined();
    });

    test.each<[string, Partial<ChunkCallbacks>]>([
      ['with nothing that may be missing', {}],
      ['with all that may be missing', { lease: { until: later, token: 'ab'.repeat(16) }, jobAt: later, chunk: 1_234 }],
      ['with what is done', { done: [0, 7, 99] }],
      [
        'with entries of every kind',
        {
          entries: [
            entry(),
            entry({ recipientIndex: 1, status: 'rejected', code: 'a"b\\ä😀', notBefore: later, attempts: 2 }),
            entry({
              recipientIndex: 2,
              status: 'read',
              code: '',
              lastAnswer: { detail: 'No answer came in time.', at },
            }),
            { ...givenUp(), recipientIndex: 3 },
          ],
        },
      ],
      [
        'with a hundred entries of the longest codes and answers',
        {
          entries: Array.from({ length: 100 }, (_, recipientIndex) =>
            entry({
              recipientIndex,
              code: 'ж'.repeat(200),
              notBefore: later,
              lastAnswer: { status: 503, detail: 'ж'.repeat(300), at },
            }),
          ),
        },
      ],
    ])('reads callbacks as they were written: %s', async (_, details) => {
      const { callbacks } = await added(details);
      expect(await store.read(callbacks.messageId, callbacks.chunk)).toEqual({ callbacks, version });
    });

    test('a write replaces everything, and only at the version that was read', async () => {
      const entries = Array.from({ length: 100 }, (_, recipientIndex) =>
        entry({ recipientIndex, code: 'x'.repeat(200) }),
      );
      const first = await added({ entries, lease: { until: later, token: 't' }, jobAt: later });
      const { messageId, chunk, customerId } = first.callbacks;
      const shorter: ChunkCallbacks = { messageId, chunk, customerId, done: [1], entries: [entry()], changedAt: later };
      const second = await store.write(shorter, first.version);
      expect(second).toEqual({ callbacks: shorter, version });
      expect(await store.write(first.callbacks, first.version)).toBe('conflict');
      expect(await store.write(first.callbacks)).toBe('conflict');
      expect(await store.read(messageId, chunk)).toEqual(second);
    });

    test('one of many writers wins, at the first write and at a version', async () => {
      const wanted = callbacksOfChunk();
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.write(wanted)));
      const [won, ...others] = outcomes.filter((outcome) => outcome !== 'conflict');
      expect([won, others]).toEqual([{ callbacks: wanted, version }, []]);
      const again = await Promise.all(Array.from({ length: 20 }, () => store.write(wanted, won?.version)));
      expect(again.filter((outcome) => outcome !== 'conflict')).toHaveLength(1);
    });

    test('lists the callbacks of one message in the order of its chunks', async () => {
      const { callbacks } = await added({ chunk: 1_000 });
      const { messageId } = callbacks;
      for (const chunk of [2, 10, 0]) await added({ messageId, chunk });
      await added();
      const listed = await store.listOf(messageId);
      expect(listed.map((each) => each.callbacks.chunk)).toEqual([0, 2, 10, 1_000]);
      const [first] = listed;
      expect(await store.write(first!.callbacks, first!.version)).not.toBe('conflict');
      expect(await store.write(first!.callbacks, first!.version)).toBe('conflict');
    });

    test('lists given-up callbacks, of one customer or of all, the oldest message first', async () => {
      const [mine, other] = [`'ä' ${randomUUID()}`, randomUUID()];
      const messageAt = (time: Date) =>
        newMessageId({ customerId: 'demo', dueAt: time, callbacks: true }, 1, randomBytes);
      const young = await added({ customerId: mine, messageId: messageAt(later), entries: [givenUp()] });
      const old = await added({
        customerId: mine,
        messageId: messageAt(at),
        entries: [entry({ recipientIndex: 1 }), givenUp()],
      });
      await added({ customerId: mine, done: [0], entries: [entry({ recipientIndex: 1 })] });
      const others = await added({ customerId: other, entries: [givenUp()] });
      expect(await store.listGivenUp({ customerId: mine, limit: 10 })).toEqual([old.callbacks, young.callbacks]);
      expect(await store.listGivenUp({ customerId: mine, limit: 1 })).toHaveLength(1);
      const all = await store.listGivenUp({ limit: 1_000 });
      expect(all).toEqual(expect.arrayContaining([old, young, others].map(({ callbacks }) => callbacks)));
      expect(all.every(({ entries }) => entries.some(({ state }) => state === 'givenUp'))).toBe(true);
    });
  });
}
