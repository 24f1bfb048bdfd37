import { describe, expect, test } from 'vitest';

import { apiError } from '../../../src/operation/errors.ts';
import type { Caller } from '../../../src/operation/access.ts';
import { deleteTrigger, unsubscribeCallback } from '../../../src/subscriptions/index.ts';
import type { Subscription, SubscriptionStore } from '../../../src/subscriptions/index.ts';
import { actionIdOf } from '../../../src/subscriptions/subscription-ids.ts';
import { createMemoryDirectory } from '../../support/fakes/directory.ts';
import { createMemorySubscriptionStore } from '../../support/fakes/subscription-store.ts';
import { receivingService } from '../../support/labs/inbound.ts';
import { callOperation, testCaller, testCustomer, testNow } from '../../support/labs/kernel.ts';
import { flowUrl, labPipeline, labService, labSubscription } from '../../support/labs/notification-lab.ts';

const subscription = labSubscription('a', { secret: 'ab'.repeat(16) });
const other = labSubscription('b', { secret: 'cd'.repeat(16) });
const done = { status: 204, headers: {} };

/** Sets up two subscriptions of the customer `demo`, a user of `demo` and a user of another customer. */
async function openDeps(change: (store: SubscriptionStore) => Partial<SubscriptionStore> = () => ({})) {
  const store = createMemorySubscriptionStore();
  await store.put(subscription);
  await store.put(other);
  const deps = {
    flows: { subscriptions: { ...store, ...change(store) }, checkUrl: () => undefined, publicUrl: '' },
    directory: createMemoryDirectory({
      customers: [
        { ...testCustomer, services: [receivingService(labService.serviceId)] },
        { ...testCustomer, id: 'other', services: [receivingService('demo-twoway', [], { address: '17200' })] },
      ],
      users: [
        { id: testCaller.userId, name: 'Demo', customerIds: ['x', 'demo'] },
        { id: 'stranger', name: 'Stranger', customerIds: ['other'] },
      ],
    }),

    newSecret: () => '',
  };
  const nobody = async (): Promise<Caller> => Promise.reject(apiError('Unauthenticated', { reason: 'there is none' }));
  return {
    deps,
    remove: (
      {
        pipelineId = labPipeline,
        actionId = actionIdOf(subscription),
      }: { pipelineId?: string; actionId?: string } = {},
      caller: Caller | undefined = testCaller,
    ) =>
      callOperation(deleteTrigger, { params: { PipelineId: pipelineId, ActionId: actionId } }, deps, {
        access: { authenticate: caller.userId === 'nobody' ? nobody : async () => caller },
      }),
    left: async (): Promise<Subscription[]> => store.listActive(labPipeline),
    store,
  };
}

const both = [subscription, other].toSorted((left, right) => (left.key < right.key ? -1 : 1));
const as = (userId: string): Caller => ({ ...testCaller, userId });

describe('deleting a trigger', () => {
  test.each([
    ['by a user of the customer', testCaller],
    ['without a token, by the id that nobody can guess', as('nobody')],
  ])('removes it: %s', async (_, caller) => {
    const { remove, left } = await openDeps();
    const { answer, log } = await remove({}, caller);
    expect(answer).toEqual(done);
    expect(log.map(({ status, error }) => [status, error])).toEqual([[204, undefined]]);
    expect(await left()).toEqual([other]);
    expect((await remove({}, caller)).answer).toEqual(done);
    expect(await left()).toEqual([other]);
  });

  test('also removes one that is no longer active', async () => {
    const { remove, store } = await openDeps();
    await store.update((await store.find(labPipeline, subscription.key))!, { state: 'ended', reason: 'x' });
    await remove();
    expect(await store.find(labPipeline, subscription.key)).toBeUndefined();
  });

  const { key, secret } = subscription;
  test.each<[string, { pipelineId?: string; actionId?: string }]>([
    ['an older id', { actionId: key + '9'.repeat(32) }],
    ['an id with one digit changed', { actionId: `${key}${secret.slice(0, -1)}c` }],
    ['another flow’s secret', { actionId: key + other.secret }],
    ['an unknown flow', { actionId: '0'.repeat(32) + secret }],
    ['the key alone', { actionId: key }],
    ['an id in upper case', { actionId: actionIdOf(subscription).toUpperCase() }],
    ['a longer id', { actionId: `${actionIdOf(subscription)}0` }],
    ['an id with a slash', { actionId: `${key}/${secret.slice(1)}` }],
    ['a text', { actionId: "' or 1 eq 1" }],
    ['a very long text', { actionId: 'x'.repeat(10_000) }],
    ['characters outside ASCII', { actionId: 'ä'.repeat(64) }],
    ['another pipeline', { pipelineId: 'f'.repeat(32) }],
    ['a malformed pipeline', { pipelineId: '../x' }],
  ])('changes nothing, and the answer does not show it: %s', async (_, ids) => {
    for (const caller of [testCaller, as('nobody')]) {
      const { remove, left } = await openDeps();
      expect((await remove(ids, caller)).answer).toEqual(done);
      expect(await left()).toEqual(both);
    }
  });

  test('refuses blank ids, as every operation does', async () => {
    const { remove, left } = await openDeps();
    for (const ids of [{ actionId: ' ' }, { pipelineId: ' ' }]) expect((await remove(ids)).answer.status).toBe(400);
    expect(await left()).toEqual(both);
  });

  test.each(['stranger', 'unheard-of'])('changes nothing for a user who is not assigned: %s', async (userId) => {
    const { remove, left } = await openDeps();
    const { answer, log } = await remove({}, as(userId));
    expect(answer).toEqual(done);
    expect(log.map(({ error }) => error)).toEqual([undefined]);
    expect(await left()).toEqual(both);
  });

  test('does not ask the store about malformed ids', async () => {
    const never = () => Promise.reject(new Error('it was asked'));
    const { remove } = await openDeps(() => ({ find: never, remove: never }));
    for (const ids of [{ actionId: 'x' }, { pipelineId: 'x' }]) {
      expect((await remove(ids, as('nobody'))).log.map(({ error }) => error)).toEqual([undefined]);
    }
  });

  test.each(['find', 'remove'] as const)('answers 204 if the store fails (%s), and logs it', async (method) => {
    const failure = new Error('storage is away');
    const { remove, left } = await openDeps(() => ({ [method]: () => Promise.reject(failure) }));
    const { answer, log } = await remove();
    expect(answer).toEqual(done);
    expect(log.map(({ status, error }) => [status, error])).toEqual([[204, failure]]);
    expect(await left()).toEqual(both);
  });

  test('answers 204 if the directory fails, and logs it', async () => {
    const { deps, remove, left } = await openDeps();
    const failure = new Error('the directory is away');
    deps.directory = { ...deps.directory, user: () => Promise.reject(failure) };
    const { answer, log } = await remove();
    expect([answer, log[0]?.error]).toEqual([done, failure]);
    expect(await left()).toEqual(both);
  });
});

describe('a subscription that changes while it is deleted', () => {
  test('is deleted if only its health changed', async () => {
    let removes = 0;
    const { remove, left } = await openDeps((store) => ({
      async remove(versioned) {
        removes += 1;
        if (removes === 1) await store.update((await store.find(labPipeline, subscription.key))!, { state: 'active' });
        return store.remove(versioned);
      },
    }));
    expect((await remove()).answer).toEqual(done);
    expect(removes).toBe(2);
    expect(await left()).toEqual([other]);
  });

  test('stays if the flow subscribed again', async () => {
    const anew = { ...subscription, secret: 'ef'.repeat(16), subscribedAt: testNow };
    let removes = 0;
    const { remove, left } = await openDeps((store) => ({
      async remove(versioned) {
        removes += 1;
        if (removes === 1) await store.put(anew);
        return store.remove(versioned);
      },
    }));
    const { answer, log } = await remove();
    expect([answer, removes, log[0]?.error]).toEqual([done, 1, undefined]);
    expect(await left()).toEqual(both.map((each) => (each === subscription ? anew : each)));
  });

  test('during each attempt stays, and the log says so', async () => {
    let removes = 0;
    const { remove } = await openDeps(() => ({
      async remove() {
        removes += 1;
        return 'conflict';
      },
    }));
    const { answer, log } = await remove();
    expect([answer, removes]).toEqual([done, 10]);
    expect(log[0]?.error).toEqual(
      new Error(`the subscription ${subscription.key} changed 10 times while it was being removed`),
    );
  });
});

describe('unsubscribing by callback address', () => {
  async function unsubscribe(json: unknown, change?: Parameters<typeof openDeps>[0]) {
    const { deps, left } = await openDeps(change);
    const service = { id: 'demo-twoway', name: 'Demo', type: 'TwoWay', senders: [], allowsReplies: false } as const;
    const called = await callOperation(
      unsubscribeCallback,
      { headers: { customer: 'demo' }, params: { Service: 'demo-twoway' }, json },
      deps,
      { access: { service: async () => service } },
    );
    return { ...called, left: await left() };
  }

  test.each([
    ['as it was registered', flowUrl('a')],
    ['with another signature', flowUrl('a', 'other')],
    ['without a signature', flowUrl('a').replace(/&sig=.*/, '')],
  ])('removes the registration: %s', async (_, callbackUrl) => {
    const { answer, left } = await unsubscribe({ callbackUrl });
    expect(answer).toEqual(done);
    expect(left).toEqual([other]);
  });

  test('changes nothing for an address that is not registered', async () => {
    const { answer, left } = await unsubscribe({ callbackUrl: flowUrl('c') });
    expect(answer).toEqual(done);
    expect(left).toEqual(both);
  });

  test.each([[{}], [{ callbackUrl: '' }], [{ callbackUrl: 7 }], [[]]])('refuses %j', async (json) => {
    const { answer, left } = await unsubscribe(json);
    expect(answer.status).toBe(400);
    expect(left).toEqual(both);
  });

  test('answers 500 if the store fails, so that the caller tries again', async () => {
    const { answer } = await unsubscribe({ callbackUrl: flowUrl('a') }, () => ({
      find: () => Promise.reject(new Error('storage is away')),
    }));
    expect(answer.status).toBe(500);
  });
});
