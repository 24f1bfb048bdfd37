import { describe, expect, test } from 'vitest';

import {
  deliverNotifications,
  giveUpNotificationRetry,
  giveUpNotificationChunk,
  retryNotification,
} from '../../../src/notifications/index.ts';
import type { NotificationChunk } from '../../../src/notifications/index.ts';
import { giveUpNotifications } from '../../../src/notifications/give-up-job.ts';
import { createNotificationLab, flowUrl, labMessage, labSubscription } from '../../support/labs/notification-lab.ts';
import type { FaultPlan } from '../../support/fakes/watched-port.ts';

const second = 1_000;
const hour = 3_600 * second;
const reason = 'processing failed too often on our side';

const { id: inboundId } = labMessage(1);
const { key: subscriptionKey } = labSubscription('flow');

/** A chunk of which one target still waits. */
const partlyDone: NotificationChunk = {
  inboundId,
  index: 0,
  customerId: 'demo',
  serviceId: 'demo-twoway',
  payload: '{}',
  targets: ['a', 'b', 'c'].map((name) => ({ ...labSubscription(name), wasRefused: false })),
  states: ['delivered', 'waiting', 'ended'],
  attempts: 1,
};

const noIds = [undefined, null, 7, 'x', `i${'g'.repeat(32)}`, `i${'a'.repeat(31)}`, `x${inboundId}`, ['x'], {}];
const notJobs = [undefined, null, 'x', 7, [], {}, [inboundId, 0]];

const notChunkJobs: unknown[] = [
  ...notJobs,
  ...noIds.map((id) => ({ inboundId: id, chunk: 0 })),
  ...[undefined, null, '0', 0.5, {}].map((chunk) => ({ inboundId, chunk })),
  { inboundId, subscriptionKey },
];
const notRetryJobs: unknown[] = [
  ...notJobs,
  ...noIds.map((id) => ({ inboundId: id, subscriptionKey })),
  ...[undefined, null, 0, 'x', 'A'.repeat(32), `${subscriptionKey}0`, '../x'].map((key) => ({
    inboundId,
    subscriptionKey: key,
  })),
  { inboundId, chunk: 0 },
];

describe('a queue message that is not a job', () => {
  test.each(notChunkJobs.map((message) => [message]))('is refused by the worker for chunks: %j', async (message) => {
    const lab = createNotificationLab();
    await expect(deliverNotifications.handle(message, lab.deps())).rejects.toThrow(
      'not a job for the notifications queue',
    );
    expect(lab.steps).toEqual([]);
  });

  test.each(notRetryJobs.map((message) => [message]))('is refused by the worker for retries: %j', async (message) => {
    const lab = createNotificationLab();
    await expect(retryNotification.handle(message, lab.deps())).rejects.toThrow(
      'not a job for the notification-retries queue',
    );
    expect(lab.steps).toEqual([]);
  });

  test.each(notJobs.map((message) => [message]))('is reported and dropped if it is poison: %j', async (message) => {
    const lab = createNotificationLab();
    for (const worker of [giveUpNotificationChunk, giveUpNotificationRetry]) {
      expect(await worker.handle(message, lab.deps())).toEqual({
        result: 'notAJob',
        error: new Error('a poison message is not a job of ours'),
      });
    }
    expect(lab.steps).toEqual([]);
  });
});

test('a job for an unknown chunk or retry notification does nothing', async () => {
  const lab = createNotificationLab();
  const chunkJob = { inboundId, chunk: 3 };
  const retryJob = { inboundId, subscriptionKey };
  expect(await deliverNotifications.handle(chunkJob, lab.deps())).toEqual({ ...chunkJob, result: 'missing' });
  expect(await retryNotification.handle(retryJob, lab.deps())).toEqual({ ...retryJob, result: 'missing' });
  const givenUp = { result: 'givenUp', notifications: 0, error: new Error('notifications failed too often') };
  expect(await giveUpNotificationChunk.handle(chunkJob, lab.deps())).toEqual({ ...chunkJob, ...givenUp });
  expect(await giveUpNotificationRetry.handle(retryJob, lab.deps())).toEqual({ ...retryJob, ...givenUp });
  expect(lab.calls).toEqual([]);
  expect(lab.time.queued()).toEqual([]);
});

test('a poison chunk is delivered if only its workers had died', async () => {
  const lab = createNotificationLab();
  await lab.subscribe('flow');
  await lab.notifications.createChunks([partlyDone]);
  expect(await giveUpNotificationChunk.handle({ inboundId, chunk: 0 }, lab.deps())).toMatchObject({ delivered: 2 });
  expect(lab.calls.map(({ url }) => url)).toEqual([flowUrl('b')]);
  expect(await lab.letters()).toEqual([]);
});

test('a finished chunk is not touched again', async () => {
  const lab = createNotificationLab();
  await lab.subscribe('well');
  lab.tell(1);
  await lab.time.play();
  const before = lab.steps.length;
  const job = { inboundId, chunk: 0 };
  expect(await deliverNotifications.handle(job, lab.deps())).toEqual({ ...job, result: 'nothingToDo' });
  expect(lab.steps.slice(before)).toEqual(['notifications.readChunk']);
});

test('a partly finished chunk: only the rest is delivered', async () => {
  const lab = createNotificationLab();
  await lab.notifications.createChunks([partlyDone]);
  await deliverNotifications.handle({ inboundId, chunk: 0 }, lab.deps());
  expect(lab.calls.map(({ url }) => url)).toEqual([flowUrl('b')]);
  expect(await lab.fates()).toEqual({ a: 'delivered', b: 'delivered', c: 'ended' });
});

test('the result of a chunk counts what was delivered, retried and given up', async () => {
  const lab = createNotificationLab();
  await lab.subscribe('well', 'busy', 'broken');
  lab.script('busy', () => 503);
  lab.script('broken', () => 400);
  lab.tell(1);
  await lab.time.play(0);
  expect(lab.time.runs.at(-1)?.result).toEqual({
    inboundId,
    chunk: 0,
    result: 'done',
    delivered: 1,
    retried: 1,
    givenUp: 1,
  });
});

describe('notifications that always fail on our side', () => {
  async function failing(faults: FaultPlan, answer = 202) {
    const lab = createNotificationLab({ faults });
    await lab.subscribe('flow', 'other');
    lab.script('flow', () => answer);
    lab.tell(1);
    return lab;
  }
  const reasons = async (lab: Awaited<ReturnType<typeof failing>>) =>
    (await lab.letters())
      .map(
        ({ callbackUrl, reason: why, attempts, lastAnswer }) =>
          [callbackUrl, why, attempts, lastAnswer?.status] as const,
      )
      .toSorted(([left], [right]) => (left < right ? -1 : 1));

  test('become dead letters after twenty attempts: a chunk', async () => {
    const lab = await failing((step) => (step === 'notifications.createRetries' ? 'throws before' : undefined), 503);
    await lab.time.play(100 * hour);
    expect(lab.callTimes('other')).toHaveLength(20);
    expect(await reasons(lab)).toEqual([
      [flowUrl('flow'), reason, 20, undefined],
      [flowUrl('other'), reason, 20, undefined],
    ]);
    expect(await lab.fates()).toEqual({ flow: 'ended', other: 'ended' });
    const poison = lab.time.runs.filter(({ queue }) => queue === 'notifications-poison');
    // The worker that failed last still has its lease when the poison message comes.
    expect(poison.map(({ error, result }) => error?.message ?? result)).toEqual([
      expect.stringContaining('another worker holds the lease until'),
      { inboundId, chunk: 0, result: 'givenUp', notifications: 2, error: new Error('notifications failed too often') },
    ]);
    expect(lab.time.queued()).toEqual([]);
  });

  test('become dead letters after twenty attempts: a retry notification, with the last answer', async () => {
    let updates = 0;
    const lab = await failing((step) => {
      if (step !== 'notifications.updateRetry') return undefined;
      updates += 1;
      // Each claim succeeds, and recording each result fails.
      return updates <= 40 && updates % 2 === 0 ? 'throws before' : undefined;
    }, 503);
    await lab.time.play(100 * hour);
    expect(lab.callTimes('other')).toHaveLength(1);
    const [letter, ...rest] = await reasons(lab);
    expect(rest).toEqual([]);
    expect(letter?.[0]).toBe(flowUrl('flow'));
    expect(letter?.[3]).toBe(503);
    expect(await lab.fates()).toEqual({ flow: 'givenUp', other: 'delivered' });
    expect(lab.time.queued()).toEqual([]);
  });

  test('wait until dead letters can be added, if that is what fails', async () => {
    const lab = await failing((step, _, at) => {
      const isAway = step === 'deadLetters.add' && at < 30 * hour;
      return isAway ? 'throws before' : undefined;
    }, 400);
    await lab.time.play(100 * hour);
    expect(lab.callTimes('other')).toHaveLength(1);
    expect(await reasons(lab)).toEqual([[flowUrl('flow'), reason, 20 + 1, 400]]);
    expect(await lab.fates()).toEqual({ flow: 'givenUp', other: 'delivered' });
    expect(lab.time.queued()).toEqual([]);
  });

  test('are given up only if they are not done', async () => {
    const lab = await failing(() => undefined, 503);
    await lab.time.play(1 * second);
    const job = { inboundId, chunk: 0 };
    expect(await giveUpNotifications(job, lab.deps())).toMatchObject({ notifications: 0 });
    expect(await lab.fates()).toEqual({ flow: 'waiting', other: 'delivered' });
    expect(await giveUpNotifications({ inboundId, subscriptionKey }, lab.deps())).toMatchObject({
      notifications: 1,
    });
    expect(await giveUpNotifications({ inboundId, subscriptionKey }, lab.deps())).toMatchObject({
      notifications: 0,
    });
    expect(await reasons(lab)).toEqual([[flowUrl('flow'), reason, 1, 503]]);
    await lab.time.play();
    expect(lab.callTimes('flow')).toEqual([0]);
  });

  test('are not given up while a worker holds the lease: a retry notification', async () => {
    const lab = await failing(() => undefined, 503);
    await lab.time.play(1 * second);
    lab.script('flow', () => ({ afterMs: 20 * second, answer: 202 }));
    await lab.time.play(10 * second);
    await expect(giveUpNotifications({ inboundId, subscriptionKey }, lab.deps())).rejects.toThrow(
      'another worker holds the lease until',
    );
    await lab.time.play();
    expect(await lab.fates()).toEqual({ flow: 'delivered', other: 'delivered' });
    expect(await lab.letters()).toEqual([]);
  });

  test('keep a chunk’s finished targets, and a retry notification’s last answer', async () => {
    const lab = await failing(() => undefined, 503);
    await lab.notifications.createChunks([partlyDone]);
    await giveUpNotifications({ inboundId, chunk: 0 }, lab.deps());
    expect(await lab.fates()).toEqual({ a: 'delivered', b: 'ended', c: 'ended' });
    expect((await lab.letters()).map(({ callbackUrl }) => callbackUrl)).toEqual([flowUrl('b')]);
    lab.tell(2);
    await lab.time.play(1 * second);
    const job = { inboundId: labMessage(2).id, subscriptionKey };
    const before = await lab.retry('flow', 2);
    await giveUpNotifications(job, lab.deps());
    const { notBefore: _, ...kept } = before!;
    expect(await lab.retry('flow', 2)).toEqual({ ...kept, state: 'givenUp' });
  });

  test('are read again if a worker changes them while they are given up: a chunk', async () => {
    let updates = 0;
    const lab = await failing((step, number) => {
      // The chunk is stored, but not queued.
      if (step === 'queue.enqueueChunk' && number < 5) return 'throws before';
      if (step === 'notifications.updateChunk') updates += 1;
      return step === 'notifications.updateChunk' && updates === 1 ? 'conflicts' : undefined;
    });
    await lab.time.play(0);
    expect(await giveUpNotifications({ inboundId, chunk: 0 }, lab.deps())).toMatchObject({
      notifications: 2,
    });
    expect([updates, lab.calls, await lab.fates()]).toEqual([2, [], { flow: 'ended', other: 'ended' }]);
    expect(await reasons(lab)).toEqual([
      [flowUrl('flow'), reason, 0, undefined],
      [flowUrl('other'), reason, 0, undefined],
    ]);
  });

  test('are read again if a worker changes them while they are given up: a retry notification', async () => {
    let updates = 0;
    const lab = await failing((step) => {
      if (step === 'notifications.updateRetry') updates += 1;
      return step === 'notifications.updateRetry' && updates === 1 ? 'conflicts' : undefined;
    }, 503);
    await lab.time.play(0);
    expect(await giveUpNotifications({ inboundId, subscriptionKey }, lab.deps())).toMatchObject({
      notifications: 1,
    });
    expect([updates, await lab.fates()]).toEqual([2, { flow: 'givenUp', other: 'delivered' }]);
    expect(await reasons(lab)).toEqual([[flowUrl('flow'), reason, 1, 503]]);
  });
});
