import { describe, expect, test } from 'vitest';

import { giveUpChunk } from '../../../../src/messages/deliver/give-up-chunk.ts';
import type { CarrierLimiter, Chunk, OutboundCarrier, SendOutcome } from '../../../../src/messages/index.ts';
import { sendChunk } from '../../../../src/messages/deliver/send-chunk.ts';
import { retryDelays } from '../../../../src/messages/deliver/retry-delays.ts';
import { watchFailpoints } from '../../../../src/core/failpoint.ts';
import type { FailpointName } from '../../../../src/core/failpoint.ts';
import { testNow } from '../../../support/labs/kernel.ts';
import { createScriptedCarrier, everythingSent, takeJobs } from '../../../support/labs/messaging.ts';
import { acceptedMessage, outcomes, seconds } from '../../../support/labs/sending-lab.ts';

const { sent, unknown, lost, retry } = outcomes;
const lease = 120;

/** A carrier that takes one message in a call and does not recognise repeats. */
const nonIdempotentCarrier = (...script: Parameters<typeof createScriptedCarrier>) =>
  createScriptedCarrier(script[0] ?? everythingSent, { idempotent: false, batchSize: 10, ...script[1] });

const countOf = ({ statuses }: Chunk, wanted: string): number => statuses.filter((status) => status === wanted).length;

/** Ends the work as a crash would, when it passes a failpoint for the n-th time: nothing after that is done. */
async function crashingAt<Result>(point: FailpointName, nth: number, work: () => Promise<Result>): Promise<void> {
  let passed = 0;
  watchFailpoints((candidate) => {
    if (candidate !== point) return;
    passed += 1;
    if (passed === nth) throw new Error(`crashed at ${point}`);
  });
  try {
    await expect(work()).rejects.toThrow(`crashed at ${point}`);
  } finally {
    watchFailpoints(undefined);
  }
}

describe('a carrier that takes one message in a call', () => {
  test('gets a chunk in slices of ten, each recorded with the outcome of the one before', async () => {
    const seen: { sent: number; inFlight: readonly number[] | undefined; attempts: number }[] = [];
    const carrier = nonIdempotentCarrier(async (batch) => {
      const chunk = await message.read();
      seen.push({ sent: countOf(chunk, 'sent'), inFlight: chunk.inFlight, attempts: chunk.attempts });
      return everythingSent(batch);
    });
    const message = await acceptedMessage(25, [carrier]);
    expect(await message.send()).toBe('sent');
    const recipientIndexes = (from: number, to: number): number[] =>
      Array.from({ length: to - from }, (_, at) => from + at);
    expect(seen).toEqual([
      { sent: 0, inFlight: recipientIndexes(0, 10), attempts: 1 },
      { sent: 10, inFlight: recipientIndexes(10, 20), attempts: 1 },
      // These are all that still wait: the row needs no list.
      { sent: 20, inFlight: undefined, attempts: 1 },
    ]);
    const chunk = await message.read();
    expect([countOf(chunk, 'sent'), chunk.leasedUntil, chunk.inFlight, chunk.carrier]).toEqual([
      25,
      undefined,
      undefined,
      'scripted',
    ]);
  });

  test.for([
    ['send.claimed', 1, 0],
    ['send.submitted', 1, 10],
    ['send.submitted', 2, 20],
    ['send.sliceRecorded', 1, 10],
    ['send.sliceRecorded', 2, 20],
    ['send.submitted', 3, 25],
    ['send.recorded', 1, 25],
  ] as const)(
    'leaves at most ten in doubt after a crash at %s, passing %i, and nobody is sent to twice',
    async ([point, nth, submitted]) => {
      const carrier = nonIdempotentCarrier();
      const message = await acceptedMessage(25, [carrier]);
      await crashingAt(point, nth, message.send);
      expect(carrier.batches.flatMap(({ recipients }) => recipients)).toHaveLength(submitted);
      message.setNow(seconds(lease));
      await message.send();
      const chunk = await message.read();
      const inDoubt = countOf(chunk, 'unknown');
      expect(inDoubt).toBeLessThanOrEqual(10);
      expect(countOf(chunk, 'sent')).toBe(25 - inDoubt);
      const ids = carrier.batches.flatMap(({ recipients }) => recipients.map(({ recipientId }) => recipientId));
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  test('leaves the recipients in flight in doubt after a crash, and the others are sent to', async () => {
    const carrier = nonIdempotentCarrier();
    const message = await acceptedMessage(25, [carrier]);
    await crashingAt('send.submitted', 2, message.send);
    message.setNow(seconds(lease));
    expect(await message.send()).toBe('sent');
    const { statuses, notes } = await message.read();
    expect(statuses.slice(10, 20)).toEqual(Array.from({ length: 10 }, () => 'unknown'));
    expect(notes.get(10)).toMatchObject({ code: 'AttemptInDoubt', reason: 'inDoubt' });
    expect(statuses.filter((status) => status === 'sent')).toHaveLength(15);
  });

  test('ends a recipient in doubt with the status of a report that came meanwhile', async () => {
    const message = await acceptedMessage(12, [nonIdempotentCarrier()]);
    await crashingAt('send.submitted', 1, message.send);
    const at = seconds(5);
    const { messageId } = message.job;
    await message.deps.messages.store.appendReports(messageId, [
      { chunk: 0, recipientIndex: 3, status: 'delivered', at },
    ]);
    message.setNow(seconds(lease));
    expect(await message.send()).toBe('sent');
    const { statuses } = await message.read();
    expect([statuses[2], statuses[3], statuses[11]]).toEqual(['unknown', 'delivered', 'sent']);
  });

  test('ends only the recipients in flight as unknown when a chunk is given up', async () => {
    const message = await acceptedMessage(15, [nonIdempotentCarrier()]);
    await crashingAt('send.submitted', 1, message.send);
    message.setNow(seconds(lease));
    expect(await giveUpChunk(message.job, message.deps)).toBe(15);
    const chunk = await message.read();
    expect([countOf(chunk, 'unknown'), countOf(chunk, 'failed')]).toEqual([10, 5]);
  });

  test('has a chunk recorded as far as it got if a slice can not be followed up, and continued later', async () => {
    const { rejected } = outcomes;
    const answers: SendOutcome[][] = [Array.from({ length: 10 }, (_, at) => (at === 0 ? rejected : sent))];
    const carrier = nonIdempotentCarrier((batch, call) => answers[call - 1] ?? everythingSent(batch));
    const message = await acceptedMessage(12, [carrier]);
    const failures = { record: () => Promise.reject(new Error('no contact can be written')) };
    await expect(
      sendChunk(message.job, { ...message.deps, messages: { ...message.deps.messages, failures } }),
    ).rejects.toThrow('no contact can be written');
    const left = await message.read();
    expect([countOf(left, 'sent'), countOf(left, 'queued'), left.leasedUntil]).toEqual([9, 3, undefined]);
    expect(await message.send()).toBe('sent');
    expect(carrier.batches.map(({ recipients }) => recipients.length)).toEqual([10, 3]);
  });
});

test('sendChunk checks for unreported recipients after the first and the last slice only', async () => {
  const template = { name: 't', language: 'en', headerParameters: [], bodyParameters: [], buttons: [] };
  const prepared = { protocol: 'WhatsApp', sender: '358401000001', template, fallbackSender: 'Arena' } as const;
  const message = await acceptedMessage(95, [nonIdempotentCarrier()], { prepared });
  expect(await message.send()).toBe('sent');
  const checks = takeJobs(message.queue).filter(({ job }) => job.check === 'unreported');
  // With the first slice, and with the last, which may be much later.
  expect(checks).toHaveLength(2);
});

describe('a carrier that recognises repeats', () => {
  test('has all recipients in flight at once, however many calls that takes', async () => {
    const seen: (readonly number[] | undefined)[] = [];
    const carrier = createScriptedCarrier(
      async (batch) => {
        seen.push((await message.read()).inFlight);
        return everythingSent(batch);
      },
      { batchSize: 10 },
    );
    const message = await acceptedMessage(25, [carrier]);
    expect(await message.send()).toBe('sent');
    expect(seen).toEqual([undefined, undefined, undefined]);
  });

  test('alone gets recipients in doubt again, with the time of the first attempt', async () => {
    const first = createScriptedCarrier((batch, call) =>
      call === 1 ? batch.recipients.map(() => lost) : everythingSent(batch),
    );
    const second = { ...createScriptedCarrier(), name: 'second' };
    const message = await acceptedMessage(3, [first, second]);
    expect(await message.send()).toBe('partlySent');
    expect(await message.read()).toMatchObject({ carrier: 'scripted', inFlight: [0, 1, 2], attemptedAt: testNow });
    message.setNow(seconds(retryDelays[0]));
    expect(await message.send()).toBe('sent');
    expect(first.batches.map(({ attemptedAt }) => attemptedAt)).toEqual([testNow, testNow]);
    expect(second.batches).toEqual([]);
  });

  test('gets recipients in doubt again first and together; they stay in doubt while others are sent', async () => {
    const seen: (readonly number[] | undefined)[] = [];
    const submittedIds: string[][] = [];
    const carrier = createScriptedCarrier(async (batch, call) => {
      seen.push((await message.read()).inFlight);
      submittedIds.push(batch.recipients.map(({ recipientId }) => recipientId.slice(-2)));
      return call === 1 ? batch.recipients.map(() => lost) : everythingSent(batch);
    });
    const acquired = [2, 2, 0, 1];
    const limiter: CarrierLimiter = {
      acquire: async (_, { count }) => ({ acquired: acquired.shift() ?? count, waitSeconds: 1 }),
      report: () => {},
    };
    const message = await acceptedMessage(5, [carrier], { limiter });
    expect(await message.send()).toBe('partlySent');
    expect(seen).toEqual([
      [0, 1],
      [0, 1, 2, 3],
    ]);
    expect(await message.read()).toMatchObject({
      statuses: ['queued', 'queued', 'sent', 'sent', 'queued'],
      inFlight: [0, 1],
      attemptedAt: testNow,
    });
    message.setNow(seconds(retryDelays[0]));
    expect(await message.send()).toBe('sent');
    expect(submittedIds).toEqual([['00', '01'], ['02', '03'], ['00', '01'], ['04']]);
    expect(carrier.batches[2]?.attemptedAt).toEqual(testNow);
  });

  test.for([
    ['can’t be reached', outcomes.down],
    ['has no room', outcomes.throttled],
    ['doesn’t know us', { ...retry, reason: 'carrierSettings' }],
  ] as const)('leaves recipients in doubt if at the repeat it %s', async ([, refusal]) => {
    const first = createScriptedCarrier((batch, call) => batch.recipients.map(() => (call === 1 ? lost : refusal)));
    const second = { ...createScriptedCarrier(), name: 'second' };
    const message = await acceptedMessage(2, [first, second]);
    await message.send();
    message.setNow(seconds(retryDelays[0]));
    expect(await message.send()).toBe('partlySent');
    expect(second.batches).toEqual([]);
    expect(await message.read()).toMatchObject({ inFlight: [0, 1], attemptedAt: testNow, carrier: 'scripted' });
    await message.leave({ ...(await message.read()), attempts: retryDelays.length });
    message.setNow(seconds(30 * 3_600));
    expect(await message.send()).toBe('sent');
    expect((await message.read()).statuses).toEqual(['unknown', 'unknown']);
    expect(message.deps.messages.failures.counted).toEqual([]);
  });

  test('leaves recipients of a dead worker in doubt as well, if it refuses the repeat', async () => {
    const first = createScriptedCarrier((batch, call) => (call === 1 ? everythingSent(batch) : [outcomes.down]));
    const second = { ...createScriptedCarrier(), name: 'second' };
    const message = await acceptedMessage(1, [first, second]);
    await crashingAt('send.submitted', 1, message.send);
    message.setNow(seconds(lease));
    expect(await message.send()).toBe('partlySent');
    expect(second.batches).toEqual([]);
    expect(await message.read()).toMatchObject({ inFlight: [0], attemptedAt: testNow });
  });

  test('gets an attempt after a refusal with a time of its own', async () => {
    const carrier = createScriptedCarrier((batch, call) => (call === 1 ? [retry] : everythingSent(batch)));
    const message = await acceptedMessage(1, [carrier]);
    await message.send();
    message.setNow(seconds(retryDelays[0]));
    await message.send();
    expect(carrier.batches.map(({ attemptedAt }) => attemptedAt)).toEqual([testNow, seconds(retryDelays[0])]);
  });

  test('gets the repeat of an attempt whose worker died, even if it is the last choice', async () => {
    const first = createScriptedCarrier(() => [outcomes.down]);
    const second = { ...createScriptedCarrier(), name: 'second' };
    const message = await acceptedMessage(1, [first, second]);
    await crashingAt('send.submitted', 2, message.send);
    expect(await message.read()).toMatchObject({ carrier: 'second', attemptedAt: testNow });
    message.setNow(seconds(lease));
    expect(await message.send()).toBe('sent');
    expect([first.batches.length, second.batches.length]).toEqual([1, 2]);
    expect(second.batches[1]).toEqual(second.batches[0]);
  });
});

describe('if the operator wants messages in doubt sent again', () => {
  const service = { resendInDoubt: true };
  const open = (count: number, carrier: OutboundCarrier) => acceptedMessage(count, [carrier], { service });

  test('sends again to the recipients that a dead worker had in flight', async () => {
    const carrier = nonIdempotentCarrier();
    const message = await open(12, carrier);
    await crashingAt('send.submitted', 1, message.send);
    message.setNow(seconds(lease));
    expect(await message.send()).toBe('sent');
    expect(countOf(await message.read(), 'sent')).toBe(12);
    expect(carrier.batches.map(({ recipients }) => recipients.length)).toEqual([10, 10, 2]);
  });

  test('does not send again to a recipient of whom a report came meanwhile', async () => {
    const carrier = nonIdempotentCarrier();
    const message = await open(3, carrier);
    await crashingAt('send.submitted', 1, message.send);
    const { messageId } = message.job;
    await message.deps.messages.store.appendReports(messageId, [
      { chunk: 0, recipientIndex: 0, status: 'delivered', at: seconds(5) },
      { chunk: 0, recipientIndex: 1, status: 'sent', at: seconds(5) },
    ]);
    message.setNow(seconds(lease));
    expect(await message.send()).toBe('sent');
    expect((await message.read()).statuses).toEqual(['delivered', 'sent', 'sent']);
    expect(carrier.batches.map(({ recipients }) => recipients.length)).toEqual([3, 1]);
  });

  test('repeats an attempt whose answer was lost, and ends as unknown when the attempts are used up', async () => {
    const carrier = nonIdempotentCarrier(() => [unknown]);
    const message = await open(1, carrier);
    let now = testNow;
    for (const delay of retryDelays) {
      expect(await message.send()).toBe('partlySent');
      expect(takeJobs(message.queue)).toEqual([{ job: message.job, delaySeconds: delay }]);
      now = new Date(now.getTime() + delay * 1000);
      message.setNow(now);
    }
    expect(await message.send()).toBe('sent');
    expect((await message.read()).statuses).toEqual(['unknown']);
    expect(carrier.batches).toHaveLength(retryDelays.length + 1);
  });

  test('ends recipients as unknown if there is no carrier any more', async () => {
    const message = await open(1, nonIdempotentCarrier());
    await crashingAt('send.submitted', 1, message.send);
    message.setNow(seconds(lease));
    expect(
      await sendChunk(message.job, { ...message.deps, carriers: { ...message.deps.carriers, byName: new Map() } }),
    ).toBe('inDoubt');
    expect((await message.read()).statuses).toEqual(['unknown']);
  });

  test('ends a lost answer as unknown at once without that setting', async () => {
    const message = await acceptedMessage(1, [nonIdempotentCarrier(() => [unknown])]);
    expect(await message.send()).toBe('sent');
    expect((await message.read()).statuses).toEqual(['unknown']);
    expect(message.queue.jobs).toEqual([]);
  });
});

test('message ids of a carrier that reports by nothing else are stored before the outcome is recorded', async () => {
  const byReference: SendOutcome = { outcome: 'sent', carrierReference: 'acs-1', reportedByReference: true };
  const carrier = createScriptedCarrier(() => [byReference, sent]);
  const message = await acceptedMessage(2, [carrier]);
  await crashingAt('send.submitted', 1, message.send);
  const { carriers } = message.deps;
  expect(await carriers.ids.find('scripted', 'acs-1')).toMatchObject({ value: `${message.job.messageId}-00000` });
  expect(await carriers.ids.find('scripted', 'c-1')).toBeUndefined();
});
