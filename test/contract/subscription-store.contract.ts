import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type {
  Subscription,
  SubscriptionHealth,
  SubscriptionStore,
  VersionedSubscription,
} from '../../src/subscriptions/index.ts';

const subscribedAt = new Date('2026-11-24T10:00:00.123Z');
const version = expect.any(String) as string;

const newKey = (): string => randomBytes(16).toString('hex');

/** Makes a subscription of a service that no other test has. */
export function subscription(details: Partial<Subscription> = {}): Subscription {
  return {
    pipelineId: newKey(),
    key: newKey(),
    customerId: 'demo',
    serviceId: 'demo-twoway',
    callbackUrl: 'https://example.com/hook?sig=abc%2F',
    httpVerb: 'POST',
    name: 'flow',
    description: '',
    secret: newKey(),
    origin: {},
    subscribedAt,
    state: 'active',
    ...details,
  };
}

const refused: SubscriptionHealth = {
  state: 'disabled',
  reason: 'Vastaus oli 401: ”ei lupaa” 😀',
  refusals: { kind: 'unauthorised', count: 10, since: new Date('2026-11-24T11:00:00.456Z') },
};

/** Tests what every store of subscriptions must do. */
export function subscriptionStoreContract(name: string, open: () => SubscriptionStore): void {
  describe(`subscription store: ${name}`, () => {
    const store = open();

    async function stored(details: Partial<Subscription> = {}): Promise<VersionedSubscription> {
      const wanted = subscription(details);
      await store.put(wanted);
      return (await store.find(wanted.pipelineId, wanted.key))!;
    }

    test('a missing subscription is undefined, and can’t be changed', async () => {
      const missing = { subscription: subscription(), version: 'W/"1"' };
      const { pipelineId, key } = missing.subscription;
      expect(await store.listActive(pipelineId)).toEqual([]);
      expect(await store.find(pipelineId, key)).toBeUndefined();
      expect(await store.update(missing, refused)).toBe('conflict');
      expect(await store.remove(missing)).toBe('conflict');
      expect(await store.find(pipelineId, key)).toBeUndefined();
    });

    test.each(['', 'a/b\\c#d?e', "o'neill' or '1' eq '1", 'ÄÖ 😀', 'a\u0001b', 'x'.repeat(5_000)])(
      'finds no subscription with the key %j',
      async (odd) => {
        const { subscription: known } = await stored();
        expect(await store.find(known.pipelineId, odd)).toBeUndefined();
        expect(await store.find(odd, known.key)).toBeUndefined();
        expect(await store.listActive(odd)).toEqual([]);
      },
    );

    test.each<[string, Partial<Subscription>]>([
      ['with nothing that may be missing', {}],
      ['with all that may be missing', refused],
      [
        'as long as they get',
        {
          customerId: `a/b\\c#d?e 'ä'`,
          serviceId: 'ж'.repeat(100),
          callbackUrl: `https://example.com/${'ä'.repeat(1_980)}`,
          httpVerb: 'PATCH',
          name: 'ж'.repeat(1_000),
          description: 'Kuvaus “pitkä” 😀\n'.repeat(100),
          origin: { 'x-ms-workflow-name': 'Tilaus "1"', long: '"'.repeat(3_900) },
          state: 'ended',
          reason: 'ä'.repeat(1_000),
        },
      ],
    ])('reads a subscription as it was written: %s', async (_, details) => {
      const wanted = subscription(details);
      await store.put(wanted);
      expect(await store.find(wanted.pipelineId, wanted.key)).toEqual({ subscription: wanted, version });
    });

    test('a new subscription replaces the old one as a whole', async () => {
      const first = await stored({ ...refused, origin: { 'x-ms-workflow-name': 'a' } });
      const { pipelineId, key } = first.subscription;
      const next = subscription({ pipelineId, key, callbackUrl: 'https://example.com/another', httpVerb: 'PUT' });
      await store.put(next);
      const second = await store.find(pipelineId, key);
      expect(second).toEqual({ subscription: next, version });
      expect(await store.update(first, refused)).toBe('conflict');
      expect(await store.remove(first)).toBe('conflict');
      expect(await store.find(pipelineId, key)).toEqual(second);
    });

    test('lists the active subscriptions of a service, in the order of their keys, and no others', async () => {
      const pipelineId = newKey();
      const keys = ['f', '0', 'a', '7'].map((digit) => digit.repeat(32));
      const wanted = keys.map((key) => subscription({ pipelineId, key }));
      for (const each of wanted) await store.put(each);
      await store.put(subscription({ pipelineId, state: 'ended' }));
      await store.put(subscription({ pipelineId, state: 'disabled' }));
      // A service whose pipeline id is next to this one.
      await store.put(
        subscription({ pipelineId: `${pipelineId.slice(0, -1)}${pipelineId.endsWith('0') ? '1' : '0'}` }),
      );
      await store.put(subscription());
      expect(await store.listActive(pipelineId)).toEqual(
        wanted.toSorted((left, right) => (left.key < right.key ? -1 : 1)),
      );
    });

    test('lists more than a page of subscriptions completely', async () => {
      const pipelineId = newKey();
      const wanted = Array.from({ length: 1_050 }, (_, index) =>
        subscription({ pipelineId, key: index.toString(16).padStart(32, '0') }),
      );
      for (let from = 0; from < wanted.length; from += 50) {
        await Promise.all(wanted.slice(from, from + 50).map((each) => store.put(each)));
      }
      expect(await store.listActive(pipelineId)).toEqual(wanted);
    });

    test('an update writes the whole health, and only at the version that was read', async () => {
      const first = await stored();
      const { pipelineId, key } = first.subscription;
      expect(await store.update(first, refused)).toBe('updated');
      expect(await store.update(first, { state: 'ended' })).toBe('conflict');
      const second = (await store.find(pipelineId, key))!;
      expect(second).toEqual({ subscription: { ...first.subscription, ...refused }, version });
      expect(await store.listActive(pipelineId)).toEqual([]);

      expect(await store.update(second, { state: 'active' })).toBe('updated');
      expect(await store.find(pipelineId, key)).toEqual({ subscription: first.subscription, version });
      expect(await store.listActive(pipelineId)).toEqual([first.subscription]);
    });

    test('an update ignores fields that are not health', async () => {
      const first = await stored();
      const more: Subscription = { ...first.subscription, ...refused, secret: 'another', name: 'Another' };
      expect(await store.update(first, more)).toBe('updated');
      const { pipelineId, key } = first.subscription;
      expect((await store.find(pipelineId, key))?.subscription).toEqual({ ...first.subscription, ...refused });
    });

    test('removes a subscription only at the version that was read', async () => {
      const neighbour = await stored();
      const first = await stored({ pipelineId: neighbour.subscription.pipelineId });
      const { pipelineId, key } = first.subscription;
      await store.update(first, { state: 'active' });
      expect(await store.remove(first)).toBe('conflict');
      const second = (await store.find(pipelineId, key))!;
      expect(await store.remove(second)).toBe('removed');
      expect(await store.remove(second)).toBe('conflict');
      expect(await store.find(pipelineId, key)).toBeUndefined();
      expect(await store.listActive(pipelineId)).toEqual([neighbour.subscription]);
    });

    test('one of many writers at one version wins', async () => {
      const first = await stored();
      const outcomes = await Promise.all([
        ...Array.from({ length: 10 }, () => store.update(first, refused)),
        ...Array.from({ length: 10 }, () => store.remove(first)),
      ]);
      expect(outcomes.filter((outcome) => outcome !== 'conflict')).toHaveLength(1);
    });
  });
}
