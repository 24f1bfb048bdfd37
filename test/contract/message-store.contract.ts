import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { newMessageId } from '../../src/messages/index.ts';
import type { Chunk, JournalEntry, MessageHeader, MessageStore, ReplyLink } from '../../src/messages/index.ts';

const acceptedAt = new Date('2026-11-23T10:00:00.000Z');

/** Makes a message of `sizes.length` chunks, as the store gets it. */
function message(
  sizes: readonly number[],
  details: Partial<MessageHeader & Chunk> = {},
): { header: MessageHeader; chunks: Chunk[] } {
  const messageId = newMessageId({ customerId: 'demo', dueAt: acceptedAt, callbacks: false }, 1, randomBytes);
  const common = {
    messageId,
    customerId: 'demo',
    serviceId: 'demo-oneway',
    sender: 'SmartDialog',
    protocol: 'SMS' as const,
  };
  const chunks = sizes.map((size, index): Chunk => ({
    ...common,
    index,
    content: 'Hei $(name)',
    recipients: Array.from({ length: size }, (_, recipientIndex) => ({
      address: `35840${index}${recipientIndex}`,
      parts: 1,
      values: ['Äiti 😀'],
    })),
    statuses: Array.from({ length: size }, () => 'accepted' as const),
    notes: new Map(),
    references: new Map(),
    attempts: 0,
    updatedAt: acceptedAt,
    ...details,
  }));
  const header: MessageHeader = {
    ...common,
    userId: 'demo-user',
    acceptedAt,
    recipientCount: sizes.reduce((sum, size) => sum + size, 0),
    chunkCount: sizes.length,
    partCount: 1,
  };
  return { header, chunks };
}

/** Tests what every message store must do. */
export function messageStoreContract(name: string, open: () => MessageStore): void {
  describe(`message store: ${name}`, () => {
    const store = open();

    test('reads a message as it was created', async () => {
      const { header, chunks } = message([2]);
      const full: MessageHeader = {
        ...header,
        sendAt: new Date('2026-12-01T00:00:00.000Z'),
        customerData: 'cost centre "7"',
        adMessage: false,
        dlrUrl: 'https://example.com/dlr?a=1&b=%2F',
        requestId: 'request/1#?',
        attachmentUri: 'https://example.com/a.png',
      };
      const [chunk] = chunks;
      const scheduled = { ...chunk!, sendAt: full.sendAt!, statuses: ['scheduled', 'scheduled'] as const };
      expect(await store.create(full, [scheduled])).not.toBe('exists');
      expect(await store.readMessage(header.messageId)).toEqual({
        header: full,
        chunks: [scheduled],
        fallbacks: [],
        journal: [],
      });
      expect((await store.readChunk(header.messageId, 0))?.chunk).toEqual(scheduled);
    });

    test('does not change a message that exists', async () => {
      const { header, chunks } = message([1]);
      await store.create(header, chunks);
      expect(await store.create({ ...header, sender: 'Changed' }, chunks)).toBe('exists');
      expect((await store.readMessage(header.messageId))?.header.sender).toBe('SmartDialog');
    });

    test('one of many simultaneous creations wins', async () => {
      const { header, chunks } = message([1]);
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.create(header, chunks)));
      expect(outcomes.filter((outcome) => outcome !== 'exists')).toHaveLength(1);
    });

    test('reads any number of chunks in order', async () => {
      const { header, chunks } = message(Array.from({ length: 120 }, () => 2));
      expect(await store.create(header, chunks)).not.toBe('exists');
      expect(await store.create(header, chunks)).toBe('exists');
      expect(await store.readMessage(header.messageId)).toEqual({ header, chunks, fallbacks: [], journal: [] });
    });

    test('reads texts that are longer than a property as they were, also if they are split near a surrogate pair', async () => {
      for (const content of ['x'.repeat(39_015), `${'x'.repeat(31_999)}😀${'y'.repeat(200)}`, 'ж'.repeat(60_000)]) {
        const { header, chunks } = message([3], { content });
        await store.create(header, chunks);
        expect((await store.readChunk(header.messageId, 0))?.chunk.content).toBe(content);
      }
    });

    test('completes what an attempt that stopped half-way left', async () => {
      const { header, chunks } = message(Array.from({ length: 120 }, () => 1));
      await store.addChunks(header.messageId, [chunks[0]!, chunks[70]!, chunks[119]!]);
      expect(await store.readMessage(header.messageId)).toBeUndefined();
      expect(await store.create(header, chunks)).not.toBe('exists');
      expect(await store.readMessage(header.messageId)).toEqual({ header, chunks, fallbacks: [], journal: [] });
    });

    test('writes more than 4 MiB of chunks completely', async () => {
      const { header, chunks } = message(
        Array.from({ length: 12 }, () => 100),
        { content: 'ж'.repeat(100_000) },
      );
      expect(await store.create(header, chunks)).not.toBe('exists');
      expect(await store.readMessage(header.messageId)).toEqual({ header, chunks, fallbacks: [], journal: [] });
    });

    test('reads a template and a fallback as they were', async () => {
      const template = {
        name: 'order_shipped',
        language: 'fi',
        headerParameters: ['Ä'],
        bodyParameters: ['"1"', '😀'],
        buttons: [{ type: 'Url', data: 'https://example.com/?a=1' }],
        attachmentUri: 'https://example.com/a.png',
      };
      const { header, chunks } = message([2], { protocol: 'WhatsApp', template, fallbackSender: 'SmartDialog' });
      await store.create({ ...header, protocol: 'WhatsApp', templateName: 'order_shipped' }, chunks);
      expect((await store.readChunk(header.messageId, 0))?.chunk).toEqual(chunks[0]);
    });

    test('reads buttons as they were, also after progress', async () => {
      const { header, chunks } = message([1], { protocol: 'WhatsApp', buttons: ['Kyllä 👍', '"Ei"', "O'Neill"] });
      await store.create({ ...header, protocol: 'WhatsApp' }, chunks);
      const read = (await store.readChunk(header.messageId, 0))!;
      expect(read.chunk).toEqual(chunks[0]);
      const { statuses, notes, references, updatedAt } = read.chunk;
      await store.updateChunk(read, { statuses, notes, references, updatedAt, attempts: 1 });
      expect((await store.readChunk(header.messageId, 0))?.chunk).toEqual({ ...chunks[0], attempts: 1 });
    });

    test('reads a header without chunks, and only if the message is complete', async () => {
      const { header, chunks } = message([2, 1]);
      expect(await store.readHeader(header.messageId)).toBeUndefined();
      await store.addChunks(header.messageId, chunks.slice(0, 1));
      await store.appendReports(header.messageId, [
        { chunk: 0, recipientIndex: 0, status: 'delivered', at: acceptedAt },
      ]);
      expect(await store.readHeader(header.messageId)).toBeUndefined();
      await store.create(header, chunks);
      expect(await store.readHeader(header.messageId)).toEqual(header);
    });

    test.each<[string, ReplyLink, Partial<MessageHeader>]>([
      ['a thread and its phone', { threadId: 'ab'.repeat(22), phone: '358401234567' }, { threadId: 'ab'.repeat(22) }],
      ['a message', {}, { parentMessageId: `i${'12'.repeat(16)}` }],
      ['both', { threadId: 'T', phone: '1' }, { threadId: 'T', parentMessageId: 'ä"1"' }],
    ])('reads a reply to %s as it was created, also after progress', async (_, reply, answered) => {
      const { header, chunks } = message([1, 1], { reply });
      const full = { ...header, ...answered };
      await store.create(full, chunks);
      expect(await store.readHeader(header.messageId)).toEqual(full);
      expect(await store.readMessage(header.messageId)).toEqual({ header: full, chunks, fallbacks: [], journal: [] });
      const read = (await store.readChunk(header.messageId, 1))!;
      expect(read.chunk).toEqual(chunks[1]);
      const { statuses, notes, references, updatedAt } = read.chunk;
      const written = await store.updateChunk(read, { statuses, notes, references, updatedAt, attempts: 1 });
      expect(written).toEqual({ chunk: { ...chunks[1], attempts: 1 }, version: expect.any(String) as string });
      expect(await store.readChunk(header.messageId, 1)).toEqual(written);
    });

    test('keeps added chunks apart from the others, and does not change one that exists', async () => {
      const { header, chunks } = message([3]);
      await store.create(header, chunks);
      const standIn = (index: number, content: string): Chunk => ({
        ...message([1], { content }).chunks[0]!,
        messageId: header.messageId,
        index,
      });
      await store.addChunks(header.messageId, [standIn(10_001, 'first')]);
      await Promise.all([
        store.addChunks(header.messageId, [standIn(10_000, 'second'), standIn(10_001, 'too late')]),
        store.addChunks(header.messageId, [standIn(10_001, 'too late'), standIn(10_002, 'third')]),
      ]);
      const stored = await store.readMessage(header.messageId);
      expect(stored?.chunks).toEqual(chunks);
      expect(stored?.fallbacks.map(({ index, content }) => [index, content])).toEqual([
        [10_000, 'second'],
        [10_001, 'first'],
        [10_002, 'third'],
      ]);
    });

    test('a missing message is undefined', async () => {
      const { header } = message([1]);
      expect(await store.readMessage(header.messageId)).toBeUndefined();
      expect(await store.readChunk(header.messageId, 0)).toBeUndefined();
    });

    test('writes progress only at the version that was read', async () => {
      const { header, chunks } = message([2]);
      await store.create(header, chunks);
      const read = (await store.readChunk(header.messageId, 0))!;
      const progress = {
        statuses: ['sent', 'rejected'] as const,
        notes: new Map([[1, { code: 'Blocked', message: 'no "such" number', reason: 'barred' as const }]]),
        references: new Map([[0, 'carrier-id-7']]),
        attempts: 1,
        leasedUntil: new Date('2026-11-23T10:02:00.000Z'),
        leaseId: 'lease-1',
        notBefore: new Date('2026-11-23T10:00:09.000Z'),
        carrier: 'kannel',
        inFlight: [0, 7, 99],
        attemptedAt: new Date('2026-11-23T10:00:00.500Z'),
        updatedAt: new Date('2026-11-23T10:00:01.000Z'),
      };
      const written = await store.updateChunk(read, progress);
      expect(written).toEqual({ chunk: { ...chunks[0], ...progress }, version: expect.any(String) as string });
      expect(await store.updateChunk(read, { ...progress, attempts: 9 })).toBe('conflict');
      expect(await store.readChunk(header.messageId, 0)).toEqual(written);
      if (written === 'conflict') throw new Error('the first write had the right version');

      const { statuses, notes, references, attempts, updatedAt } = progress;
      const released = { statuses, notes, references, attempts, updatedAt };
      const again = await store.updateChunk(written, released);
      expect(again).toEqual({ chunk: { ...chunks[0], ...released }, version: expect.any(String) as string });
      expect(await store.readChunk(header.messageId, 0)).toEqual(again);
    });

    test('one of many writers at one version wins', async () => {
      const { header, chunks } = message([1]);
      await store.create(header, chunks);
      const read = (await store.readChunk(header.messageId, 0))!;
      const progress = {
        statuses: ['queued'] as const,
        notes: new Map(),
        references: new Map(),
        attempts: 1,
        updatedAt: acceptedAt,
      };
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.updateChunk(read, progress)));
      expect(outcomes.filter((outcome) => outcome !== 'conflict')).toHaveLength(1);
    });

    test('an update of a missing chunk conflicts', async () => {
      const { chunks } = message([1]);
      const { statuses, notes, references, attempts, updatedAt } = chunks[0]!;
      expect(
        await store.updateChunk(
          { chunk: chunks[0]!, version: 'W/"1"' },
          { statuses, notes, references, attempts, updatedAt },
        ),
      ).toBe('conflict');
    });

    test('collects reports, and changes no chunk by them', async () => {
      const { header, chunks } = message([2]);
      await store.create(header, chunks);
      const before = await store.readChunk(header.messageId, 0);
      const delivered: JournalEntry = {
        chunk: 0,
        recipientIndex: 0,
        status: 'delivered',
        at: new Date('2026-11-23T10:00:02.123Z'),
      };
      const failed: JournalEntry = {
        chunk: 0,
        recipientIndex: 1,
        status: 'undelivered',
        at: new Date('2026-11-23T10:00:03.000Z'),
        note: { code: '27', message: 'vastaanottaja ei ole tavoitettavissa: ”käyttäjä” 😀', reason: 'absent' },
      };
      await Promise.all([
        store.appendReports(header.messageId, [delivered]),
        store.appendReports(header.messageId, [failed]),
      ]);
      const journal = (await store.readMessage(header.messageId))?.journal ?? [];
      expect([...journal].sort((left, right) => left.recipientIndex - right.recipientIndex)).toEqual([
        delivered,
        failed,
      ]);
      expect(await store.readChunk(header.messageId, 0)).toEqual(before);
    });

    test('takes thousands of reports with the longest notes', async () => {
      const { header, chunks } = message([1]);
      await store.create(header, chunks);
      // ASCII only: Azurite reads a large insert in pieces, and breaks characters that are split between two.
      const note = { code: 'c'.repeat(60), message: 'x'.repeat(200) };
      const entries = Array.from({ length: 2_500 }, (_, recipientIndex): JournalEntry => ({
        chunk: 0,
        recipientIndex,
        status: 'failed',
        at: acceptedAt,
        note,
      }));
      await store.appendReports(header.messageId, entries);
      const journal = (await store.readMessage(header.messageId))?.journal ?? [];
      expect([...journal].sort((left, right) => left.recipientIndex - right.recipientIndex)).toEqual(entries);
    });

    test('reports of a missing message create no message', async () => {
      const { header } = message([1]);
      await store.appendReports(header.messageId, [
        { chunk: 0, recipientIndex: 0, status: 'delivered', at: acceptedAt },
      ]);
      expect(await store.readMessage(header.messageId)).toBeUndefined();
    });
  });
}
