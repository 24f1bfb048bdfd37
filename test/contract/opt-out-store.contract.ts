import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { OptOutStore } from '../../src/opt-outs/index.ts';
import { phones } from '../support/labs/messaging.ts';

const at = new Date('2026-11-23T10:00:00.000Z');

/** Tests what every opt-out store must do. */
export function optOutStoreContract(name: string, open: () => OptOutStore): void {
  describe(`opt-out store: ${name}`, () => {
    const store = open();
    const listed = async (identity: string): Promise<string[]> => [...(await store.list(identity))].sort();

    test('lists the numbers that opted out of an identity, and no others', async () => {
      const [identity, other] = [randomUUID(), randomUUID()];
      await store.add({ identity, number: '358401234567' }, at);
      await store.add({ identity, number: '4512345678' }, at);
      await store.add({ identity: other, number: '46701234567' }, at);
      expect(await listed(identity)).toEqual(['358401234567', '4512345678']);
      expect(await listed(other)).toEqual(['46701234567']);
      expect(await listed(randomUUID())).toEqual([]);
    });

    test('adds and removes twice like once, at any time', async () => {
      const optOut = { identity: randomUUID(), number: '358401234567' };
      await store.remove(optOut);
      await store.add(optOut, at);
      await store.add(optOut, new Date('2027-01-01T00:00:00.000Z'));
      expect(await listed(optOut.identity)).toEqual([optOut.number]);
      await store.remove(optOut);
      await store.remove(optOut);
      expect(await listed(optOut.identity)).toEqual([]);
      await store.add(optOut, at);
      expect(await listed(optOut.identity)).toEqual([optOut.number]);
    });

    test('an opt-out of one identity stays if that of another is removed', async () => {
      const number = '358401234567';
      const [identity, other] = [randomUUID(), randomUUID()];
      await store.add({ identity, number }, at);
      await store.add({ identity: other, number }, at);
      await store.remove({ identity, number });
      expect([await listed(identity), await listed(other)]).toEqual([[], [number]]);
    });

    test('lists more than a page of opt-outs completely', async () => {
      const identity = randomUUID();
      const numbers = phones(1_100);
      for (let from = 0; from < numbers.length; from += 50) {
        await Promise.all(numbers.slice(from, from + 50).map((number) => store.add({ identity, number }, at)));
      }
      expect(await listed(identity)).toEqual([...numbers].sort());
    });
  });
}
