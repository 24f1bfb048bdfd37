import { customerKey } from '../../../src/directory/index.ts';
import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { conversationKey, conversationKeyOf, isThreadId } from '../../../src/conversations/stored-form.ts';
import { newThreadId } from '../../../src/conversations/thread-id.ts';
import type { Conversation } from '../../../src/conversations/index.ts';
import { testNow } from '../../support/labs/kernel.ts';

const conversation: Conversation = {
  customerId: 'demo',
  channel: 'SMS',
  address: '358401000001',
  phone: '358401234567',
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the key of a conversation', () => {
  test('has 8 digits of the customer and 24 of the conversation', () => {
    expect(customerKey('demo')).toBe(sha256('demo').slice(0, 8));
    const own = sha256('["demo","SMS","358401000001","358401234567"]').slice(0, 24);
    expect(conversationKey(conversation)).toBe(sha256('demo').slice(0, 8) + own);
  });

  test('depends only on the conversation’s own fields', () => {
    const thread = { ...conversation, threadId: 'x', serviceId: 's', startedAt: testNow };
    expect(conversationKey(thread)).toBe(conversationKey({ ...conversation }));
  });

  test.each<Partial<Conversation>>([
    { customerId: 'demo2' },
    { channel: 'WhatsApp' },
    { address: '358401000002' },
    { phone: '358401234568' },
    { address: '3584010000013', phone: '58401234567' },
    { address: 'Ärena' },
  ])('differs for %j', (difference) => {
    expect(conversationKey({ ...conversation, ...difference })).not.toBe(conversationKey(conversation));
  });
});

describe('a thread id', () => {
  test('consists of the conversation’s key and the time, and gives the key back', () => {
    const id = newThreadId(conversation, new Date('2026-11-24T10:00:00.123Z'));
    const time = Date.parse('2026-11-24T10:00:00.123Z').toString(16);
    expect(id).toBe(`${conversationKey(conversation)}0${time}`);
    expect(isThreadId(id)).toBe(true);
    expect(conversationKeyOf(id)).toBe(conversationKey(conversation));
  });

  test.each([new Date(0), new Date('1999-01-01T00:00:00Z'), new Date('9999-12-31T23:59:59.999Z')])(
    'has its full length at %s',
    (startedAt) => {
      expect(isThreadId(newThreadId(conversation, startedAt))).toBe(true);
    },
  );

  test('sorts by time within a conversation', () => {
    const ids = [0, 1, 15, 16, 255, 4_096, 86_400_000].map((passed) =>
      newThreadId(conversation, new Date(testNow.getTime() + passed)),
    );
    expect(ids.toSorted()).toEqual(ids);
  });

  const id = newThreadId(conversation, testNow);
  test.each([
    '',
    'x',
    id.toUpperCase(),
    `${id}0`,
    id.slice(1),
    ` ${id}`,
    `${id}\n`,
    'g'.repeat(44),
    "'",
    '0'.repeat(32),
  ])('does not have the form %j', (other) => {
    expect(isThreadId(other)).toBe(false);
  });
});
