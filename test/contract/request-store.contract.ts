import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { RequestStore, RequestUse } from '../../src/messages/index.ts';

const usedAt = new Date('2026-11-23T10:00:00.000Z');
const weekBefore = new Date('2026-11-16T10:00:00.000Z');

function use(details: Partial<RequestUse> = {}): RequestUse {
  return {
    customerId: 'demo',
    requestId: randomUUID(),
    messageId: randomUUID(),
    fingerprint: 'f1',
    usedAt,
    ...details,
  };
}

/** Tests what every request store must do. */
export function requestStoreContract(name: string, open: () => RequestStore): void {
  describe(`request store: ${name}`, () => {
    const store = open();

    test('the first use counts, and later ones get the first', async () => {
      const first = use();
      expect(await store.claim(first, weekBefore)).toEqual(first);
      expect(await store.claim({ ...first, messageId: 'later', fingerprint: 'f2' }, weekBefore)).toEqual(first);
    });

    test('exactly one of many simultaneous uses is the first', async () => {
      const requestId = randomUUID();
      const uses = Array.from({ length: 30 }, () => use({ requestId }));
      const answers = await Promise.all(uses.map((each) => store.claim(each, weekBefore)));
      expect(new Set(answers.map(({ messageId }) => messageId)).size).toBe(1);
      expect(uses.filter(({ messageId }) => messageId === answers[0]?.messageId)).toHaveLength(1);
    });

    test('customers do not share request ids', async () => {
      const first = use();
      const other = { ...first, customerId: 'other', messageId: 'theirs' };
      await store.claim(first, weekBefore);
      expect(await store.claim(other, weekBefore)).toEqual(other);
      // Customer and request id must not be mixed up if their joined texts are the same.
      const shifted = {
        ...first,
        customerId: `demo${first.requestId[0]}`,
        requestId: first.requestId.slice(1),
        messageId: 'shifted',
      };
      expect(await store.claim(shifted, weekBefore)).toEqual(shifted);
    });

    test('a use from before the limit is replaced, by exactly one of many simultaneous uses', async () => {
      const old = use();
      await store.claim(old, weekBefore);
      const later = new Date(usedAt.getTime() + 1);
      expect(await store.claim({ ...old, messageId: 'same moment' }, usedAt)).toEqual(old);
      const renewals = Array.from({ length: 10 }, () => ({ ...old, messageId: randomUUID(), usedAt: later }));
      const answers = await Promise.all(renewals.map((each) => store.claim(each, later)));
      expect(new Set(answers.map(({ messageId }) => messageId)).size).toBe(1);
      expect(answers[0]?.messageId).not.toBe(old.messageId);
    });

    test('any text can be a request id', async () => {
      for (const requestId of ['a/b\\c#d?e', 'ääkköset 😀', ' ', 'x'.repeat(1000), "o'neill eq 'x'"]) {
        const first = use({ requestId: `${requestId}${randomUUID()}` });
        expect(await store.claim(first, weekBefore)).toEqual(first);
        expect(await store.claim({ ...first, messageId: 'later' }, weekBefore)).toEqual(first);
      }
    });
  });
}
