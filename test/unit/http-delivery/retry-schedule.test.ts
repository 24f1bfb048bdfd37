import { nextCallAt } from '../../../src/http-delivery/index.ts';
import { describe, expect, test } from 'vitest';

import { customerKey } from '../../../src/directory/index.ts';
import { defaultSchedule } from '../../support/labs/default-settings.ts';
import { createNotificationLab, flowUrl, labMessage, labSubscription } from '../../support/labs/notification-lab.ts';
import { testNow } from '../../support/labs/kernel.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** When calls are made that all fail immediately, in milliseconds from the first. */
const defaultTimes = [
  0,
  5 * second,
  20 * second,
  80 * second,
  380 * second,
  2_180 * second,
  ...Array.from({ length: 23 }, (_, index) => 2_180 * second + (index + 1) * hour),
];

describe('a flow that never takes a message', () => {
  test('is called after 5 s, 15 s, 1 min, 5 min, 30 min, then hourly for a day, then is a dead letter', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('dead');
    lab.script('dead', () => 503);
    lab.tell(1);
    await lab.time.play();
    expect(lab.callTimes('dead')).toEqual(defaultTimes);
    expect(defaultTimes.at(-1)).toBeLessThanOrEqual(day);
    expect(defaultTimes.at(-1)! + hour).toBeGreaterThan(day);
    expect(await lab.fates()).toEqual({ dead: 'givenUp' });
    const { key, pipelineId } = labSubscription('dead');
    const givenUpAt = new Date(testNow.getTime() + defaultTimes.at(-1)!);
    expect(await lab.letters()).toEqual([
      {
        id: `${customerKey('demo')}.${testNow.getTime().toString(16).padStart(12, '0')}.${labMessage(1).id}.${key}`,
        inboundId: labMessage(1).id,
        customerId: 'demo',
        serviceId: 'demo-twoway',
        pipelineId,
        subscriptionKey: key,
        callbackUrl: flowUrl('dead'),
        payload: lab.calls[0]?.body,
        reason: 'the calls failed for too long',
        attempts: defaultTimes.length,
        lastAnswer: { status: 503, detail: 'answered 503', at: givenUpAt },
        since: testNow,
        givenUpAt,
      },
    ]);
    expect(await lab.subscription('dead')).toEqual(labSubscription('dead'));
    expect(lab.time.queued()).toEqual([]);
  });

  test('is called up to a fifth later than scheduled, never earlier', async () => {
    const lab = createNotificationLab({ random: () => 0.999 });
    await lab.subscribe('dead');
    lab.script('dead', () => 503);
    lab.tell(1);
    await lab.time.play();
    const times = lab.callTimes('dead');
    const gaps = times.slice(1).map((at, index) => at - times[index]!);
    const wanted = defaultTimes.slice(1, times.length).map((at, index) => at - defaultTimes[index]!);
    expect(times).toHaveLength(25);
    for (const [index, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThan(wanted[index]! * 1.19);
      // Queues count whole seconds.
      expect(gap).toBeLessThan(wanted[index]! * 1.2 + second);
    }
    expect(times.at(-1)).toBeLessThanOrEqual(day);
    expect(await lab.letters()).toHaveLength(1);
  });

  test.each([
    [408, 503],
    [425, 503],
    [429, 503],
    [500, 503],
    [599, 503],
    ['fails', 503],
  ] as const)('is called again after %j', async (first, then) => {
    const lab = createNotificationLab();
    await lab.subscribe('busy');
    lab.script('busy', (call) => [first, then, 200][call - 1] ?? 500);
    lab.tell(1);
    await lab.time.play();
    expect(lab.callTimes('busy')).toEqual([0, 5 * second, 20 * second]);
    expect(await lab.fates()).toEqual({ busy: 'delivered' });
    expect(await lab.letters()).toEqual([]);
  });

  test('keeps the last answer while it waits, and drops the time of its next call once it is delivered', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('busy');
    lab.script('busy', (call) => (call < 6 ? 500 : 200));
    lab.tell(1);
    await lab.time.play(400 * second);
    const waiting = { inboundId: labMessage(1).id, customerId: 'demo', serviceId: 'demo-twoway', since: testNow };
    expect(await lab.retry('busy')).toEqual({
      ...waiting,
      payload: lab.calls[0]?.body,
      target: expect.objectContaining({ callbackUrl: flowUrl('busy') }) as unknown,
      state: 'waiting',
      attempts: 5,
      lastAnswer: { status: 500, detail: 'answered 500', at: new Date(testNow.getTime() + 380 * second) },
      notBefore: new Date(testNow.getTime() + 2_180 * second),
    });
    await lab.time.play();
    expect(lab.callTimes('busy')).toEqual(defaultTimes.slice(0, 6));
    expect(await lab.retry('busy')).toEqual({
      ...waiting,
      payload: lab.calls[0]?.body,
      target: expect.objectContaining({ callbackUrl: flowUrl('busy') }) as unknown,
      state: 'delivered',
      attempts: 6,
      lastAnswer: { status: 200, detail: 'answered 200', at: new Date(testNow.getTime() + 2_180 * second) },
    });
  });
});

describe('Retry-After', () => {
  test.each([
    ['is respected if it is longer than the schedule', 120, 120],
    ['is ignored if it is shorter', 2, 5],
  ])('%s', async (_, retryAfterSeconds, expected) => {
    const lab = createNotificationLab();
    await lab.subscribe('busy');
    lab.script('busy', (call) => (call === 1 ? { status: 429, retryAfterSeconds } : 202));
    lab.tell(1);
    await lab.time.play();
    expect(lab.callTimes('busy')).toEqual([0, expected * second]);
  });

  test('is respected at a later call too, and the schedule goes on after it', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('busy');
    lab.script('busy', (call) => (call === 2 ? { status: 503, retryAfterSeconds: 100 } : 500));
    lab.tell(1);
    await lab.time.play(hour);
    expect(lab.callTimes('busy')).toEqual([0, 5, 105, 165, 465, 2_265].map((seconds) => seconds * second));
  });
});

describe('the next call', () => {
  const since = testNow;
  const after = (milliseconds: number): Date => new Date(since.getTime() + milliseconds);

  test('is made if it begins within the time, to the millisecond', () => {
    const schedule = { delaysSeconds: [10], giveUpAfterSeconds: 100 };
    expect(nextCallAt(schedule, { attempts: 9, since, now: after(90_000) }, 0)).toEqual(after(100_000));
    expect(nextCallAt(schedule, { attempts: 9, since, now: after(90_001) }, 0)).toBeUndefined();
    expect(nextCallAt(schedule, { attempts: 9, since, now: after(90_000) }, 0.01)).toBeUndefined();
  });

  test('is made at the end of the time if Retry-After asks for a longer wait', () => {
    const schedule = { delaysSeconds: [10], giveUpAfterSeconds: 100 };
    const state = { attempts: 1, since, retryAfterSeconds: 500 };
    expect(nextCallAt(schedule, { ...state, now: after(50_000) }, 0.5)).toEqual(after(100_000));
    expect(nextCallAt(schedule, { ...state, now: after(95_000) }, 0.5)).toBeUndefined();
  });

  test('has Retry-After spread by chance as well, so that calls do not come back together', () => {
    const next = nextCallAt(defaultSchedule, { attempts: 1, since, now: since, retryAfterSeconds: 100 }, 0.25);
    expect(next).toEqual(after(105_000));
  });

  test('is rounded up to a millisecond', () => {
    const schedule = { delaysSeconds: [1], giveUpAfterSeconds: 100 };
    expect(nextCallAt(schedule, { attempts: 1, since, now: since }, 0.0001)).toEqual(after(1_001));
  });

  test('is made at once if the schedule is empty, and never if there is no time', () => {
    expect(nextCallAt({ delaysSeconds: [], giveUpAfterSeconds: 1 }, { attempts: 1, since, now: since }, 0.9)).toEqual(
      since,
    );
    expect(
      nextCallAt({ delaysSeconds: [1], giveUpAfterSeconds: 0 }, { attempts: 1, since, now: since }, 0),
    ).toBeUndefined();
  });
});
