import { judgeOutcome } from '../../../src/http-delivery/index.ts';
import { describe, expect, test } from 'vitest';

import { inboundIdFor } from '../../../src/conversations/index.ts';
import { createNotificationLab, flowUrl, labMessage, labSubscription } from '../../support/labs/notification-lab.ts';
import { after, testNow } from '../../support/labs/kernel.ts';

const second = 1_000;
const minute = 60 * second;

/** The dead letters as an operator reads them. */
async function lettersOf(lab: ReturnType<typeof createNotificationLab>) {
  const letters = await lab.letters();
  return letters.map(({ reason, attempts, lastAnswer, callbackUrl }) => [
    callbackUrl,
    reason,
    attempts,
    lastAnswer?.status ?? lastAnswer?.detail,
  ]);
}

describe('a call', () => {
  test('goes to the exact address, by the registered method, with the message as JSON', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('posted');
    await lab.subscriptions.put(labSubscription('put', { httpVerb: 'PUT' }));
    await lab.subscriptions.put(labSubscription('patched', { httpVerb: 'PATCH' }));
    lab.script('put', (call) => (call === 1 ? 503 : 200));
    lab.tell(1);
    await lab.time.play();
    const called = lab.calls.map(({ url, method, at }) => [url, method, at]);
    expect(called).toHaveLength(4);
    expect(new Set(called)).toEqual(
      new Set([
        [flowUrl('patched'), 'PATCH', 0],
        [flowUrl('posted'), 'POST', 0],
        [flowUrl('put'), 'PUT', 0],
        [flowUrl('put'), 'PUT', 5 * second],
      ]),
    );
    expect(new Set(lab.calls.map(({ body }) => body)).size).toBe(1);
    expect(JSON.parse(lab.calls[0]!.body)).toMatchObject({
      content: 'Hei 1',
      messageId: inboundIdFor('demo', labMessage(1).id),
    });
  });

  test.each([200, 202, 204, 299])('answered with %d is delivered', async (status) => {
    const lab = createNotificationLab();
    await lab.subscribe('flow');
    lab.script('flow', () => status);
    lab.tell(1);
    await lab.time.play();
    expect(lab.callTimes('flow')).toEqual([0]);
    expect(await lab.fates()).toEqual({ flow: 'delivered' });
  });

  test.each([
    [304, 304],
    [400, 400],
    [405, 405],
    [413, 413],
    [422, 422],
    ['refused', 'The address is not public.'],
  ] as const)('that ends in %j is given up at once, and the subscription stays', async (answer, last) => {
    const lab = createNotificationLab();
    await lab.subscribe('flow', 'other');
    lab.script('flow', () => answer);
    lab.tell(1);
    await lab.time.play();
    expect(lab.callTimes('flow')).toEqual([0]);
    expect(await lab.fates()).toEqual({ flow: 'ended', other: 'delivered' });
    expect(await lettersOf(lab)).toEqual([[flowUrl('flow'), 'another call would fail in the same way', 1, last]]);
    expect(await lab.subscription('flow')).toEqual(labSubscription('flow'));
  });

  test('that is refused at a retry is given up then', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('flow');
    lab.script('flow', (call) => (call === 1 ? 500 : 400));
    lab.tell(1);
    await lab.time.play();
    expect(await lab.fates()).toEqual({ flow: 'givenUp' });
    expect(await lettersOf(lab)).toEqual([[flowUrl('flow'), 'another call would fail in the same way', 2, 400]]);
  });
});

test.each([
  [
    { outcome: 'failed', reason: 'gone' },
    { next: 'retry', answer: { detail: 'gone', at: testNow } },
  ],
  [
    { outcome: 'refused', reason: 'no' },
    { next: 'never', answer: { detail: 'no', at: testNow } },
  ],
  ...(
    [
      [199, 'never', 'fine'],
      [200, 'delivered', 'fine'],
      [300, 'never', 'fine'],
      [401, 'retry', 'unauthorised'],
      [403, 'retry', 'unauthorised'],
      [404, 'retry', 'notFound'],
      [410, 'never', 'gone'],
      [429, 'retry', 'fine'],
      [499, 'never', 'fine'],
      [500, 'retry', 'fine'],
    ] as const
  ).map(
    ([status, next, kind]) =>
      [
        { outcome: 'answered', status },
        { next, kind, answer: { status, detail: `answered ${status}`, at: testNow } },
      ] as const,
  ),
] as const)('judgeOutcome judges %j', (outcome, verdict) => {
  expect(judgeOutcome(outcome, testNow)).toEqual(verdict);
});

test('judgeOutcome keeps Retry-After only if the call is made again', () => {
  const waits = [429, 404, 400, 200, 410].map(
    (status) => judgeOutcome({ outcome: 'answered', status, retryAfterSeconds: 7 }, testNow).retryAfterSeconds,
  );
  expect(waits).toEqual([7, 7, undefined, undefined, undefined]);
});

describe('a flow that is gone', () => {
  test('ends at once if it answers 410, while others go on', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('gone', 'busy', 'well');
    lab.script('gone', () => 410);
    lab.script('busy', (call) => (call < 3 ? 500 : 200));
    lab.tell(1);
    await lab.time.play();
    lab.tell(2);
    await lab.time.play();
    expect(lab.callTimes('gone')).toEqual([0]);
    expect(await lab.fates(1)).toEqual({ gone: 'ended', busy: 'delivered', well: 'delivered' });
    expect(await lab.fates(2)).toEqual({ busy: 'delivered', well: 'delivered' });
    expect(await lettersOf(lab)).toEqual([[flowUrl('gone'), 'the subscription has ended', 1, 410]]);
    expect(await lab.subscription('gone')).toEqual(
      labSubscription('gone', { state: 'ended', reason: 'the callback answered 410 (gone)' }),
    );
  });

  const notFound = { state: 'ended', kind: 'notFound', cause: 'the callback answered 404' } as const;
  const unauthorised = {
    state: 'disabled',
    kind: 'unauthorised',
    cause: 'the callback refused our calls (401 or 403)',
  } as const;
  test.each([
    [404, notFound, 'the subscription has ended'],
    [401, unauthorised, 'the subscription is disabled'],
    [403, unauthorised, 'the subscription is disabled'],
  ] as const)('ends after %d three times over ten minutes: %o', async (status, { state, kind, cause }, reason) => {
    const lab = createNotificationLab();
    await lab.subscribe('lost', 'well');
    lab.script('lost', () => status);
    lab.tell(1);
    await lab.time.play(20 * minute);
    expect(lab.callTimes('lost')).toEqual([0, 5, 20, 80, 380].map((seconds) => seconds * second));
    // Five refusals, but in less than ten minutes.
    expect(await lab.subscription('lost')).toEqual(
      labSubscription('lost', { refusals: { kind, count: 3, since: testNow } }),
    );
    await lab.time.play();
    expect(lab.callTimes('lost').at(-1)).toBe(2_180 * second);
    expect(await lab.subscription('lost')).toEqual(
      labSubscription('lost', {
        state,
        reason: `${cause}, at least 3 times in a row since ${testNow.toISOString()}`,
        refusals: { kind, count: 4, since: testNow },
      }),
    );
    expect(await lettersOf(lab)).toEqual([[flowUrl('lost'), reason, 6, status]]);
    expect((await lab.letters())[0]?.givenUpAt).toEqual(after(2_180 * second));
    expect(await lab.fates()).toEqual({ lost: 'givenUp', well: 'delivered' });
  });

  test('ends its other waiting messages without another call', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('lost');
    lab.script('lost', (call) => (call === 1 ? 503 : 410));
    lab.tell(1);
    await lab.time.play(1 * second);
    lab.tell(2);
    await lab.time.play();
    expect(lab.callTimes('lost')).toEqual([0, 1 * second]);
    // In the order of their first calls.
    expect(await lettersOf(lab)).toEqual([
      [flowUrl('lost'), 'the subscription has ended', 1, 503],
      [flowUrl('lost'), 'the subscription has ended', 1, 410],
    ]);
    expect(await lab.fates(1)).toEqual({ lost: 'givenUp' });
  });

  test('is active again after one answer that is not a refusal', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('lost');
    lab.script('lost', (call) => (call < 3 ? 404 : 202));
    lab.tell(1);
    await lab.time.play();
    expect(await lab.subscription('lost')).toEqual(labSubscription('lost'));
    expect(await lab.fates()).toEqual({ lost: 'delivered' });
  });

  test('has its refusals reset by the answer to another message', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('lost');
    lab.script('lost', (call) => (call === 1 ? 404 : 202));
    lab.tell(1);
    await lab.time.play(1 * second);
    lab.tell(2);
    await lab.time.play(2 * second);
    expect(await lab.subscription('lost')).toEqual(labSubscription('lost'));
  });
});

describe('a flow that subscribes again between two calls', () => {
  const renewed = flowUrl('flow', 'renewed');

  async function subscribeAgain(first: number, then: number) {
    const lab = createNotificationLab();
    await lab.subscribe('flow');
    lab.script('flow', () => first);
    lab.script(renewed, () => then);
    lab.tell(1);
    await lab.time.play(1 * second);
    await lab.subscriptions.put(
      labSubscription('flow', { callbackUrl: renewed, secret: '2'.repeat(32), httpVerb: 'PUT' }),
    );
    await lab.time.play();
    return lab;
  }

  test('is called at its new address, by its new method', async () => {
    const lab = await subscribeAgain(503, 202);
    expect(lab.calls.map(({ url, method, at }) => [url, method, at])).toEqual([
      [flowUrl('flow'), 'POST', 0],
      [renewed, 'PUT', 5 * second],
    ]);
    expect(await lab.fates()).toEqual({ flow: 'delivered' });
  });

  test('has its subscription ended if the new address refuses', async () => {
    const lab = await subscribeAgain(503, 410);
    expect((await lab.subscription('flow'))?.state).toBe('ended');
    expect(await lettersOf(lab)).toEqual([[renewed, 'the subscription has ended', 2, 410]]);
  });

  test.each([
    ['gone', 410],
    ['not found', 404],
    ['forbidden', 403],
  ])('during a call of its old address is not blamed for the answer: %s', async (_, status) => {
    const lab = createNotificationLab();
    await lab.subscribe('flow');
    lab.script('flow', () => ({ afterMs: 10 * second, answer: status }));
    lab.tell(1);
    await lab.time.play(5 * second);
    await lab.subscriptions.put(labSubscription('flow', { callbackUrl: renewed, secret: '2'.repeat(32) }));
    await lab.time.play();
    expect(lab.callTimes('flow')).toEqual([0]);
    expect(lab.callTimes(renewed)).toHaveLength(1);
    expect((await lab.subscription('flow'))?.refusals).toBeUndefined();
    expect(await lab.fates()).toEqual({ flow: 'delivered' });
    expect(await lab.letters()).toEqual([]);
  });

  test('has a late answer of its new address counted too', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('flow');
    lab.script('flow', () => 503);
    lab.script(renewed, () => ({ afterMs: 10 * second, answer: 410 }));
    lab.tell(1);
    await lab.time.play(1 * second);
    await lab.subscriptions.put(labSubscription('flow', { callbackUrl: renewed, secret: '2'.repeat(32) }));
    await lab.time.play();
    expect(lab.callTimes(renewed)).toEqual([5 * second]);
    expect((await lab.subscription('flow'))?.state).toBe('ended');
    expect(await lettersOf(lab)).toEqual([[renewed, 'the subscription has ended', 2, 410]]);
  });
});

test('a flow that unsubscribes between two calls is not called again, and leaves no dead letter', async () => {
  const lab = createNotificationLab();
  await lab.subscribe('flow');
  lab.script('flow', () => 503);
  lab.tell(1);
  await lab.time.play(1 * second);
  const { pipelineId, key } = labSubscription('flow');
  await lab.subscriptions.remove((await lab.subscriptions.find(pipelineId, key))!);
  await lab.time.play();
  expect(lab.callTimes('flow')).toEqual([0]);
  expect(await lab.fates()).toEqual({ flow: 'ended' });
  expect(await lab.letters()).toEqual([]);
  expect((await lab.retry('flow'))?.lastAnswer).toEqual({ status: 503, detail: 'answered 503', at: after(0) });
});

test('fifty simultaneous refusals count as refusals of the flow, and make no chunk fail', async () => {
  const lab = createNotificationLab();
  await lab.subscribe('lost', 'well');
  lab.script('lost', () => 404);
  lab.tell(...Array.from({ length: 50 }, (_, index) => index + 1));
  await lab.time.play(1 * second);
  expect(lab.time.runs.filter(({ error }) => error !== undefined)).toEqual([]);
  expect((await lab.subscription('lost'))?.refusals).toEqual({ kind: 'notFound', count: 3, since: testNow });
  expect(lab.callTimes('well')).toHaveLength(50);
});
