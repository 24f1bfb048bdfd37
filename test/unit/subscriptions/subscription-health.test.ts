import type { AnswerKind } from '../../../src/http-delivery/index.ts';
import { describe, expect, test } from 'vitest';

import { recordAnswer } from '../../../src/subscriptions/index.ts';
import type { SubscriptionHealth } from '../../../src/subscriptions/index.ts';
import { healthAfter } from '../../../src/subscriptions/record-answer.ts';
import { createMemorySubscriptionStore } from '../../support/fakes/subscription-store.ts';
import { labPipeline, labSubscription } from '../../support/labs/notification-lab.ts';
import { after, testNow } from '../../support/labs/kernel.ts';

const minute = 60_000;
const since = `at least 3 times in a row since ${testNow.toISOString()}`;

/** Computes the health of a healthy subscription after answers that came at these minutes, in this order. */
function healthOf(...answers: readonly (readonly [AnswerKind, number])[]): SubscriptionHealth {
  return answers.reduce<SubscriptionHealth>(
    (health, [kind, minutes]) => healthAfter(health, kind, after(minutes * minute)) ?? health,
    { state: 'active' },
  );
}

describe('refusals in a row', () => {
  test.each<[string, [AnswerKind, number][], SubscriptionHealth]>([
    ['one', [['notFound', 0]], { state: 'active', refusals: { kind: 'notFound', count: 1, since: testNow } }],
    [
      'two over an hour',
      [
        ['notFound', 0],
        ['notFound', 60],
      ],
      { state: 'active', refusals: { kind: 'notFound', count: 2, since: testNow } },
    ],
    [
      'three within ten minutes',
      [
        ['notFound', 0],
        ['notFound', 5],
        ['notFound', 9.999],
      ],
      { state: 'active', refusals: { kind: 'notFound', count: 3, since: testNow } },
    ],
    [
      'three over ten minutes',
      [
        ['notFound', 0],
        ['notFound', 5],
        ['notFound', 10],
      ],
      {
        state: 'ended',
        reason: `the callback answered 404, ${since}`,
        refusals: { kind: 'notFound', count: 3, since: testNow },
      },
    ],
    [
      'many within ten minutes, and one later',
      [
        ['unauthorised', 0],
        ['unauthorised', 1],
        ['unauthorised', 2],
        ['unauthorised', 3],
        ['unauthorised', 4],
        ['unauthorised', 11],
      ],
      {
        state: 'disabled',
        reason: `the callback refused our calls (401 or 403), ${since}`,
        refusals: { kind: 'unauthorised', count: 4, since: testNow },
      },
    ],
    [
      'interrupted by another kind of refusal',
      [
        ['notFound', 0],
        ['notFound', 5],
        ['unauthorised', 6],
        ['notFound', 20],
      ],
      { state: 'active', refusals: { kind: 'notFound', count: 1, since: after(20 * minute) } },
    ],
    [
      'interrupted by another answer',
      [
        ['notFound', 0],
        ['notFound', 5],
        ['fine', 6],
        ['notFound', 20],
      ],
      { state: 'active', refusals: { kind: 'notFound', count: 1, since: after(20 * minute) } },
    ],
    [
      'followed by a good answer',
      [
        ['notFound', 0],
        ['fine', 6],
      ],
      { state: 'active' },
    ],
    [
      'followed by 410',
      [
        ['notFound', 0],
        ['gone', 1],
      ],
      { state: 'ended', reason: 'the callback answered 410 (gone)' },
    ],
  ])('%s', (_, answers, health) => {
    expect(healthOf(...answers)).toEqual(health);
  });

  test('are not counted above the limit, so that simultaneous calls don’t contend for the row', () => {
    const row = { state: 'active', refusals: { kind: 'notFound', count: 3, since: testNow } } as const;
    expect(healthAfter(row, 'notFound', after(9 * minute))).toBeUndefined();
  });
});

test.each(['ended', 'disabled'] as const)(
  'an inactive subscription stays %s, whatever a late call answers',
  (state) => {
    for (const kind of ['fine', 'gone', 'notFound', 'unauthorised'] as const) {
      expect(healthAfter({ state, reason: 'x' }, kind, testNow)).toBeUndefined();
    }
  },
);

test('a healthy subscription: a good answer changes nothing', () => {
  expect(healthAfter({ state: 'active' }, 'fine', testNow)).toBeUndefined();
});

describe('recording an answer', () => {
  const now = () => testNow;

  test('writes the health, and resolves to the new state', async () => {
    const subscriptions = createMemorySubscriptionStore();
    const subscription = labSubscription('flow');
    await subscriptions.put(subscription);
    expect(await recordAnswer(subscription, 'notFound', { flows: { subscriptions }, now })).toBe('active');
    expect(await recordAnswer(subscription, 'gone', { flows: { subscriptions }, now })).toBe('ended');
    expect(await recordAnswer(subscription, 'fine', { flows: { subscriptions }, now })).toBe('ended');
    expect((await subscriptions.find(labPipeline, subscription.key))?.subscription).toEqual({
      ...subscription,
      state: 'ended',
      reason: 'the callback answered 410 (gone)',
    });
  });

  test('ignores a subscription that was removed, or whose flow subscribed again', async () => {
    const subscriptions = createMemorySubscriptionStore();
    const subscription = labSubscription('flow');
    expect(await recordAnswer(subscription, 'gone', { flows: { subscriptions }, now })).toBeUndefined();
    const anew = { ...subscription, secret: '2'.repeat(32) };
    await subscriptions.put(anew);
    expect(await recordAnswer(subscription, 'gone', { flows: { subscriptions }, now })).toBeUndefined();
    expect((await subscriptions.find(labPipeline, subscription.key))?.subscription).toEqual(anew);
  });

  test('reads again after a conflict, and keeps what the other worker wrote', async () => {
    const inner = createMemorySubscriptionStore();
    const subscription = labSubscription('flow');
    await inner.put(subscription);
    let finds = 0;
    const subscriptions = {
      ...inner,
      async find(...keys: Parameters<typeof inner.find>) {
        const found = await inner.find(...keys);
        finds += 1;
        if (finds === 1) await recordAnswer(subscription, 'notFound', { flows: { subscriptions: inner }, now });
        return found;
      },
    };
    expect(await recordAnswer(subscription, 'notFound', { flows: { subscriptions }, now })).toBe('active');
    expect(finds).toBe(2);
    expect((await inner.find(labPipeline, subscription.key))?.subscription.refusals?.count).toBe(2);
  });

  test('leaves it to the next answer after ten conflicts', async () => {
    const inner = createMemorySubscriptionStore();
    const subscription = labSubscription('flow');
    await inner.put(subscription);
    let updates = 0;
    const update = async () => {
      updates += 1;
      return 'conflict' as const;
    };
    expect(await recordAnswer(subscription, 'gone', { flows: { subscriptions: { ...inner, update } }, now })).toBe(
      'active',
    );
    expect(updates).toBe(10);
  });
});
