import { describe, expect, test } from 'vitest';

import { acceptMessage } from '../../../../src/messages/accept/accept-message.ts';
import { foldMessage } from '../../../../src/messages/reports/fold-message.ts';
import { getMessageStatus } from '../../../../src/messages/index.ts';
import type { Chunk, JournalEntry, StoredMessage } from '../../../../src/messages/index.ts';
import {
  advances,
  awaitsSending,
  decodeStatuses,
  encodeStatuses,
  isFinal,
  recipientStatuses,
  summariseStatuses,
} from '../../../../src/messages/status.ts';
import type { RecipientStatus } from '../../../../src/messages/status.ts';
import { callOperation, problemsOf, testCustomer, testNow } from '../../../support/labs/kernel.ts';
import { createMessaging, phones, preparedSend, sendRequest, testMessageId } from '../../../support/labs/messaging.ts';

const at = (seconds: number): Date => new Date(testNow.getTime() + seconds * 1000);

/** A stored message whose chunks have recipients with the given statuses. */
async function storedMessage(
  chunks: readonly (readonly RecipientStatus[])[],
  journal: readonly JournalEntry[] = [],
  progress: Partial<Chunk> = {},
): Promise<StoredMessage> {
  const deps = createMessaging();
  const { messageId } = await acceptMessage(sendRequest(), preparedSend(1), {}, deps);
  const stored = await deps.messages.store.readMessage(messageId);
  const [first] = stored?.chunks ?? [];
  if (stored === undefined || first === undefined) throw new Error('nothing was stored');
  return {
    ...stored,
    chunks: chunks.map((statuses, index) => ({
      ...first,
      index,
      statuses,
      recipients: phones(statuses.length).map((address) => ({ address, parts: 1, values: [] })),
      ...progress,
    })),
    journal,
  };
}

const entry = (status: RecipientStatus, seconds: number, details: Partial<JournalEntry> = {}): JournalEntry => ({
  chunk: 0,
  recipientIndex: 0,
  status,
  at: at(seconds),
  ...details,
});

const note = (code: string) => ({ code, message: `About ${code}.` });

/** Every way to put a list in order. */
function permutations<T>(list: readonly T[]): T[][] {
  if (list.length <= 1) return [[...list]];
  return list.flatMap((first, index) => permutations(list.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}

describe('statuses', () => {
  test('are ordered from accepted to read, with no two equal', () => {
    expect(recipientStatuses).toEqual([
      'accepted',
      'scheduled',
      'queued',
      'sent',
      'unknown',
      'canceled',
      'failed',
      'rejected',
      'expired',
      'undelivered',
      'delivered',
      'read',
    ]);
    for (const [left, current] of recipientStatuses.entries()) {
      for (const [right, next] of recipientStatuses.entries()) {
        expect([current, next, advances(current, next)]).toEqual([current, next, left < right]);
      }
    }
  });

  test('are waiting, sent or final', () => {
    expect(recipientStatuses.filter(awaitsSending)).toEqual(['accepted', 'scheduled', 'queued']);
    expect(recipientStatuses.filter((status) => !awaitsSending(status) && !isFinal(status))).toEqual(['sent']);
  });

  test('are written as one letter each, and read back', () => {
    const text = encodeStatuses(recipientStatuses);
    expect(text).toBe('acqskxfjeudr');
    expect(decodeStatuses(text)).toEqual(recipientStatuses);
    expect([encodeStatuses([]), decodeStatuses('')]).toEqual(['', []]);
    for (const foreign of ['y', 'sy', 'S', ' ', '😀', '__proto__'])
      expect(() => decodeStatuses(foreign)).toThrow('unknown status');
  });

  test('of all recipients give the message the least advanced open status, otherwise how it ended', () => {
    const rows: [statuses: RecipientStatus[], sum: string][] = [
      ...recipientStatuses.map((status): [RecipientStatus[], string] => [[status, status], status]),
      [['accepted', 'queued', 'read'], 'accepted'],
      [['read', 'queued', 'failed'], 'queued'],
      [['delivered', 'sent'], 'sent'],
      [['unknown', 'sent'], 'sent'],
      [['delivered', 'read'], 'delivered'],
      [['delivered', 'failed'], 'partiallyDelivered'],
      [['read', 'undelivered'], 'partiallyDelivered'],
      [['delivered', 'unknown'], 'partiallyDelivered'],
      [['failed', 'undelivered'], 'failed'],
      [['expired', 'rejected', 'unknown'], 'failed'],
      [['unknown', 'failed'], 'failed'],
    ];
    for (const [statuses, sum] of rows) {
      for (const order of permutations(statuses)) expect([order, summariseStatuses(order)]).toEqual([order, sum]);
    }
    expect(() => summariseStatuses([])).toThrow('at least one recipient');
  });
});

describe('a folded message', () => {
  test('lists its recipients in the order of the request, with the statuses of the chunks', async () => {
    const message = await storedMessage([['sent', 'rejected'], ['queued']], [], {
      notes: new Map([[1, note('blocked')]]),
    });
    const [first, second] = message.chunks;
    const states = foldMessage({ ...message, chunks: [first!, { ...second!, notes: new Map(), updatedAt: at(9) }] });
    const id = testMessageId(1);
    expect(states).toEqual([
      { id: `${id}-00000`, address: phones(2)[0], status: 'sent', updatedAt: testNow },
      { id: `${id}-00001`, address: phones(2)[1], status: 'rejected', updatedAt: testNow, note: note('blocked') },
      { id: `${id}-00100`, address: phones(2)[0], status: 'queued', updatedAt: at(9) },
    ]);
  });

  test('has the more advanced of any two statuses, whatever their order', async () => {
    for (const [left, first] of recipientStatuses.entries()) {
      for (const [right, second] of recipientStatuses.entries()) {
        const entries = [entry(first, 1, { note: note(first) }), entry(second, 2, { note: note(second) })];
        const [status, updatedAt] = left >= right ? [first, at(1)] : [second, at(2)];
        for (const journal of [entries, entries.toReversed()]) {
          const [state] = foldMessage(await storedMessage([['accepted']], journal, { updatedAt: at(5) }));
          expect([first, second, state]).toMatchObject([first, second, { status, updatedAt, note: note(status) }]);
        }
      }
    }
  });

  test('is the same in whatever order its reports are read', async () => {
    const journal = [
      entry('sent', 3),
      entry('undelivered', 4, { note: note('absent') }),
      entry('expired', 2, { note: note('late') }),
      entry('undelivered', 6, { note: note('absent again') }),
    ];
    for (const order of permutations(journal)) {
      const [state] = foldMessage(await storedMessage([['sent']], order, { updatedAt: at(1) }));
      expect(state).toMatchObject({ status: 'undelivered', updatedAt: at(4), note: note('absent') });
    }
  });

  test('drops the note of a status that a later one replaces', async () => {
    const notes = new Map([[0, note('busy')]]);
    const message = await storedMessage([['queued']], [entry('delivered', 4)], { notes });
    expect(foldMessage(message)).toEqual([
      { id: `${testMessageId(1)}-00000`, address: phones(1)[0], status: 'delivered', updatedAt: at(4) },
    ]);
  });

  test('changes only the recipient of a report, and nobody if that recipient does not exist', async () => {
    const message = await storedMessage(
      [
        ['sent', 'sent'],
        ['sent', 'sent'],
      ],
      [
        entry('delivered', 1, { chunk: 1, recipientIndex: 0 }),
        entry('failed', 1, { chunk: 0, recipientIndex: 2 }),
        entry('failed', 1, { chunk: 2, recipientIndex: 0 }),
      ],
    );
    expect(foldMessage(message).map(({ status }) => status)).toEqual(['sent', 'sent', 'delivered', 'sent']);
    expect(message.chunks.map(({ statuses }) => statuses)).toEqual([
      ['sent', 'sent'],
      ['sent', 'sent'],
    ]);
  });
});

describe('GetMessageStatus', () => {
  const headers = { 'customer-id': 'demo' };

  async function deps() {
    const messaging = createMessaging();
    const { messageId } = await acceptMessage(sendRequest(), preparedSend(2), {}, messaging);
    const found = await messaging.messages.store.readChunk(messageId, 0);
    await messaging.messages.store.updateChunk(found!, {
      ...found!.chunk,
      statuses: ['sent', 'rejected'],
      notes: new Map([[1, note('blocked')]]),
      updatedAt: at(1),
    });
    await messaging.messages.store.appendReports(messageId, [entry('delivered', 2)]);
    return { messaging, messageId };
  }

  test('returns the status of each recipient, with the reports folded in', async () => {
    const { messaging, messageId } = await deps();
    const { answer } = await callOperation(getMessageStatus, { headers, params: { MessageId: messageId } }, messaging);
    expect(answer).toEqual({
      status: 200,
      headers: {},
      jsonBody: {
        MessageId: messageId,
        Status: 'partiallyDelivered',
        Recipients: [
          {
            Id: `${messageId}-00000`,
            Address: phones(2)[0],
            Status: 'delivered',
            UpdatedAt: '2026-11-23T10:00:02.000Z',
          },
          {
            Id: `${messageId}-00001`,
            Address: phones(2)[1],
            Status: 'rejected',
            ErrorCode: 'blocked',
            ErrorMessage: 'About blocked.',
            Reason: 'other',
            Retryable: false,
            Remedy: 'See Error Code and Error Message.',
            UpdatedAt: '2026-11-23T10:00:01.000Z',
          },
        ],
      },
    });
  });

  test('gives the same answer for a text that is not an id, an unknown id and an id of another customer', async () => {
    const { messaging, messageId } = await deps();
    const access = { customer: async () => ({ ...testCustomer, id: 'other' }) };
    const foreign = await callOperation(getMessageStatus, { headers, params: { MessageId: messageId } }, messaging, {
      access,
    });
    const others = ['x', testMessageId(9), messageId.toUpperCase(), `${messageId}-00000`, "' or PartitionKey ne '"];
    for (const MessageId of others) {
      const { answer } = await callOperation(getMessageStatus, { headers, params: { MessageId } }, messaging);
      expect([MessageId, answer]).toEqual([MessageId, foreign.answer]);
    }
    expect([foreign.answer.status, problemsOf(foreign.answer)]).toEqual([404, [['MessageNotFound', 'MessageId']]]);
  });
});
