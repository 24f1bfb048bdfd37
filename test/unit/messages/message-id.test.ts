import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { customerKey } from '../../../src/directory/index.ts';
import {
  isMessageId,
  mayBeMessageOf,
  newMessageId,
  parseRecipientId,
  recipientId,
} from '../../../src/messages/message-id.ts';
import { testNow } from '../../support/labs/kernel.ts';

const bytes = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, index) => 0xa0 + index);

describe('a message id', () => {
  test('is shard, time, customer and random digits, in hexadecimal', () => {
    const requestedSizes: number[] = [];
    const id = newMessageId({ customerId: 'demo', dueAt: testNow, callbacks: false }, 1, (size) => {
      requestedSizes.push(size);
      return bytes(size);
    });
    expect(requestedSizes).toEqual([5]);
    expect(id).toBe(`a0${testNow.getTime().toString(16).padStart(12, '0')}${customerKey('demo')}a1a2a3a400`);
    expect(isMessageId(id)).toBe(true);
  });

  test('has the same length for any time and bytes', () => {
    const zeros = (size: number) => new Uint8Array(size);
    expect(newMessageId({ customerId: 'demo', dueAt: new Date(0), callbacks: false }, 1, zeros)).toBe(
      `${'0'.repeat(14)}${customerKey('demo')}${'0'.repeat(10)}`,
    );
    expect(
      newMessageId({ customerId: 'demo', dueAt: new Date('9999-12-31T23:59:59.999Z'), callbacks: false }, 1, zeros),
    ).toBe(`00e677d21fdbff${customerKey('demo')}${'0'.repeat(10)}`);
  });

  test('sorts by time within a shard', () => {
    const ids = [0, 1, 15, 16, 255, 4096, 86_400_000, 366 * 86_400_000].map((later) =>
      newMessageId({ customerId: 'demo', dueAt: new Date(testNow.getTime() + later), callbacks: false }, 1, (size) => {
        const random = new Uint8Array(randomBytes(size));
        random[0] = 7;
        return random;
      }),
    );
    expect(ids.toSorted()).toEqual(ids);
  });

  test('is spread over all shards, and never occurs twice', () => {
    const ids = Array.from({ length: 5_000 }, () =>
      newMessageId({ customerId: 'demo', dueAt: testNow, callbacks: false }, 1, randomBytes),
    );
    expect(new Set(ids).size).toBe(5_000);
    expect(new Set(ids.map((id) => id.slice(0, 2))).size).toBe(256);
  });

  test('tells which customer it may belong to', () => {
    const id = newMessageId({ customerId: 'demo', dueAt: testNow, callbacks: false }, 1, bytes);
    expect([mayBeMessageOf('demo', id), mayBeMessageOf('other', id), mayBeMessageOf('demo', `${id}0`)]).toEqual([
      true,
      false,
      false,
    ]);
    // The customer's digits elsewhere in the id do not count.
    expect(mayBeMessageOf('demo', customerKey('demo').repeat(4).slice(1) + '0')).toBe(false);
  });

  test('is recognised among other texts', () => {
    const id = newMessageId({ customerId: 'demo', dueAt: testNow, callbacks: false }, 1, bytes);
    const others = [
      '',
      'x',
      id.toUpperCase(),
      `${id}0`,
      id.slice(1),
      ` ${id}`,
      `${id}\n`,
      `${id}-00000`,
      'g'.repeat(32),
      "'",
    ];
    for (const other of others) expect([other, isMessageId(other)]).toEqual([other, false]);
  });
});

describe('a recipient id', () => {
  const messageId = newMessageId({ customerId: 'demo', dueAt: testNow, callbacks: false }, 1, bytes);

  test('names message, chunk and recipient index, and is read back', () => {
    const rows: [chunk: number, recipientIndex: number, end: string][] = [
      [0, 0, '00000'],
      [0, 7, '00007'],
      [12, 34, '01234'],
      [999, 99, '99999'],
    ];
    for (const [chunk, recipientIndex, end] of rows) {
      expect(recipientId({ messageId, chunk, recipientIndex })).toBe(`${messageId}-${end}`);
      expect(parseRecipientId(`${messageId}-${end}`)).toEqual({ messageId, chunk, recipientIndex });
    }
  });

  test('sorts in the order of the recipients', () => {
    const indexes = [0, 1, 9, 10, 99, 100, 101, 999, 1_000, 9_999, 99_999];
    const ids = indexes.map((index) =>
      recipientId({ messageId, chunk: Math.floor(index / 100), recipientIndex: index % 100 }),
    );
    expect(ids.toSorted()).toEqual(ids);
  });

  test('tells which customer it may belong to', () => {
    const id = newMessageId({ customerId: 'demo', dueAt: testNow, callbacks: false }, 1, bytes);
    expect([mayBeMessageOf('demo', id), mayBeMessageOf('other', id), mayBeMessageOf('demo', `${id}0`)]).toEqual([
      true,
      false,
      false,
    ]);
    // The customer's digits elsewhere in the id do not count.
    expect(mayBeMessageOf('demo', customerKey('demo').repeat(4).slice(1) + '0')).toBe(false);
  });

  test('is recognised among other texts', () => {
    const others = [
      '',
      messageId,
      `${messageId}-`,
      `${messageId}-0000`,
      `${messageId}-000000`,
      `${messageId}-0000x`,
      `${messageId}-+0000`,
      `${messageId}00000`,
      `${messageId}-00000\n`,
      ` ${messageId}-00000`,
      `${messageId.toUpperCase()}-00000`,
      `${messageId}-٠٠٠٠٠`,
    ];
    for (const other of others) expect([other, parseRecipientId(other)]).toEqual([other, undefined]);
  });
});
