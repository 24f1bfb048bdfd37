import { describe, expect, test } from 'vitest';

import {
  createFinalStatusRecorder,
  deliverDeliveryCallbacks,
  encodeCallbackJob,
  replayCallbacks,
} from '../../../src/delivery-callbacks/index.ts';
import { createMemoryCallbackQueue } from '../../support/fakes/callback-queue.ts';
import type { FinalRecipient } from '../../../src/messages/index.ts';
import { signCall } from '../../../src/delivery-callbacks/sign-call.ts';
import { createCallbackLab, dlrUrl, labMessageId, placeOf } from '../../support/labs/callback-lab.ts';
import { testNow } from '../../support/labs/kernel.ts';
import { testMessageId } from '../../support/labs/messaging.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

async function openLab(options: Parameters<typeof createCallbackLab>[0] = {}) {
  const lab = createCallbackLab(options);
  await lab.accept();
  return lab;
}

const settled = (details: Partial<FinalRecipient> = {}): FinalRecipient => ({
  messageId: testMessageId(1),
  chunk: 0,
  recipientIndex: 0,
  status: 'delivered',
  at: testNow,
  ...details,
});

describe('recording final statuses', () => {
  function createRecorder() {
    const callbackQueue = createMemoryCallbackQueue();
    const recorder = createFinalStatusRecorder({ dlr: { queue: callbackQueue } });
    return { jobs: callbackQueue.jobs, recorder };
  }

  test('queues one job for each chunk', async () => {
    const { jobs, recorder } = createRecorder();
    await recorder.record([]);
    expect(jobs).toEqual([]);
    await recorder.record([
      settled({ recipientIndex: 1, status: 'failed', code: 'E1' }),
      settled({ chunk: 3 }),
      settled({ messageId: testMessageId(2) }),
      settled({ recipientIndex: 2, code: 'x'.repeat(500) }),
    ]);
    expect(jobs.map(({ job }) => job)).toEqual([
      {
        messageId: testMessageId(1),
        chunk: 0,
        entries: [
          { recipientIndex: 1, status: 'failed', code: 'E1', at: testNow },
          { recipientIndex: 2, status: 'delivered', code: 'x'.repeat(200), at: testNow },
        ],
      },
      { messageId: testMessageId(1), chunk: 3, entries: [{ recipientIndex: 0, status: 'delivered', at: testNow }] },
      { messageId: testMessageId(2), chunk: 0, entries: [{ recipientIndex: 0, status: 'delivered', at: testNow }] },
    ]);
  });

  test.each([
    ['100 entries', 'x', [100, 100, 50]],
    ['40,000 bytes', '\u{1F600}'.repeat(100), [84, 83, 83]],
  ])('queues jobs of at most %s', async (_, code, sizes) => {
    const { jobs, recorder } = createRecorder();
    await recorder.record(Array.from({ length: 250 }, (_each, recipientIndex) => settled({ recipientIndex, code })));
    expect(jobs.map(({ job }) => job.entries?.length)).toEqual(sizes);
    for (const { job } of jobs) expect(Buffer.byteLength(JSON.stringify(encodeCallbackJob(job)))).toBeLessThan(40_200);
  });
});

test('each recipient gets one callback, with its data', async () => {
  const lab = await openLab({ header: { customerData: 'Tilaus 7' } });
  await lab.settle([0]);
  await lab.settle([1], { status: 'undelivered', code: '30007', at: new Date('2026-11-24T09:00:00.500Z') });
  await lab.time.play();
  expect(lab.calls.map(({ url }) => url)).toEqual([
    `${dlrUrl}&messageId=${labMessageId}&recipientId=${labMessageId}-00000&address=358401000000&status=Delivered` +
      `&statusCode=1&errorCode=&timestamp=${encodeURIComponent(testNow.toISOString())}&protocol=SMS&parts=2` +
      '&customerData=Tilaus%207',
    `${dlrUrl}&messageId=${labMessageId}&recipientId=${labMessageId}-00001&address=358401000001&status=Undelivered` +
      '&statusCode=3&errorCode=30007&timestamp=2026-11-24T09%3A00%3A00.500Z&protocol=SMS&parts=2&customerData=Tilaus%207',
  ]);
  expect(await lab.fates()).toEqual({ 0: 'done', 1: 'done' });
  // The row of callbacks has no phone number.
  expect(JSON.stringify(await lab.callbacks())).not.toContain('358401');
});

describe('a recipient gets one callback', () => {
  test('if its report is repeated, at the same moment or later', async () => {
    const lab = await openLab();
    await Promise.all([lab.settle([0, 1]), lab.settle([0, 1]), lab.settle([1, 0])]);
    await lab.time.play();
    await lab.settle([0, 1]);
    await lab.time.play();
    expect([lab.callTimes(0), lab.callTimes(1)]).toEqual([[0], [0]]);
    expect(lab.time.queued()).toEqual([]);
  });

  test('if it occurs twice in a job', async () => {
    const lab = await openLab();
    await lab.settle([2, 2]);
    await lab.time.play();
    expect(lab.callTimes(2)).toEqual([0]);
  });

  test('with the first final status, whatever comes later', async () => {
    const lab = await openLab();
    await lab.settle([0], { status: 'unknown' });
    await lab.time.play();
    await lab.settle([0], { status: 'delivered' });
    await lab.time.play();
    expect(lab.calls.map(({ url }) => /status=(\w+)/.exec(url)?.[1])).toEqual(['Unknown']);
  });

  test('with the first final status, even if a later one comes while the call fails', async () => {
    const lab = await openLab();
    lab.script((call) => (call === 1 ? 503 : 200));
    await lab.settle([0], { status: 'undelivered' });
    await lab.time.play(1 * second);
    await lab.settle([0], { status: 'delivered' });
    await lab.time.play();
    expect(lab.calls.map(({ url }) => /status=(\w+)/.exec(url)?.[1])).toEqual(['Undelivered', 'Undelivered']);
    expect(lab.callTimes(0)).toEqual([0, 5]);
    expect(lab.time.queued()).toEqual([]);
  });
});

test('a hundred reports that come one by one don’t wait for each other, and leave no job behind', async () => {
  const lab = await openLab({ recipients: 100 });
  lab.script(() => ({ afterMs: 10 * second, answer: 200 }));
  for (let recipientIndex = 0; recipientIndex < 100; recipientIndex += 1) await lab.settle([recipientIndex]);
  await lab.time.play();
  expect(lab.calls).toHaveLength(100);
  expect(new Set(lab.calls.map(({ url }) => placeOf(url))).size).toBe(100);
  expect(Object.values(await lab.fates())).toEqual(Array.from({ length: 100 }, () => 'done'));
  // One call for the first; then the ones that were added meanwhile, sixteen at a time, with a minute of calls in each
  // run.
  expect(Math.max(...lab.calls.map(({ at }) => at))).toBe(70 * second);
  expect(lab.results().filter((result) => result === 'joined')).toHaveLength(99);
  expect(lab.time.queued()).toEqual([]);
});

test('calls that fail one by one share a job for the next ones', async () => {
  const lab = await openLab({ recipients: 100 });
  lab.script(() => 503);
  for (let recipientIndex = 0; recipientIndex < 100; recipientIndex += 1) {
    await lab.settle([recipientIndex]);
    await lab.time.play(recipientIndex * 10);
  }
  await lab.time.play(10 * hour);
  expect(lab.time.queued().length).toBeLessThan(100 / 10);
  await lab.time.play();
  expect(new Set(Object.values(await lab.fates()))).toEqual(new Set(['givenUp']));
  expect(lab.time.queued()).toEqual([]);
});

test('copies of a job that come too early end, because the due job is queued', async () => {
  const lab = await openLab();
  lab.script((call) => (call < 3 ? 503 : 200));
  await lab.settle([0]);
  await lab.time.play(1 * second);
  for (let copy = 0; copy < 3; copy += 1) lab.time.enqueue('delivery-callbacks', { messageId: labMessageId, chunk: 0 });
  await lab.settle([0]);
  await lab.time.play(2 * second);
  expect(lab.results()).toEqual(['done', 'notDue', 'notDue', 'notDue', 'notDue']);
  expect(lab.time.queued().map(({ dueAt }) => dueAt)).toEqual([5 * second]);
  await lab.time.play();
  expect(lab.callTimes(0)).toEqual([0, 5, 20]);
});

describe('a call that fails', () => {
  const times = [0, 5, 20, 80, 380, 2_180, 5_780, 9_380];

  test.each<[string, Parameters<Awaited<ReturnType<typeof openLab>>['script']>[0]]>([
    ['that gets no answer', () => 'fails'],
    ['that gets 500', () => 500],
    ['that gets 408', () => 408],
    ['that gets 429', () => 429],
    ['that gets 404', () => 404],
    ['that gets 401', () => 401],
  ])('%s is retried by the schedule for 24 hours, then given up', async (_, script) => {
    const lab = await openLab();
    lab.script(script);
    await lab.settle([0]);
    await lab.settle([1]);
    await lab.time.play();
    const made = lab.callTimes(0);
    expect(made.slice(0, times.length)).toEqual(times);
    expect(made.at(-1)).toBeGreaterThan(22 * 3_600);
    expect(made.at(-1)).toBeLessThanOrEqual(24 * 3_600);
    expect(await lab.fates()).toEqual({ 0: 'givenUp', 1: 'givenUp' });
    expect((await lab.callbacks())?.entries[0]).toMatchObject({ attempts: made.length });
    expect(lab.time.queued()).toEqual([]);
  });

  test.each<[string, 'refused' | number, string]>([
    ['to a refused address', 'refused', 'The host leads to an address of a private network.'],
    ['that gets 400', 400, 'answered 400'],
    ['that gets 410', 410, 'answered 410'],
    ['that gets 301', 301, 'answered 301'],
  ])('%s is given up at once', async (_, answer, detail) => {
    const lab = await openLab();
    lab.script(() => answer);
    await lab.settle([0]);
    await lab.time.play();
    expect(lab.callTimes(0)).toEqual([0]);
    expect((await lab.callbacks())?.entries).toMatchObject([{ state: 'givenUp', attempts: 1, lastAnswer: { detail } }]);
    expect(lab.time.queued()).toEqual([]);
  });

  test('waits as long as Retry-After says, if that is longer', async () => {
    const lab = await openLab();
    lab.script(
      (call) => [{ status: 429, retryAfterSeconds: 100 }, { status: 503, retryAfterSeconds: 1 }, 200][call - 1]!,
    );
    await lab.settle([0]);
    await lab.time.play();
    expect(lab.callTimes(0)).toEqual([0, 100, 115]);
    expect(await lab.fates()).toEqual({ 0: 'done' });
  });

  test('is made once more at the end of the schedule if Retry-After is longer', async () => {
    const lab = await openLab();
    lab.script(() => ({ status: 503, retryAfterSeconds: 86_400 }));
    await lab.settle([0]);
    await lab.time.play();
    expect(lab.callTimes(0)).toEqual([0, 24 * 3_600]);
    expect(await lab.fates()).toEqual({ 0: 'givenUp' });
  });

  test('does not delay the others', async () => {
    const lab = await openLab();
    lab.script((call) => (call < 3 ? 503 : 200), 1);
    await lab.settle([0, 1, 2]);
    await lab.time.play();
    expect([0, 1, 2].map(lab.callTimes)).toEqual([[0], [0, 5, 20], [0]]);
  });

  test('that gets no answer defers the others, and they take turns', async () => {
    const lab = await openLab({ recipients: 40 });
    lab.script(() => ({ afterMs: 30 * second, answer: 'fails' }));
    await lab.settle(Array.from({ length: 40 }, (_, recipientIndex) => recipientIndex));
    await lab.time.play(31 * second);
    expect(lab.calls.map(({ url }) => placeOf(url))).toEqual(
      Array.from({ length: 16 }, (_, recipientIndex) => recipientIndex),
    );
    await lab.time.play(69 * second);
    expect(lab.calls.slice(16).map(({ url }) => placeOf(url))).toEqual(
      Array.from({ length: 16 }, (_, recipientIndex) => 16 + recipientIndex),
    );
    lab.script(() => 200);
    await lab.time.play();
    expect(new Set(Object.values(await lab.fates()))).toEqual(new Set(['done']));
    expect(lab.time.queued()).toEqual([]);
  });

  test('that never gets an answer: all are given up, each called at least once', async () => {
    const lab = await openLab({ recipients: 100 });
    lab.script(() => 'fails');
    await lab.settle(Array.from({ length: 100 }, (_, recipientIndex) => recipientIndex));
    await lab.time.play();
    expect(Object.values(await lab.fates())).toEqual(Array.from({ length: 100 }, () => 'givenUp'));
    expect(new Set(lab.calls.map(({ url }) => placeOf(url))).size).toBe(100);
    expect(lab.time.queued()).toEqual([]);
  });
});

test('calls begin only in the first half of the lease, and the rest follow in the next run', async () => {
  const lab = await openLab({ recipients: 100 });
  lab.script(() => ({ afterMs: 29 * second, answer: 200 }));
  await lab.settle(Array.from({ length: 100 }, (_, recipientIndex) => recipientIndex));
  await lab.time.play();
  const at = lab.calls.map((call) => call.at / second);
  expect(new Set(at)).toEqual(new Set([0, 29, 58, 87, 116, 145, 174]));
  expect(lab.calls).toHaveLength(100);
  expect(lab.time.runs.map(({ endedAt }) => endedAt / second)).toEqual([87, 174, 203]);
});

describe('a signature', () => {
  const customer = { callbackSecretSetting: 'CALLBACK_SECRET_DEMO' };

  test('is in each call, with the time of that call', async () => {
    const lab = await openLab({ customer });
    lab.secrets.set('CALLBACK_SECRET_DEMO', 's3cret');
    lab.script((call) => (call === 1 ? 503 : 200));
    await lab.settle([0]);
    await lab.time.play();
    expect(lab.calls.map(({ headers }) => headers)).toEqual(
      lab.calls.map(({ url, at }) => signCall(url, 's3cret', new Date(testNow.getTime() + at))),
    );
    expect(Number(lab.calls[1]?.headers['X-Timestamp']) - Number(lab.calls[0]?.headers['X-Timestamp'])).toBe(5);
  });

  test('is absent for a customer without a secret', async () => {
    const lab = await openLab();
    await lab.settle([0]);
    await lab.time.play();
    expect(lab.calls.map(({ headers }) => headers)).toEqual([{}]);
  });

  test.each<[typeof customer | undefined, string, number[]]>([
    [customer, 'the setting CALLBACK_SECRET_DEMO has no value', [80]],
    [undefined, 'the customer is not in the directory', []],
  ])('that can’t be made defers the call, and the log says why: %j', async (missing, words, calledAt) => {
    const lab = await openLab({ customer: missing });
    await lab.settle([0, 1]);
    await lab.time.play(1 * minute);
    expect(lab.calls).toEqual([]);
    expect(lab.time.runs[0]?.result).toMatchObject({ result: 'done', waiting: 2, error: new Error(words) });
    expect((await lab.callbacks())?.entries[0]).toMatchObject({ state: 'waiting', lastAnswer: { detail: words } });
    lab.secrets.set('CALLBACK_SECRET_DEMO', 's3cret');
    await lab.time.play();
    expect([lab.callTimes(0), lab.callTimes(1)]).toEqual([calledAt, calledAt]);
  });
});

describe('there is no call', () => {
  test('for a message that no longer exists', async () => {
    const lab = createCallbackLab();
    await lab.settle([0]);
    await lab.time.play();
    expect([lab.results(), lab.calls, await lab.callbacks()]).toEqual([['missing'], [], undefined]);
  });

  test('for a message without a DlrUrl', async () => {
    const lab = await openLab({ withoutDlrUrl: true });
    await lab.settle([0]);
    await lab.time.play();
    expect([lab.results(), lab.calls, await lab.callbacks()]).toEqual([['unwanted'], [], undefined]);
  });

  test('for a recipient that the message does not have', async () => {
    const lab = await openLab();
    await lab.settle([0, 7]);
    await lab.time.play();
    expect(lab.calls).toHaveLength(1);
    expect(await lab.fates()).toEqual({ 0: 'done', 7: 'givenUp' });
  });

  test.each([
    null,
    'text',
    [],
    {},
    { messageId: labMessageId },
    { messageId: labMessageId, chunk: -1 },
    { messageId: labMessageId, chunk: 0.5 },
    { messageId: `${labMessageId}0`, chunk: 0 },
    { messageId: labMessageId, chunk: 0, entries: {} },
    { messageId: labMessageId, chunk: 0, entries: [null] },
    { messageId: labMessageId, chunk: 0, entries: [{ place: '0', status: 'delivered', at: testNow.toISOString() }] },
    { messageId: labMessageId, chunk: 0, entries: [{ place: 0, status: 'a b', at: testNow.toISOString() }] },
    { messageId: labMessageId, chunk: 0, entries: [{ place: 0, status: 'delivered', at: 'yesterday' }] },
    { messageId: labMessageId, chunk: 0, entries: [{ place: 0, status: 'delivered' }] },
  ])('for a queue message that is not a job: %j', async (job) => {
    const lab = await openLab();
    await expect(deliverDeliveryCallbacks.handle(job, lab.deps)).rejects.toThrow('not a job');
    lab.time.enqueue('delivery-callbacks-poison', job);
    await lab.time.play();
    expect(lab.results()).toEqual(['notAJob']);
    expect(lab.calls).toEqual([]);
  });
});

describe('a callback that was given up', () => {
  test('is made again when it is replayed, with the whole schedule, and no other is', async () => {
    const lab = await openLab();
    lab.script((call) => (call < 3 ? 400 : 200), 0);
    await lab.settle([0, 1]);
    await lab.time.play(1 * hour);
    const replay = () => replayCallbacks(labMessageId, { ...lab.deps, dlr: { ...lab.deps.dlr, store: lab.store } });
    expect(await replay()).toBe(1);
    expect(await lab.fates()).toEqual({ 0: 'waiting', 1: 'done' });
    await lab.time.play(2 * hour);
    expect(await lab.fates()).toEqual({ 0: 'givenUp', 1: 'done' });
    expect(await replay()).toBe(1);
    await lab.time.play();
    expect(await lab.fates()).toEqual({ 0: 'done', 1: 'done' });
    expect([lab.callTimes(0), lab.callTimes(1)]).toEqual([[0, 3_600, 7_200], [0]]);
    expect(await replay()).toBe(0);
    expect(lab.time.queued()).toEqual([]);
  });

  test('is made again even if the replay ends before it queues the job', async () => {
    let queued = 0;
    const lab = await openLab({
      faults(step) {
        if (step === 'queue.enqueue') queued += 1;
        return step === 'queue.enqueue' && queued === 2 ? 'throws before' : undefined;
      },
    });
    lab.script((call) => (call === 1 ? 400 : 200));
    await lab.settle([0]);
    await lab.time.play();
    await expect(replayCallbacks(labMessageId, lab.deps)).rejects.toThrow('queue.enqueue failed');
    await lab.time.play();
    expect(lab.callTimes(0)).toEqual([0, 60]);
  });

  test('is replayed even if others change the row meanwhile', async () => {
    let writes = 0;
    const lab = await openLab({
      faults(step) {
        if (step !== 'callbackStore.write') return undefined;
        writes += 1;
        return writes === 3 ? 'conflicts' : undefined;
      },
    });
    lab.script((call) => (call === 1 ? 400 : 200));
    await lab.settle([0]);
    await lab.time.play();
    expect(await replayCallbacks(labMessageId, lab.deps)).toBe(1);
    await lab.time.play();
    expect(await lab.fates()).toEqual({ 0: 'done' });
    expect(await replayCallbacks(testMessageId(5), lab.deps)).toBe(0);
  });
});
