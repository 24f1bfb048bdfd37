import { randomBytes, randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { InboundMessage, InboundProgress, InboundStore, VersionedInbound } from '../../src/conversations/index.ts';
import { newMessageId } from '../../src/messages/index.ts';
import { allPages } from '../support/tools/all-pages.ts';

const receivedAt = new Date('2026-11-24T10:00:00.123Z');

const newInboundId = (at: Date): string =>
  `i${newMessageId({ customerId: 'demo', dueAt: at, callbacks: false }, 1, randomBytes)}`;

const version = expect.any(String) as string;

/** Makes a message as it is first stored, without what is not known yet. */
export function inbound(details: Partial<InboundMessage> = {}): InboundMessage {
  return {
    id: newInboundId(details.receivedAt ?? receivedAt),
    carrier: 'simulated',
    carrierMessageId: 'c-1',
    sender: '358401234567',
    recipient: '358401000001',
    protocol: 'SMS',
    content: 'Hei',
    at: new Date('2026-11-24T09:59:58.000Z'),
    receivedAt,
    state: 'received',
    attachments: [],
    attempts: 0,
    ...details,
  };
}

const fullProgress: InboundProgress = {
  state: 'routed',
  attachments: [
    {
      id: 'ab'.repeat(16),
      reference: 'https://example.com/ä?b="c"',
      name: 'kuva 😀.jpg',
      mimeType: 'image/jpeg',
      state: 'stored',
    },
    { id: 'cd'.repeat(16), reference: 'r2', name: '', mimeType: '', state: 'failed', reason: 'On liian suuri: ”5 Mt”' },
  ],
  attempts: 3,
  customerId: 'demo',
  serviceId: 'demo-twoway',
  keyword: 'ÄÄNESTÄ',
  threadId: 'ef'.repeat(22),
  parentMessageId: '12'.repeat(16),
};

const emptied: InboundProgress = { state: 'unrouted', attachments: [], attempts: 4 };

/** Tests what every store of inbound messages must do. */
export function inboundStoreContract(name: string, open: () => InboundStore): void {
  describe(`inbound store: ${name}`, () => {
    const store = open();

    async function created(details: Partial<InboundMessage> = {}): Promise<VersionedInbound> {
      const message = inbound(details);
      expect(await store.create(message)).toBe('created');
      return (await store.read(message.id))!;
    }

    test('a missing message is undefined, and can’t be changed', async () => {
      for (const odd of [newInboundId(receivedAt), '', 'a/b\\c#d?e', "o'neill", 'ä\u0001', 'x'.repeat(5_000)]) {
        expect([odd, await store.read(odd)]).toEqual([odd, undefined]);
        await store.dropUnrouted(odd);
      }
      const missing = { message: inbound(), version: 'W/"1"' };
      expect(await store.update(missing, emptied)).toBe('conflict');
      expect(await store.read(missing.message.id)).toBeUndefined();
    });

    test.each<[string, Partial<InboundMessage>]>([
      ['with nothing that may be missing', {}],
      ['with all that may be missing', { ...fullProgress, protocol: 'WhatsApp', buttonReply: 'Kyllä 👍' }],
      ['with texts that are empty', { content: '', buttonReply: '' }],
      ['of umlauts and emoji', { content: 'Hyvää päivää, ”käyttäjä” 😀\n\ttoinen rivi' }],
      ['of 60,000 characters', { content: 'ж'.repeat(60_000) }],
      ['with emoji at every cut', { content: `x${'😀'.repeat(30_000)}` }],
    ])('reads a message as it was created: %s', async (_, details) => {
      const message = inbound(details);
      expect(await store.create(message)).toBe('created');
      expect(await store.read(message.id)).toEqual({ message, version });
    });

    test('does not change a message that exists', async () => {
      const first = await created();
      expect(await store.create({ ...first.message, content: 'Another', state: 'routed' })).toBe('exists');
      expect(await store.read(first.message.id)).toEqual(first);
    });

    test('one of many simultaneous creations wins', async () => {
      const message = inbound();
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.create(message)));
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    });

    test('an update writes the whole progress, and only at the version that was read', async () => {
      const other = await created();
      const first = await created({ content: 'ж'.repeat(40_000), buttonReply: 'Ja' });
      const second = await store.update(first, fullProgress);
      expect(second).toEqual({ message: { ...first.message, ...fullProgress }, version });
      expect(await store.update(first, emptied)).toBe('conflict');
      expect(await store.read(first.message.id)).toEqual(second);
      if (second === 'conflict') throw new Error('The version was right.');

      const third = await store.update(second, emptied);
      expect(third).toEqual({ message: { ...first.message, ...emptied }, version });
      expect(await store.read(first.message.id)).toEqual(third);
      expect(await store.read(other.message.id)).toEqual(other);
    });

    test('an update ignores fields that are not progress', async () => {
      const first = await created();
      const more: InboundMessage = { ...first.message, ...fullProgress, content: 'Another', buttonReply: 'x' };
      const second = await store.update(first, more);
      expect(second).toEqual({ message: { ...first.message, ...fullProgress }, version });
      expect(await store.read(first.message.id)).toEqual(second);
    });

    test('a shorter list of attachments replaces a longer one', async () => {
      const [attachment] = fullProgress.attachments;
      // ASCII only: Azurite reads a large write in pieces, and breaks characters that are split between two.
      const attachments = Array.from({ length: 10 }, (_, index) => ({
        ...attachment!,
        id: randomUUID(),
        name: 'x.jpg',
        reference: `https://example.com/${index}/${'x'.repeat(7_000)}`,
      }));
      const first = await created({ attachments });
      expect(first.message.attachments).toEqual(attachments);
      const lists = [attachments.slice(0, 5), attachments.slice(4, 5), attachments, []];
      let current = first;
      for (const list of lists) {
        const next = await store.update(current, { state: 'routed', attempts: 1, attachments: list });
        if (next === 'conflict') throw new Error('The version was right.');
        expect(await store.read(first.message.id)).toEqual(next);
        expect(next.message.attachments).toEqual(list);
        current = next;
      }
    });

    test('finds messages that were not routed by the time at which carriers got them', async () => {
      const from = new Date(Date.UTC(2033, 0, 1));
      const to = new Date(from.getTime() + 60_000);
      const times = [from, new Date(to.getTime() - 1), to, new Date(from.getTime() - 1)];
      const [first, last] = await Promise.all(times.map((time) => created({ id: newInboundId(time), at: time })));
      const led = await created({ id: newInboundId(from), at: from });
      await store.update(led, { ...emptied, state: 'routed' });
      const found = await allPages((page) => store.listReceived({ from, to }, page));
      expect(found.sort()).toEqual([first!.message.id, last!.message.id].sort());
    });

    test('one of many writers at one version wins', async () => {
      const first = await created();
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.update(first, fullProgress)));
      expect(outcomes.filter((outcome) => outcome !== 'conflict')).toHaveLength(1);
    });
  });

  describe(`notes of unrouted messages: ${name}`, () => {
    const store = open();
    /** Lists the notes of this test only: other tests left theirs. */
    const listed = async (own: readonly InboundMessage[]): Promise<string[]> => {
      const ids = new Set(own.map(({ id }) => id));
      return (await store.listUnrouted(10_000)).filter((id) => ids.has(id));
    };

    test('are listed the oldest first, up to the limit', async () => {
      // Older than those of all other tests, so that they are the oldest of all.
      const messages = Array.from({ length: 12 }, (_, index) => inbound({ receivedAt: new Date(1_000 + index) }));
      const ids = messages.map(({ id }) => id);
      expect(await store.listUnrouted(10)).toEqual([]);
      await Promise.all(messages.toReversed().map((message) => store.recordUnrouted(message)));
      expect(await listed(messages)).toEqual(ids);
      expect(await store.listUnrouted(5)).toEqual(ids.slice(0, 5));
      expect(await store.listUnrouted(1)).toEqual(ids.slice(0, 1));
      expect(await store.listUnrouted(0)).toEqual([]);
    });

    test('can be added and dropped twice, like once, at any time', async () => {
      const [message, other] = [inbound(), inbound()];
      const both = [message, other];
      await store.dropUnrouted(message.id);
      await Promise.all([store.recordUnrouted(message), store.recordUnrouted(message), store.recordUnrouted(other)]);
      await store.recordUnrouted({ ...message, content: 'Another' });
      expect((await listed(both)).toSorted()).toEqual([message.id, other.id].toSorted());
      await store.dropUnrouted(message.id);
      await store.dropUnrouted(message.id);
      expect(await listed(both)).toEqual([other.id]);
      await store.recordUnrouted(message);
      expect((await listed(both)).toSorted()).toEqual([message.id, other.id].toSorted());
    });

    test('neither create nor change the message itself', async () => {
      const message = inbound();
      await store.recordUnrouted(message);
      expect(await store.read(message.id)).toBeUndefined();
      await store.create(message);
      await store.dropUnrouted(message.id);
      expect((await store.read(message.id))?.message).toEqual(message);
    });
  });
}
