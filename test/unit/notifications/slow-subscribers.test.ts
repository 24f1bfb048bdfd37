import { describe, expect, test } from 'vitest';

import { createSlowSubscribers } from '../../../src/notifications/index.ts';
import { testNow } from '../../support/labs/kernel.ts';
import { createNotificationLab, labSubscription } from '../../support/labs/notification-lab.ts';
import type { FlowAnswer, NotificationLab } from '../../support/labs/notification-lab.ts';

const second = 1_000;
const minute = 60 * second;

const healthy = Array.from({ length: 99 }, (_, index) => `healthy-${index}`);
const numbers = Array.from({ length: 50 }, (_, index) => index + 1);

/** Sets up a lab with one slow flow among 99 healthy ones. */
async function amongHealthy(afterMs: number, answer: FlowAnswer = 202) {
  const lab = createNotificationLab();
  await lab.subscribe('slow', ...healthy);
  lab.script('slow', () => ({ afterMs, answer }));
  lab.tell(1);
  return lab;
}

const chunkRuns = (lab: NotificationLab) => lab.time.runs.filter(({ queue }) => queue === 'notifications');
const retryResults = (lab: NotificationLab) =>
  lab.time.runs
    .filter(({ queue }) => queue === 'notification-retries')
    .map(({ at, result }) => [at / second, (result as { result: string }).result]);

describe('a slow flow among 99 healthy ones', () => {
  test('lets the worker end after two seconds, with 99 notifications delivered and one retried', async () => {
    const lab = await amongHealthy(20 * second);
    await lab.time.play(1_999);
    expect(chunkRuns(lab)).toEqual([]);
    expect(lab.calls.map(({ at }) => at)).toEqual(Array.from({ length: 100 }, () => 0));
    await lab.time.play(2 * second);
    expect(chunkRuns(lab)).toEqual([
      {
        queue: 'notifications',
        at: 0,
        endedAt: 2 * second,
        result: expect.objectContaining({ result: 'done', delivered: 99, retried: 1, givenUp: 0 }) as unknown,
      },
    ]);
    const fates = await lab.fates();
    expect(fates).toEqual({ ...Object.fromEntries(healthy.map((name) => [name, 'delivered'])), slow: 'waiting' });
  });

  test('is delivered when its answer comes, and the job at the end of the lease finds nothing to do', async () => {
    const lab = await amongHealthy(20 * second);
    await lab.time.play(20 * second);
    expect((await lab.fates())['slow']).toBe('delivered');
    const { state, attempts, lastAnswer, leasedUntil } = (await lab.retry('slow'))!;
    expect({ state, attempts, lastAnswer, leasedUntil }).toEqual({
      state: 'delivered',
      attempts: 1,
      lastAnswer: { status: 202, detail: 'answered 202', at: new Date(testNow.getTime() + 20 * second) },
      leasedUntil: undefined,
    });
    await lab.time.play();
    expect(retryResults(lab)).toEqual([[62, 'nothingToDo']]);
    expect(lab.callTimes('slow')).toEqual([0]);
    expect(lab.time.queued()).toEqual([]);
  });

  test('is called again at the end of the lease if the process died before the answer', async () => {
    const lab = await amongHealthy(20 * second);
    await lab.time.play(3 * second);
    lab.kill();
    await lab.time.play();
    expect(lab.callTimes('slow')).toEqual([0, 62 * second]);
    expect(lab.calls).toHaveLength(101);
    expect(new Set(Object.values(await lab.fates()))).toEqual(new Set(['delivered']));
  });

  test('is called again like any other if it fails in the end, and its jobs don’t pile up', async () => {
    const lab = await amongHealthy(30 * second, 'fails');
    await lab.time.play(5 * minute);
    expect(lab.callTimes('slow')).toEqual([0, 35, 80, 170].map((seconds) => seconds * second));
    await lab.time.play();
    const times = lab.callTimes('slow');
    expect(await lab.letters()).toHaveLength(1);
    expect(lab.time.queued()).toEqual([]);
    // Each call leaves a job for the end of its lease. If each verdict queued one as well, the jobs would pile up.
    expect(retryResults(lab).length).toBeLessThan(times.length * 7);
  });
});

describe('a late answer, after another worker took the notification over', () => {
  /** Sets up a flow whose first call takes 100 seconds, longer than the lease, and whose second takes `secondTakes`. */
  async function takenOver(secondTakes: number, firstAnswer: number) {
    const lab = createNotificationLab();
    await lab.subscribe('slow');
    const answers = [
      { afterMs: 100 * second, answer: firstAnswer },
      { afterMs: secondTakes * second, answer: 202 },
    ];
    lab.script('slow', (call) => answers[call - 1] ?? 500);
    lab.tell(1);
    await lab.time.play(101 * second);
    return lab;
  }

  test('changes nothing if that worker has delivered it', async () => {
    const lab = await takenOver(1, 410);
    expect(await lab.fates()).toEqual({ slow: 'delivered' });
    expect(await lab.subscription('slow')).toEqual(labSubscription('slow'));
    await lab.time.play();
    expect(lab.callTimes('slow')).toEqual([0, 62 * second]);
    expect(await lab.letters()).toEqual([]);
  });

  test('changes nothing if that worker found the flow unsubscribed', async () => {
    const lab = createNotificationLab();
    await lab.subscribe('slow');
    lab.script('slow', () => ({ afterMs: 100 * second, answer: 503 }));
    lab.tell(1);
    await lab.time.play(30 * second);
    const { pipelineId, key } = labSubscription('slow');
    await lab.subscriptions.remove((await lab.subscriptions.find(pipelineId, key))!);
    await lab.time.play();
    expect(await lab.retry('slow')).toMatchObject({ state: 'ended', attempts: 1 });
    expect(await lab.letters()).toEqual([]);
  });

  test('does not count for the call that this worker has under way', async () => {
    const lab = await takenOver(50, 503);
    const { attempts, lastAnswer, leasedUntil } = (await lab.retry('slow'))!;
    expect([attempts, lastAnswer, leasedUntil]).toEqual([2, undefined, new Date(testNow.getTime() + 122 * second)]);
    await lab.time.play();
    expect(await lab.fates()).toEqual({ slow: 'delivered' });
    expect(lab.callTimes('slow')).toEqual([0, 62 * second]);
  });
});

describe('fifty messages', () => {
  test.each([
    ['dead', 'fails' as const],
    ['hanging', { afterMs: 30 * second, answer: 'fails' as const }],
    ['refusing', 404],
    ['forbidding', 403],
    ['gone', 410],
  ])('to a healthy flow are delivered once and immediately, beside a %s one', async (name, answer) => {
    const lab = createNotificationLab();
    await lab.subscribe(name, 'healthy');
    lab.script(name, () => answer);
    lab.tell(...numbers);
    await lab.time.play(10 * second);
    expect(lab.callTimes('healthy')).toEqual(numbers.map(() => 0));
    for (const number of numbers) expect((await lab.fates(number))['healthy']).toBe('delivered');
    await lab.time.play(10 * minute);
    expect(lab.callTimes('healthy')).toHaveLength(50);
  });
});

describe('a flow that was slow', () => {
  /** Makes one slow call, and sends another message at the given time. */
  async function nextMessage(at: number) {
    const lab = createNotificationLab();
    await lab.subscribe('slow', 'healthy');
    lab.script('slow', (call) => (call === 1 ? { afterMs: 20 * second, answer: 202 } : 202));
    lab.tell(1);
    await lab.time.play(at);
    lab.tell(2);
    await lab.time.play();
    return lab;
  }

  test('is called apart from the chunk for five minutes, so that nobody waits for it', async () => {
    const lab = await nextMessage(5 * minute);
    const [, second] = chunkRuns(lab);
    expect(second?.result).toMatchObject({ result: 'done', delivered: 1, retried: 1 });
    expect(await lab.fates(2)).toEqual({ healthy: 'delivered', slow: 'delivered' });
    expect((await lab.retry('slow', 2))?.attempts).toBe(1);
  });

  test('is called with the others after that', async () => {
    const lab = await nextMessage(5 * minute + 2 * second);
    expect(chunkRuns(lab)[1]?.result).toMatchObject({ result: 'done', delivered: 2, retried: 0 });
  });

  test('is called with the others again after one quick call', async () => {
    const lab = await nextMessage(1 * minute);
    lab.tell(3);
    await lab.time.play();
    expect(chunkRuns(lab)[2]?.result).toMatchObject({ result: 'done', delivered: 2, retried: 0 });
  });

  test('has few calls under way at a time if many messages come, and gets all in the end', async () => {
    const lab = createNotificationLab({ random: () => 0.5 });
    await lab.subscribe('slow');
    lab.script('slow', () => ({ afterMs: 20 * second, answer: 202 }));
    lab.tell(0);
    await lab.time.play(3 * second);
    for (const number of numbers) {
      lab.tell(number);
      await lab.time.play(lab.time.elapsed() + second);
    }
    await lab.time.play();
    const times = lab.callTimes('slow');
    const max = Math.max(...times.map((at) => times.filter((other) => other <= at && other > at - 20 * second).length));
    expect(times).toHaveLength(51);
    // Eight, and those of the last two seconds, which are not known to be slow yet.
    expect(max).toBeLessThanOrEqual(10);
    expect(retryResults(lab).map(([, result]) => result)).toContain('crowded');
    for (const number of numbers) expect(await lab.fates(number)).toEqual({ slow: 'delivered' });
  });
});

describe('the memory of slow flows', () => {
  test('is separate for each flow, and ends after five minutes or a quick call', () => {
    let now = testNow;
    const slow = createSlowSubscribers(() => now);
    slow.begin('a');
    slow.begin('b');
    expect(['a', 'b', 'c'].map((key) => slow.isSlow(key))).toEqual([true, true, false]);
    slow.clear('b');
    now = new Date(testNow.getTime() + 5 * minute - 1);
    expect(['a', 'b'].map((key) => slow.isSlow(key))).toEqual([true, false]);
    now = new Date(testNow.getTime() + 5 * minute);
    expect(slow.isSlow('a')).toBe(false);
  });

  test('counts each call that is under way until it ends', () => {
    const slow = createSlowSubscribers(() => testNow);
    const ends = Array.from({ length: 8 }, () => slow.begin('a'));
    expect([slow.isCrowded('a'), slow.isCrowded('b')]).toEqual([true, false]);
    slow.clear('a');
    expect(slow.isCrowded('a')).toBe(true);
    ends[0]?.();
    expect(slow.isCrowded('a')).toBe(false);
    for (const end of ends.slice(1)) end();
    for (let call = 0; call < 7; call++) slow.begin('a');
    expect(slow.isCrowded('a')).toBe(false);
    slow.begin('a');
    expect(slow.isCrowded('a')).toBe(true);
  });
});
