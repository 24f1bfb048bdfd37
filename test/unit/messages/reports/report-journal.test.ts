import { describe, expect, test } from 'vitest';

import { createReportJournal } from '../../../../src/messages/reports/report-journal.ts';
import type { DeliveryReport, JournalEntry } from '../../../../src/messages/index.ts';
import { recipientId } from '../../../../src/messages/message-id.ts';
import { createMemoryMessageStore } from '../../../support/fakes/message-store.ts';
import { testNow } from '../../../support/labs/kernel.ts';
import { testMessageId } from '../../../support/labs/messaging.ts';

const one = testMessageId(1);
const two = testMessageId(2);

function report(recipientIndex: number, messageId = one, details: Partial<DeliveryReport> = {}): DeliveryReport {
  return {
    recipientId: recipientId({ messageId, chunk: 0, recipientIndex }),
    status: 'delivered',
    at: testNow,
    ...details,
  };
}

/** A store whose inserts wait until the test ends them. */
function createHeldStore() {
  const inserts: {
    messageId: string;
    recipientIndexes: number[];
    succeed: () => void;
    fail: (error: Error) => void;
  }[] = [];
  return {
    inserts,
    appendReports(messageId: string, entries: readonly JournalEntry[]): Promise<void> {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      inserts.push({
        messageId,
        recipientIndexes: entries.map(({ recipientIndex }) => recipientIndex),
        succeed: resolve,
        fail: reject,
      });
      return promise;
    },
  };
}

/** Lets all work finish that does not wait for the test. */
const finishOpenWork = () => new Promise((resolve) => setImmediate(resolve));

/** Records reports, and keeps under the given name how each call ended. */
function recorder(journal: ReturnType<typeof createReportJournal>) {
  const ends: string[] = [];
  return {
    ends,
    record: (name: string, ...reports: DeliveryReport[]): void => {
      journal.record(reports).then(
        () => ends.push(`${name} stored`),
        (error: Error) => ends.push(`${name} ${error.message}`),
      );
    },
  };
}

describe('reports on one message', () => {
  test('that come during an insert go together into the next one, and each caller waits for its own', async () => {
    const store = createHeldStore();
    const { record, ends } = recorder(createReportJournal(store));
    record('a', report(0));
    await finishOpenWork();
    record('b', report(1));
    await finishOpenWork();
    record('c', report(2), report(3));
    await finishOpenWork();
    expect([store.inserts.map(({ recipientIndexes }) => recipientIndexes), ends]).toEqual([[[0]], []]);

    store.inserts[0]?.succeed();
    await finishOpenWork();
    expect([store.inserts.map(({ recipientIndexes }) => recipientIndexes), ends]).toEqual([
      [[0], [1, 2, 3]],
      ['a stored'],
    ]);

    record('d', report(4));
    await finishOpenWork();
    store.inserts[1]?.succeed();
    await finishOpenWork();
    expect([store.inserts.map(({ recipientIndexes }) => recipientIndexes), ends]).toEqual([
      [[0], [1, 2, 3], [4]],
      ['a stored', 'b stored', 'c stored'],
    ]);

    store.inserts[2]?.succeed();
    await finishOpenWork();
    expect(ends.at(-1)).toBe('d stored');
  });

  test('that come at the same moment go into one insert', async () => {
    const store = createHeldStore();
    const { record, ends } = recorder(createReportJournal(store));
    for (let recipientIndex = 0; recipientIndex < 50; recipientIndex += 1)
      record(`r${recipientIndex}`, report(recipientIndex));
    await finishOpenWork();
    expect(store.inserts.map(({ recipientIndexes }) => recipientIndexes)).toEqual([
      Array.from({ length: 50 }, (_, recipientIndex) => recipientIndex),
    ]);
    store.inserts[0]?.succeed();
    await finishOpenWork();
    expect(ends).toHaveLength(50);
  });

  test('do not wait if no insert is under way', async () => {
    const store = createHeldStore();
    const { record } = recorder(createReportJournal(store));
    record('a', report(0));
    await finishOpenWork();
    store.inserts[0]?.succeed();
    await finishOpenWork();
    record('b', report(1));
    await finishOpenWork();
    expect(store.inserts.map(({ recipientIndexes }) => recipientIndexes)).toEqual([[0], [1]]);
  });

  test('in an insert that fails are rejected to their own callers only, and the next insert goes on', async () => {
    const store = createHeldStore();
    const { record, ends } = recorder(createReportJournal(store));
    record('a', report(0));
    await finishOpenWork();
    record('b', report(1));
    record('c', report(2));
    store.inserts[0]?.fail(new Error('is lost'));
    await finishOpenWork();
    expect([store.inserts.map(({ recipientIndexes }) => recipientIndexes), ends]).toEqual([
      [[0], [1, 2]],
      ['a is lost'],
    ]);
    store.inserts[1]?.succeed();
    await finishOpenWork();
    expect(ends).toEqual(['a is lost', 'b stored', 'c stored']);

    record('d', report(3));
    await finishOpenWork();
    store.inserts[2]?.fail(new Error('is lost too'));
    await finishOpenWork();
    expect(ends.at(-1)).toBe('d is lost too');
  });

  test('in an insert that can not begin are rejected too', async () => {
    const journal = createReportJournal({
      appendReports() {
        throw new Error('no store');
      },
    });
    await expect(journal.record([report(0)])).rejects.toThrow('no store');
    await expect(journal.record([report(1)])).rejects.toThrow('no store');
  });
});

describe('reports on several messages', () => {
  test('do not wait for each other', async () => {
    const store = createHeldStore();
    const { record, ends } = recorder(createReportJournal(store));
    record('a', report(0));
    await finishOpenWork();
    record('b', report(0, two));
    await finishOpenWork();
    store.inserts[1]?.succeed();
    await finishOpenWork();
    expect([store.inserts.map(({ messageId }) => messageId), ends]).toEqual([[one, two], ['b stored']]);
  });

  test('in one call are stored with their own message each, and the call waits for all', async () => {
    const store = createHeldStore();
    const { record, ends } = recorder(createReportJournal(store));
    record('a', report(0), report(0, two), report(1));
    await finishOpenWork();
    expect(store.inserts.map(({ messageId, recipientIndexes }) => [messageId, recipientIndexes])).toEqual([
      [one, [0, 1]],
      [two, [0]],
    ]);
    store.inserts[0]?.succeed();
    await finishOpenWork();
    expect(ends).toEqual([]);
    store.inserts[1]?.fail(new Error('is lost'));
    await finishOpenWork();
    expect(ends).toEqual(['a is lost']);
  });
});

test('the journal keeps a report as the carrier gave it, with its texts shortened', async () => {
  const entries: JournalEntry[] = [];
  const journal = createReportJournal({
    async appendReports(_, given) {
      entries.push(...given);
    },
  });
  const at = new Date('2026-11-23T10:00:07.123Z');
  await journal.record([
    { recipientId: recipientId({ messageId: one, chunk: 12, recipientIndex: 34 }), status: 'read', at },
    report(1, one, { status: 'undelivered', code: '27', message: 'absent "subscriber"', at }),
    report(2, one, { status: 'failed', code: 'c'.repeat(100), at }),
    report(3, one, { status: 'expired', message: 'words without a code', at }),
  ]);
  expect(entries).toEqual([
    { chunk: 12, recipientIndex: 34, status: 'read', at },
    { chunk: 0, recipientIndex: 1, status: 'undelivered', at, note: { code: '27', message: "absent 'subscriber'" } },
    { chunk: 0, recipientIndex: 2, status: 'failed', at, note: { code: 'c'.repeat(60), message: '' } },
    { chunk: 0, recipientIndex: 3, status: 'expired', at },
  ]);
});

test('reports on ids that are not ours are ignored', async () => {
  const store = createHeldStore();
  const journal = createReportJournal(store);
  const foreign = [
    '',
    'x',
    one,
    `${one}-`,
    `${one}-0000`,
    `${one}-000000`,
    `${one.toUpperCase()}-00000`,
    `${one}_00000`,
  ];
  await journal.record([]);
  await journal.record(foreign.map((id) => ({ recipientId: id, status: 'delivered', at: testNow })));
  expect(store.inserts).toEqual([]);
});

test('reports on a message that does not exist do not create it', async () => {
  const messages = createMemoryMessageStore();
  await createReportJournal(messages).record([report(0)]);
  expect(await messages.readMessage(one)).toBeUndefined();
});
