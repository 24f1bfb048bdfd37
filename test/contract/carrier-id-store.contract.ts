import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { CarrierId, CarrierIdStore } from '../../src/messages/index.ts';

const notedAt = new Date('2026-11-23T10:00:00.000Z');
const entry = (details: Partial<CarrierId> = {}): CarrierId => ({
  carrier: 'twilio',
  id: randomUUID(),
  value: 'v1',
  notedAt,
  ...details,
});

/** The tests that every store of carriers' ids must pass. */
export function carrierIdStoreContract(name: string, open: () => CarrierIdStore): void {
  describe(`carrier id store: ${name}`, () => {
    const store = open();

    test('the first write of an id counts, and later writes get its value', async () => {
      const first = entry();
      expect(await store.record(first)).toEqual(first);
      expect(await store.record({ ...first, value: 'v2', notedAt: new Date() })).toEqual(first);
      expect(await store.find(first.carrier, first.id)).toEqual(first);
    });

    test('of many writes at once, exactly one is the first', async () => {
      const { id } = entry();
      const values = Array.from({ length: 20 }, (_, index) => `v${index}`);
      const answers = await Promise.all(values.map((value) => store.record(entry({ id, value }))));
      const winners = new Set(answers.map(({ value }) => value));
      expect(winners.size).toBe(1);
      expect(await store.find('twilio', id)).toEqual(answers[0]);
    });

    test('find: returns nothing for an unknown id, or for the id of another carrier', async () => {
      const { carrier, id } = await store.record(entry());
      expect(await store.find(carrier, `${id}x`)).toBeUndefined();
      expect(await store.find('kannel', id)).toBeUndefined();
    });

    test.for(["a/b\\c#d?e'f", 'ä😀', '', ' ', 'x'.repeat(2_000), 'wamid.HBgL=='])('accepts the id %j', async (id) => {
      const noted = entry({ carrier: `c-${randomUUID()}`, id });
      await store.record(noted);
      expect(await store.find(noted.carrier, id)).toEqual(noted);
    });
  });
}
