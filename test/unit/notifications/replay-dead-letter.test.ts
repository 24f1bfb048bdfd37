import { describe, expect, test } from 'vitest';

import { replayDeadLetter } from '../../../src/notifications/index.ts';
import { createMemoryNotificationStore } from '../../support/fakes/notification-store.ts';
import { createNotificationLab, flowUrl, labMessage, labSubscription } from '../../support/labs/notification-lab.ts';
import { testNow } from '../../support/labs/kernel.ts';
import type { FaultPlan } from '../../support/fakes/watched-port.ts';

const second = 1_000;
const hour = 3_600 * second;
const { pipelineId, key } = labSubscription('flow');

/**
 * Sets up a lab with one dead letter, two days after its message, of a flow that gave this answer until it recovers.
 */
async function withLetter(answer: number, faults?: FaultPlan) {
  const lab = createNotificationLab(faults === undefined ? {} : { faults });
  await lab.subscribe('flow', 'other');
  let isWell = false;
  lab.script('flow', () => (isWell ? 202 : answer));
  lab.tell(1);
  await lab.time.play(48 * hour);
  const [letter, ...rest] = await lab.letters();
  expect(rest).toEqual([]);
  const before = lab.calls.length;
  return {
    lab,
    id: letter!.id,
    letter: letter!,
    recover: () => (isWell = true),
    replay: () => replayDeadLetter(letter!.id, lab.deps()),
    callsSince: () => lab.calls.slice(before).map(({ url, at }) => [url, at - 48 * hour]),
  };
}

describe('a replayed dead letter', () => {
  test.each([
    [500, 'of a notification that was retried', 'active'],
    [400, 'of a notification that was given up at once', 'active'],
    [410, 'of a subscription that has ended', 'ended'],
    [403, 'of a subscription that is disabled', 'disabled'],
  ])('is delivered to its flow only, and removed: %d, %s', async (answer, _, state) => {
    const { lab, letter, recover, replay, callsSince } = await withLetter(answer);
    expect((await lab.subscription('flow'))?.state).toBe(state);
    recover();
    expect(await replay()).toBe('replayed');
    expect(await lab.letters()).toEqual([]);
    expect(await lab.subscription('flow')).toEqual(labSubscription('flow'));
    await lab.time.play();
    expect(callsSince()).toEqual([[flowUrl('flow'), 0]]);
    expect(lab.calls.at(-1)?.body).toBe(letter.payload);
    const { state: stands, attempts, since } = (await lab.retry('flow'))!;
    expect([stands, attempts, since]).toEqual(['delivered', 1, new Date(testNow.getTime() + 48 * hour)]);
    expect(await replay()).toBe('missing');
  });

  test('gets the whole retry schedule, and then is a dead letter again', async () => {
    const { lab, id, replay, callsSince } = await withLetter(503);
    await replay();
    await lab.time.play();
    const times = callsSince().map(([, at]) => at);
    expect(times.slice(0, 4)).toEqual([0, 5 * second, 20 * second, 80 * second]);
    expect(times).toHaveLength(29);
    const letters = await lab.letters();
    expect(letters.map(({ attempts, since }) => [attempts, since])).toEqual([
      [29, new Date(testNow.getTime() + 48 * hour)],
    ]);
    expect(letters[0]?.id).not.toBe(id);
  });

  test('goes to the current address of the flow', async () => {
    const { lab, recover, replay, callsSince } = await withLetter(400);
    recover();
    const callbackUrl = flowUrl('flow', 'renewed');
    await lab.subscriptions.put(labSubscription('flow', { callbackUrl, secret: '2'.repeat(32) }));
    await replay();
    await lab.time.play();
    expect(callsSince()).toEqual([[callbackUrl, 0]]);
  });

  test('stays if the flow has unsubscribed', async () => {
    const { lab, letter, replay, callsSince } = await withLetter(503);
    await lab.subscriptions.remove((await lab.subscriptions.find(pipelineId, key))!);
    expect(await replay()).toBe('unsubscribed');
    await lab.time.play();
    expect(callsSince()).toEqual([]);
    expect(await lab.letters()).toEqual([letter]);
  });

  test('is delivered at most twice if it is replayed twice at the same time', async () => {
    const { lab, recover, replay, callsSince } = await withLetter(503);
    recover();
    expect(await Promise.all([replay(), replay()])).toEqual(['replayed', 'replayed']);
    await lab.time.play();
    expect(callsSince().length).toBeLessThanOrEqual(2);
    expect(await lab.retry('flow')).toMatchObject({ state: 'delivered' });
    expect(await lab.letters()).toEqual([]);
  });

  test('is not lost if the replay fails at any step', async () => {
    const whole = await withLetter(410);
    const first = whole.lab.steps.length + 1;
    await whole.replay();
    const last = whole.lab.steps.length;
    expect(last - first).toBeGreaterThanOrEqual(5);
    for (let step = first; step <= last; step++) {
      for (const fault of ['throws before', 'throws after'] as const) {
        const { lab, recover, replay } = await withLetter(410, (_, number) => (number === step ? fault : undefined));
        recover();
        await expect(replay()).rejects.toThrow('failed');
        await replay();
        await lab.time.play();
        expect(await lab.retry('flow'), `${fault} ${step}`).toMatchObject({ state: 'delivered' });
        expect(await lab.letters(), `${fault} ${step}`).toEqual([]);
      }
    }
  });

  test('can be delivered even if its retry notification was deleted', async () => {
    const { lab, letter, replay, callsSince } = await withLetter(503);
    const notifications = createMemoryNotificationStore();
    const deps = { ...lab.deps(), flows: { ...lab.deps().flows, notifications } };
    expect(await replayDeadLetter(letter.id, deps)).toBe('replayed');
    expect(await notifications.readRetry(labMessage(1).id, key)).toMatchObject({
      retry: {
        inboundId: letter.inboundId,
        customerId: 'demo',
        serviceId: 'demo-twoway',
        payload: letter.payload,
        target: { pipelineId, key, callbackUrl: flowUrl('flow') },
        state: 'waiting',
        attempts: 0,
      },
    });
    expect(callsSince()).toEqual([]);
    expect(await replay()).toBe('missing');
  });
});

test('replaying an unknown dead letter: missing', async () => {
  expect(await replayDeadLetter('nothing', createNotificationLab().deps())).toBe('missing');
});

test('a replay wins over a worker that is still giving up', async () => {
  const { lab, id, recover } = await withLetter(500);
  recover();
  const deps = lab.deps();
  let conflicts = 0;
  const notifications = {
    ...deps.flows.notifications,
    updateRetry: async (...given: Parameters<typeof deps.flows.notifications.updateRetry>) => {
      if (conflicts++ === 0) return 'conflict' as const;
      return deps.flows.notifications.updateRetry(...given);
    },
  };
  expect(await replayDeadLetter(id, { ...deps, flows: { ...deps.flows, notifications } })).toBe('replayed');
  await lab.time.play();
  expect((await lab.retry('flow'))?.state).toBe('delivered');
  expect(await lab.letters()).toEqual([]);
});
