import { afterEach, describe, expect, test } from 'vitest';

import { failpointNames, watchFailpoints } from '../../../src/core/failpoint.ts';
import type { FailpointName } from '../../../src/core/failpoint.ts';
import { giveUpDeliveryCallbacks } from '../../../src/delivery-callbacks/index.ts';
import { createCallbackLab, labMessageId, placeOf } from '../../support/labs/callback-lab.ts';
import { seededRandom } from '../../support/tools/random.ts';
import type { Fault, FaultPlan } from '../../support/fakes/watched-port.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const expectedFates = { 0: 'done', 1: 'done', 2: 'done', 3: 'givenUp', 4: 'givenUp' };

/** Sets up a message whose address answers each recipient's callback differently. */
async function openAll(faults?: FaultPlan) {
  const lab = createCallbackLab({ recipients: 5, ...(faults === undefined ? {} : { faults }) });
  await lab.accept();
  lab.script((call) => (call < 3 ? 503 : 200), 1);
  lab.script(() => ({ afterMs: 10 * second, answer: 200 }), 2);
  lab.script(() => 400, 3);
  lab.script(() => 'fails', 4);
  return lab;
}

/** Queues the final statuses of all recipients, some of them twice. */
async function queueAll(lab: Awaited<ReturnType<typeof openAll>>) {
  for (const recipientIndexes of [
    [0, 1],
    [2, 3, 4],
    [1, 2],
  ]) {
    lab.time.enqueue('delivery-callbacks', {
      messageId: labMessageId,
      chunk: 0,
      entries: recipientIndexes.map((recipientIndex) => ({
        place: recipientIndex,
        status: 'delivered',
        at: lab.time.now().toISOString(),
      })),
    });
  }
  await lab.time.play(60 * hour);
}

async function runAll(faults?: FaultPlan) {
  let isOn = false;
  const lab = await openAll((step, number, at) => (isOn ? faults?.(step, number, at) : undefined));
  lab.steps.length = 0;
  isOn = true;
  await queueAll(lab);
  return lab;
}

afterEach(() => watchFailpoints(undefined));

describe('a fault at any step', async () => {
  const { steps } = await runAll();
  const faults: Fault[] = ['throws before', 'throws after', 'dies before', 'dies after'];

  test('is tried at more than 40 steps', () => {
    expect(steps.length).toBeGreaterThan(40);
  });

  test.each(faults)('loses no callback, and repeats each at most once: %s', async (fault) => {
    const outcomes: unknown[] = [];
    for (const [index, step] of steps.entries()) {
      const lab = await runAll((_, number) => (number === index + 1 ? fault : undefined));
      outcomes.push({
        step: `${index + 1}: ${step}`,
        fates: await lab.fates(),
        calledTooOften: lab.callTimes(0).length > 2 || lab.callTimes(3).length > 2,
        queued: lab.time.queued(),
      });
    }
    const good = { fates: expectedFates, calledTooOften: false, queued: [] };
    expect(outcomes).toEqual(steps.map((step, index) => ({ step: `${index + 1}: ${step}`, ...good })));
  });
});

const points = failpointNames.filter((name) => name.startsWith('callback.'));

test.each(points.flatMap((point) => [1, 2, 3].map((passing): [FailpointName, number] => [point, passing])))(
  'a process that ends at %s, the %d. time, loses no callback',
  async (point, passing) => {
    const lab = await openAll();
    let passed = 0;
    const dead = new Error('dead');
    watchFailpoints((candidate) => {
      if (candidate !== point) return;
      passed += 1;
      if (passed !== passing) return;
      lab.time.kill();
      throw dead;
    });
    await queueAll(lab);
    expect(passed).toBeGreaterThanOrEqual(passing);
    expect(await lab.fates()).toEqual(expectedFates);
    expect(lab.callTimes(0).length).toBeLessThanOrEqual(2);
    expect(lab.time.queued()).toEqual([]);
  },
);

test('callbacks have four failpoints', () => {
  expect(points).toHaveLength(4);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'two hours of failing storage and dying processes lose no callback: seed %d',
  async (seed) => {
    const random = seededRandom(seed);
    const possible: Fault[] = ['throws before', 'throws after', 'dies before', 'dies after'];
    const lab = await runAll((step, _, at) => {
      if (at >= 2 * hour || random.below(12) > 0) return undefined;
      return random.pick(step.endsWith('.write') ? [...possible, 'conflicts'] : possible);
    });
    expect(await lab.fates()).toEqual(expectedFates);
    expect(lab.time.queued()).toEqual([]);
  },
);

describe('a worker that died', () => {
  test('has its chunk taken over when the lease ends, not before', async () => {
    const lab = await openAll();
    lab.script((call) => (call === 1 ? { afterMs: 30 * second, answer: 200 } : 200), 0);
    await lab.settle([0]);
    await lab.time.play(1 * second);
    lab.time.kill();
    // Its own job, which comes back early, is distinguished from a job with new statuses.
    await lab.settle([0]);
    await lab.settle([1]);
    await lab.time.play(119 * second);
    expect(new Set(lab.results())).toEqual(new Set(['joined', 'taken']));
    expect(lab.calls).toHaveLength(1);
    await lab.time.play();
    expect(lab.callTimes(0)).toEqual([0, 121]);
    expect(lab.callTimes(1)[0]).toBe(121);
    expect(lab.time.queued()).toEqual([]);
  });

  test('does not count if its calls end after its lease', async () => {
    const lab = await openAll();
    lab.script((call) => (call === 1 ? { afterMs: 130 * second, answer: 400 } : 200), 0);
    await lab.settle([0]);
    lab.time.enqueue('delivery-callbacks', { messageId: labMessageId, chunk: 0 }, 121);
    await lab.time.play();
    expect(lab.results()).toEqual(['done', 'overtaken']);
    expect(lab.callTimes(0)).toEqual([0, 121]);
    expect(await lab.fates()).toEqual({ 0: 'done' });
  });

  test('is waited for as long as the configured lease', async () => {
    const lab = await openAll();
    Object.assign(lab.deps.dlr, { leaseSeconds: 10 });
    lab.script((call) => (call === 1 ? { afterMs: 9 * second, answer: 200 } : 200), 0);
    await lab.settle([0]);
    await lab.time.play(1 * second);
    lab.time.kill();
    await lab.settle([0]);
    await lab.time.play();
    expect(lab.callTimes(0)).toEqual([0, 11]);
  });
});

describe('a job that failed too often', () => {
  const fail = (isFailing: (step: string, at: number) => boolean) =>
    openAll((step, _, at) => (isFailing(step, at) ? 'throws before' : undefined));

  test('is tried once more, and done if the faults have passed', async () => {
    const lab = await fail((step, at) => step === 'messages.readChunk' && at < 19.5 * minute);
    await lab.settle([0]);
    await lab.time.play(19.2 * minute);
    lab.time.enqueue('delivery-callbacks-poison', { messageId: labMessageId, chunk: 0 }, 60);
    await lab.time.play();
    expect(lab.callTimes(0)).toHaveLength(0);
    lab.time.enqueue('delivery-callbacks-poison', {
      messageId: labMessageId,
      chunk: 0,
      entries: [{ place: 1, status: 'read', at: lab.time.now().toISOString() }],
    });
    await lab.time.play();
    expect(lab.callTimes(1)).toHaveLength(3);
  });

  test('is given up if that fails too, and listed', async () => {
    const lab = await fail((step) => step === 'messages.readChunk');
    await lab.settle([0, 1]);
    await lab.time.play();
    expect(lab.time.runs.at(-1)).toMatchObject({
      queue: 'delivery-callbacks-poison',
      result: { result: 'givenUp', givenUp: 2, error: new Error('callbacks failed too often on our side') },
    });
    expect((await lab.callbacks())?.entries).toMatchObject([
      { state: 'givenUp', status: 'delivered', lastAnswer: { detail: 'callbacks failed too often on our side' } },
      { state: 'givenUp' },
    ]);
    expect(await lab.store.listGivenUp({ limit: 10 })).toHaveLength(1);
    expect(lab.time.queued()).toEqual([]);
  });

  test('is given up after twenty tries and a last one, each with its call', async () => {
    const lab = await fail((step) => step === 'queue.enqueue');
    lab.script(() => 503);
    await lab.settle([0]);
    await lab.time.play();
    expect(lab.results()).not.toContain('taken');
    expect(lab.callTimes(0)).toHaveLength(20 + 1);
    expect(await lab.fates()).toEqual({ 0: 'givenUp' });
    expect(lab.time.queued()).toEqual([]);
  });

  test('is given up even if its last try left a lease, and keeps the last answer', async () => {
    let writes = 0;
    // The first run is recorded. In the second, the claim succeeds, and later writes fail until the job is given up.
    const lab = await fail((step) => {
      if (step !== 'callbackStore.write') return false;
      writes += 1;
      return writes === 4 || writes === 5;
    });
    lab.script(() => 503);
    await lab.settle([0]);
    await lab.time.play(3 * second);
    lab.time.enqueue('delivery-callbacks-poison', {
      messageId: labMessageId,
      chunk: 0,
      entries: [{ place: 1, status: 'read', at: lab.time.now().toISOString() }],
    });
    await lab.time.play();
    expect((await lab.callbacks())?.lease).toBeUndefined();
    expect((await lab.callbacks())?.entries).toMatchObject([
      { recipientIndex: 0, state: 'givenUp', lastAnswer: { detail: 'answered 503' } },
      { recipientIndex: 1, state: 'givenUp', lastAnswer: { detail: 'callbacks failed too often on our side' } },
    ]);
    expect([lab.callTimes(0), lab.callTimes(1)]).toEqual([[0], [3]]);
    expect(lab.time.queued()).toEqual([]);
  });

  test('is not given up while a worker holds the lease', async () => {
    const lab = await openAll();
    await lab.settle([2]);
    await lab.time.play(1 * second);
    const job = { messageId: labMessageId, chunk: 0 };
    await expect(giveUpDeliveryCallbacks.handle(job, lab.deps)).rejects.toThrow('another worker holds the lease until');
    await lab.time.play();
    expect(await lab.fates()).toEqual({ 2: 'done' });
  });

  test('is dropped if its message no longer exists', async () => {
    const lab = await fail((step) => step === 'messages.readChunk');
    const job = { messageId: 'ab'.repeat(16), chunk: 0, entries: [{ place: 0, status: 'read', at: lab.time.now() }] };
    expect(await giveUpDeliveryCallbacks.handle(job, lab.deps)).toMatchObject({ result: 'missing' });
  });
});

test('a recipient whose callback was given up gets no call for another report', async () => {
  const lab = await openAll();
  await lab.settle([3]);
  await lab.time.play();
  await lab.settle([3], { status: 'read' });
  await lab.time.play();
  expect(lab.calls.map(({ url }) => placeOf(url))).toEqual([3]);
});
