import { randomBytes, randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { customerKey } from '../../src/directory/index.ts';
import type { DeadLetter, DeadLetterStore } from '../../src/notifications/index.ts';

const givenUpAt = new Date('2026-11-24T10:00:00.123Z');

const newKey = (): string => randomBytes(16).toString('hex');

/** Makes a dead letter of a customer that no other test has. */
export function letter(details: Partial<DeadLetter> = {}): DeadLetter {
  const { customerId = `a/b\\c#d?e 'ä' ${randomUUID()}` } = details;
  const given = { inboundId: `i${newKey()}`, subscriptionKey: newKey(), givenUpAt, ...details };
  const time = given.givenUpAt.getTime().toString(16).padStart(12, '0');
  return {
    id: `${customerKey(customerId)}.${time}.${given.inboundId}.${given.subscriptionKey}`,
    customerId,
    serviceId: 'palvelu ä',
    pipelineId: newKey(),
    callbackUrl: 'https://example.com/hook?sig=a%2Fb&ä="😀"',
    payload: '{"Content":"Hyvää päivää 😀"}',
    reason: 'Kutsu ei onnistunut: ”503” 😀',
    attempts: 12,
    since: new Date('2026-11-23T10:00:00.000Z'),
    ...given,
  };
}

/** Tests what every store of dead letters must do. */
export function deadLetterStoreContract(name: string, open: () => DeadLetterStore): void {
  describe(`dead letter store: ${name}`, () => {
    const store = open();

    test('a missing letter is undefined, and can be removed without an error', async () => {
      expect(await store.list({ limit: 10 })).toEqual([]);
      expect(await store.list({ customerId: 'nobody', limit: 10 })).toEqual([]);
      for (const odd of [letter().id, '', '.', 'no-dot', 'a/b\\c#d?e', "o'neill", 'ä\u0001', 'x'.repeat(5_000)]) {
        expect([odd, await store.read(odd)]).toEqual([odd, undefined]);
        await store.remove(odd);
      }
    });

    test.each<[string, Partial<DeadLetter>]>([
      ['without an answer', {}],
      ['with an answer', { lastAnswer: { status: 503, detail: 'Ei nyt 😀', at: givenUpAt } }],
      ['whose last call had no answer', { lastAnswer: { detail: 'timeout', at: givenUpAt } }],
      [
        'as long as they get',
        {
          callbackUrl: `https://example.com/${'ä'.repeat(1_980)}`,
          payload: JSON.stringify({ Content: 'ж'.repeat(60_000) }),
          reason: 'ä'.repeat(2_000),
        },
      ],
    ])('reads a letter as it was added: %s', async (_, details) => {
      const wanted = letter(details);
      await store.add(wanted);
      expect(await store.read(wanted.id)).toEqual(wanted);
      expect(await store.list({ customerId: wanted.customerId, limit: 10 })).toEqual([wanted]);
    });

    test('does not change a letter that exists', async () => {
      const wanted = letter();
      await store.add(wanted);
      await Promise.all(Array.from({ length: 20 }, () => store.add({ ...wanted, reason: 'Another' })));
      expect(await store.read(wanted.id)).toEqual(wanted);
    });

    test('lists a customer’s letters, the oldest first, up to the limit', async () => {
      const { customerId } = letter();
      const letters = Array.from({ length: 25 }, (_, index) =>
        letter({ customerId, givenUpAt: new Date(givenUpAt.getTime() + index) }),
      );
      await Promise.all(letters.toReversed().map((each) => store.add(each)));
      await store.add(letter({ givenUpAt: new Date(givenUpAt.getTime() - 1) }));
      expect(await store.list({ customerId, limit: 1_000 })).toEqual(letters);
      expect(await store.list({ customerId, limit: 25 })).toEqual(letters);
      expect(await store.list({ customerId, limit: 7 })).toEqual(letters.slice(0, 7));
      expect(await store.list({ customerId, limit: 0 })).toEqual([]);
    });

    test('lists no letter of another customer with the same key', async () => {
      const [own, { customerId: other }] = [letter(), letter()];
      const before = new Date(givenUpAt.getTime() - 1);
      const [, rest] = /\.(.*)/.exec(letter({ customerId: other, givenUpAt: before }).id)!;
      const shared = letter({ customerId: other, givenUpAt: before, id: `${customerKey(own.customerId)}.${rest}` });
      await store.add(shared);
      await store.add(own);
      expect(await store.list({ customerId: own.customerId, limit: 1 })).toEqual([own]);
      expect(await store.read(shared.id)).toEqual(shared);
    });

    test('lists the letters of all customers, the oldest first, up to the limit', async () => {
      // Older than those of all other tests, so that they are the oldest of all.
      const letters = Array.from({ length: 25 }, (_, index) => letter({ givenUpAt: new Date(1_000 + index) }));
      await Promise.all(letters.toReversed().map((each) => store.add(each)));
      const ids = new Set(letters.map(({ id }) => id));
      const all = await store.list({ limit: 10_000 });
      expect(all.filter(({ id }) => ids.has(id))).toEqual(letters);
      expect(all.length).toBeGreaterThan(letters.length);
      expect(await store.list({ limit: 12 })).toEqual(letters.slice(0, 12));
      expect(await store.list({ limit: 0 })).toEqual([]);
    });

    test('removes a letter, and no other', async () => {
      const first = letter();
      const second = letter({ customerId: first.customerId });
      await store.add(first);
      await store.add(second);
      await store.remove(first.id);
      await store.remove(first.id);
      expect(await store.read(first.id)).toBeUndefined();
      expect(await store.list({ customerId: first.customerId, limit: 10 })).toEqual([second]);
      await store.add(first);
      expect(await store.read(first.id)).toEqual(first);
    });
  });
}
