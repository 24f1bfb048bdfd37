import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { newMessageId } from '../../src/messages/index.ts';
import type { Chunk, MessageFinder, MessageStore, RecipientStatus } from '../../src/messages/index.ts';
import { allPages } from '../support/tools/all-pages.ts';

const hour = 3_600_000;

/** Tests what every finder of messages must do. */
export function messageFinderContract(name: string, open: () => MessageStore & MessageFinder): void {
  describe(`message finder: ${name}`, () => {
    const store = open();

    /** Stores a message that is due at a time, with a chunk for each list of statuses. */
    async function write(
      dueAt: Date,
      chunks: readonly (readonly RecipientStatus[])[],
      details: Partial<Chunk> = {},
    ): Promise<string> {
      const messageId = newMessageId({ customerId: 'demo', dueAt, callbacks: false }, 1, randomBytes);
      const common = { messageId, customerId: 'demo', serviceId: 's', sender: 'Arena', protocol: 'SMS' as const };
      const header = { ...common, userId: 'u', acceptedAt: dueAt, recipientCount: 1, chunkCount: 1, partCount: 1 };
      await store.create(
        header,
        chunks.map((statuses, index) => ({
          ...common,
          index,
          content: 'Hei',
          recipients: statuses.map(() => ({ address: '358401234567', parts: 1, values: [] })),
          statuses,
          notes: new Map(),
          references: new Map(),
          attempts: 0,
          updatedAt: dueAt,
          ...details,
        })),
      );
      return messageId;
    }

    test('finds waiting chunks of messages that are due in the time span, and of no others', async () => {
      const at = (offset: number): Date => new Date(Date.UTC(2030, 0, 1) + offset);
      const span = { from: at(0), to: at(hour) };
      const leasedUntil = at(5);
      const notBefore = at(7);
      const sendAt = at(9);
      const first = await write(at(0), [['accepted', 'sent'], ['delivered'], ['queued']]);
      const second = await write(at(hour - 1), [['scheduled']], { leasedUntil, notBefore, sendAt });
      await write(at(-1), [['accepted']]);
      await write(at(hour), [['accepted']]);
      await write(at(1), [['sent', 'failed', 'canceled']]);
      const found = await allPages((from) => store.listWaiting(span, from));
      expect(found.map(({ messageId, index }) => `${messageId}/${index}`).sort()).toEqual(
        [`${first}/0`, `${first}/2`, `${second}/0`].sort(),
      );
      expect(found.find(({ messageId }) => messageId === second)).toMatchObject({ leasedUntil, notBefore, sendAt });
    });

    test('does not find chunks that were sent in the meantime', async () => {
      const dueAt = new Date(Date.UTC(2031, 0, 1));
      const span = { from: dueAt, to: new Date(dueAt.getTime() + 1) };
      const messageId = await write(dueAt, [['accepted']]);
      const found = await store.readChunk(messageId, 0);
      expect(await allPages((from) => store.listWaiting(span, from))).toHaveLength(1);
      await store.updateChunk(found!, { ...found!.chunk, statuses: ['sent'] });
      expect(await allPages((from) => store.listWaiting(span, from))).toEqual([]);
    });

    test('finds messages with recipients who were sent to and have no final report', async () => {
      const at = (offset: number): Date => new Date(Date.UTC(2032, 0, 1) + offset);
      const report = (status: RecipientStatus, recipientIndex = 0) => ({ chunk: 0, recipientIndex, status, at: at(1) });
      const unreported = await write(at(0), [['sent']]);
      const inPart = await write(at(0), [['sent', 'sent'], ['failed']]);
      await store.appendReports(inPart, [report('delivered'), report('sent', 1)]);
      const heard = await write(at(0), [['sent', 'rejected']]);
      await store.appendReports(heard, [report('sent')]);
      await store.appendReports(heard, [report('undelivered')]);
      await write(at(0), [['accepted', 'unknown']]);
      await write(at(hour), [['sent']]);
      const found = await allPages((from) => store.listUnreported({ from: at(0), to: at(hour) }, from));
      expect([...new Set(found)].sort()).toEqual([unreported, inPart].sort());
    });
  });
}
