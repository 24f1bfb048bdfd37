import { describe, expect, test } from 'vitest';

import { giveUpOutboundChunk, sendOutboundChunk } from '../../../../src/messages/index.ts';
import type { Chunk, OutboundCarrier, PreparedSend, SendOutcome } from '../../../../src/messages/index.ts';
import { giveUpChunk } from '../../../../src/messages/deliver/give-up-chunk.ts';
import { sendChunk } from '../../../../src/messages/deliver/send-chunk.ts';
import { retryDelays } from '../../../../src/messages/deliver/retry-delays.ts';
import { workers } from '../../../../src/workers.ts';
import { testNow } from '../../../support/labs/kernel.ts';
import { acceptedMessage as openMessage, seconds } from '../../../support/labs/sending-lab.ts';
import {
  createScriptedCarrier,
  createSending,
  everythingSent,
  phones,
  takeJobs,
  testMessageId,
} from '../../../support/labs/messaging.ts';
import type { DeliverDeps } from '../../../../src/messages/deps.ts';

const leaseSeconds = 120;
const acceptedMessage = (recipientCount: number, carrier: OutboundCarrier, prepared: Partial<PreparedSend> = {}) =>
  openMessage(recipientCount, [carrier], { prepared });

const inDoubt = {
  code: 'AttemptInDoubt',
  message: 'Sending was interrupted, and the carrier may already have the message.',
  reason: 'inDoubt',
};

/** The progress of a chunk, without what never changes. */
function progressOf({ statuses, notes, references, attempts, leasedUntil, updatedAt }: Chunk) {
  return { statuses, notes: [...notes], references: [...references], attempts, leasedUntil, updatedAt };
}

const sent: SendOutcome = { outcome: 'sent', carrierReference: 'c-1' };
const sentWithoutReference: SendOutcome = { outcome: 'sent' };
const rejected: SendOutcome = { outcome: 'rejected', code: 'blocked', message: 'The number is blocked.' };
const unknown: SendOutcome = { outcome: 'unknown', code: 'timeout', message: 'No answer in time.' };
const retry: SendOutcome = { outcome: 'retry', code: 'busy', message: 'Too many at once.' };

describe('a chunk', () => {
  test('is claimed before the carrier gets it, and its outcome is recorded after', async () => {
    const seen: Chunk[] = [];
    const carrier = createScriptedCarrier(async (batch) => {
      seen.push(await message.read());
      message.setNow(seconds(3));
      return everythingSent(batch);
    });
    const message = await acceptedMessage(2, carrier);
    expect(await message.send()).toBe('sent');
    expect(seen.map(progressOf)).toEqual([
      {
        statuses: ['queued', 'queued'],
        notes: [],
        references: [],
        attempts: 1,
        leasedUntil: seconds(leaseSeconds),
        updatedAt: testNow,
      },
    ]);
    expect(progressOf(await message.read())).toEqual({
      statuses: ['sent', 'sent'],
      notes: [],
      references: [],
      attempts: 1,
      leasedUntil: undefined,
      updatedAt: seconds(3),
    });
    expect(message.queue.jobs).toEqual([]);
  });

  test('goes to the carrier with a text rendered for each recipient', async () => {
    const carrier = createScriptedCarrier();
    const [first = '', second = ''] = phones(2);
    const { send, job } = await acceptedMessage(0, carrier, {
      content: '$(b) $($)(b) $(a)e',
      recipients: [
        { address: first, parts: 1, values: ['Hei', 'Aino'] },
        { address: second, parts: 2, values: ['$(a)', 'e\u0301'] },
      ],
    });
    await send();
    expect(carrier.batches).toEqual([
      {
        messageId: job.messageId,
        sender: 'Arena',
        protocol: 'SMS',
        attemptedAt: testNow,
        recipients: [
          { recipientId: `${job.messageId}-00000`, address: first, content: 'Hei $(b) Ainoe', parts: 1 },
          { recipientId: `${job.messageId}-00001`, address: second, content: '$(a) $(b) ée', parts: 2 },
        ],
      },
    ]);
  });

  test('gives each recipient the status that the carrier answered', async () => {
    const answers = [sent, sentWithoutReference, rejected, unknown];
    const message = await acceptedMessage(
      4,
      createScriptedCarrier(() => answers),
    );
    expect(await message.send()).toBe('sent');
    expect(progressOf(await message.read())).toMatchObject({
      statuses: ['sent', 'sent', 'rejected', 'unknown'],
      notes: [
        [2, { code: 'blocked', message: 'The number is blocked.' }],
        [3, { code: 'timeout', message: 'No answer in time.' }],
      ],
      references: [[0, 'c-1']],
    });
    expect(message.queue.jobs).toEqual([]);
    expect(await message.send()).toBe('nothingToDo');
  });

  test('shortens the texts of a carrier, and replaces characters that storage would escape', async () => {
    const words = `"\\\0${'x'.repeat(500)}`;
    const answers: SendOutcome[] = [
      { outcome: 'rejected', code: words, message: words },
      { outcome: 'sent', carrierReference: words },
      { outcome: 'sent', carrierReference: `${'x'.repeat(199)}😀` },
    ];
    const message = await acceptedMessage(
      3,
      createScriptedCarrier(() => answers),
    );
    await message.send();
    expect(progressOf(await message.read())).toMatchObject({
      notes: [[0, { code: `'  ${'x'.repeat(57)}`, message: `'  ${'x'.repeat(197)}` }]],
      references: [
        [1, `'  ${'x'.repeat(197)}`],
        [2, `${'x'.repeat(199)}\ufffd`],
      ],
    });
  });

  test('that does not exist is missing', async () => {
    const { deps, queue } = await acceptedMessage(1, createScriptedCarrier());
    expect(await sendChunk({ messageId: testMessageId(9), chunk: 0 }, deps)).toBe('missing');
    expect(await sendChunk({ messageId: testMessageId(1), chunk: 1 }, deps)).toBe('missing');
    expect(queue.jobs).toEqual([]);
  });
});

describe('a recipient who fails for good', () => {
  const failureOf = (messageId: string, recipientIndex: number, at = testNow) => ({
    customerId: 'demo',
    number: phones(4)[recipientIndex],
    recipientId: `${messageId}-0000${recipientIndex}`,
    at,
  });

  test('is counted, and nobody else', async () => {
    const message = await acceptedMessage(
      4,
      createScriptedCarrier(() => [rejected, sent, unknown, retry]),
    );
    await message.send();
    expect(message.deps.messages.failures.counted).toEqual([failureOf(message.job.messageId, 0)]);
    await message.leave({ statuses: ['rejected', 'sent', 'unknown', 'queued'], attempts: retryDelays.length });
    message.setNow(seconds(9));
    const last = createSending(
      message.deps,
      createScriptedCarrier(() => [retry]),
      () => seconds(9),
    );
    await sendChunk(message.job, last);
    expect(last.messages.failures.counted).toEqual([failureOf(message.job.messageId, 3, seconds(9))]);
  });

  test('is counted before the failure is recorded; if counting fails, the recipient waits for another attempt', async () => {
    const message = await acceptedMessage(
      1,
      createScriptedCarrier(() => [rejected]),
    );
    const failures = { record: () => Promise.reject(new Error('no contact can be written')) };
    await expect(
      sendChunk(message.job, { ...message.deps, messages: { ...message.deps.messages, failures } }),
    ).rejects.toThrow('no contact can be written');
    expect(progressOf(await message.read())).toMatchObject({ statuses: ['queued'], leasedUntil: undefined });
    expect(await message.send()).toBe('sent');
    expect((await message.read()).statuses).toEqual(['rejected']);
    expect(message.deps.messages.failures.counted).toHaveLength(1);
  });
});

describe('a carrier', () => {
  test('gets no more recipients in one call than it takes', async () => {
    const carrier = createScriptedCarrier(everythingSent, { batchSize: 3 });
    const message = await acceptedMessage(7, carrier);
    expect(await message.send()).toBe('sent');
    const [first, second, third] = carrier.batches.map(({ recipients }) => recipients.map(({ address }) => address));
    expect([first, second, third]).toEqual([phones(7).slice(0, 3), phones(7).slice(3, 6), phones(7).slice(6)]);
    expect((await message.read()).statuses).toEqual(Array.from({ length: 7 }, () => 'sent'));
  });

  test('that says nothing about some recipients leaves only these unknown', async () => {
    const answers = [[sent], [rejected, sent, sent, sent], [], [sent]];
    const carrier = createScriptedCarrier((_, call) => answers[call - 1] ?? [], { batchSize: 2 });
    const message = await acceptedMessage(8, carrier);
    expect(await message.send()).toBe('sent');
    const noAnswer = {
      code: 'NoAnswer',
      message: "The carrier's answer does not mention the recipient.",
      reason: 'inDoubt',
    };
    const { statuses, notes } = await message.read();
    expect(statuses).toEqual(['sent', 'unknown', 'rejected', 'sent', 'unknown', 'unknown', 'sent', 'unknown']);
    expect([...notes].sort(([left], [right]) => left - right)).toEqual([
      [1, noAnswer],
      [2, { code: 'blocked', message: 'The number is blocked.' }],
      [4, noAnswer],
      [5, noAnswer],
      [7, noAnswer],
    ]);
  });
});

describe('a refusal for now', () => {
  test('is followed by further attempts, at growing delays, until the recipient fails', async () => {
    const carrier = createScriptedCarrier(() => [retry]);
    const message = await acceptedMessage(1, carrier);
    const course: [result: string, statuses: readonly string[], delay: number | undefined][] = [];
    let now = testNow;
    for (let delay: number | undefined = 0; delay !== undefined;) {
      now = new Date(now.getTime() + delay * 1000);
      message.setNow(now);
      const result = await message.send();
      const { statuses, notes, leasedUntil } = await message.read();
      expect([[...notes], leasedUntil]).toEqual([[[0, { code: 'busy', message: 'Too many at once.' }]], undefined]);
      delay = takeJobs(message.queue)[0]?.delaySeconds;
      course.push([result, statuses, delay]);
    }
    expect(course).toEqual([
      ...retryDelays.map((delay) => ['partlySent', ['queued'], delay]),
      ['sent', ['failed'], undefined],
    ]);
    expect(retryDelays).toEqual(retryDelays.toSorted((left, right) => left - right));
    expect(carrier.batches).toHaveLength(retryDelays.length + 1);
  });

  test('is not retried before its time, however many copies of the job there are', async () => {
    const carrier = createScriptedCarrier(() => [retry]);
    const message = await acceptedMessage(1, carrier);
    expect(await message.send()).toBe('partlySent');
    takeJobs(message.queue);
    message.setNow(seconds(1));
    expect([await message.send(), await message.send()]).toEqual(['notDue', 'notDue']);
    expect(message.queue.jobs.map(({ delaySeconds }) => delaySeconds)).toEqual([1, 1]);
    expect(carrier.batches).toHaveLength(1);
    message.setNow(seconds(2));
    expect(await message.send()).toBe('partlySent');
    expect(carrier.batches).toHaveLength(2);
  });

  test('concerns only the refused recipients: the others are not sent to again', async () => {
    const [first = '', second = '', third = ''] = phones(3);
    const answers = [[sent, retry, retry], [retry, sent], [sent]];
    const carrier = createScriptedCarrier((_, call) => answers[call - 1] ?? []);
    const message = await acceptedMessage(3, carrier);
    expect(await message.send()).toBe('partlySent');
    expect((await message.read()).statuses).toEqual(['sent', 'queued', 'queued']);
    message.setNow(seconds(2));
    expect(await message.send()).toBe('partlySent');
    expect((await message.read()).statuses).toEqual(['sent', 'queued', 'sent']);
    message.setNow(seconds(60));
    expect(await message.send()).toBe('sent');
    expect(progressOf(await message.read())).toMatchObject({
      statuses: ['sent', 'sent', 'sent'],
      notes: [],
      references: [
        [0, 'c-1'],
        [2, 'c-1'],
        [1, 'c-1'],
      ],
      attempts: 3,
    });
    const sentTo = carrier.batches.map(({ recipients }) => recipients.map(({ address }) => address));
    expect(sentTo).toEqual([[first, second, third], [second, third], [second]]);
    const ids = carrier.batches.map(({ recipients }) => recipients.map(({ recipientId }) => recipientId.slice(-5)));
    expect(ids).toEqual([['00000', '00001', '00002'], ['00001', '00002'], ['00001']]);
  });

  test('is queued for a retry before it is recorded, so that a crash in between leaves a job', async () => {
    const message = await acceptedMessage(
      1,
      createScriptedCarrier(() => [retry]),
    );
    const { messages } = message.deps;
    let writes = 0;
    const deps: DeliverDeps = {
      ...message.deps,
      messages: {
        ...message.deps.messages,
        store: {
          ...messages.store,
          async updateChunk(versioned, progress) {
            writes += 1;
            if (writes === 2) throw new Error('the process died');
            return messages.store.updateChunk(versioned, progress);
          },
        },
      },
    };
    await expect(sendChunk(message.job, deps)).rejects.toThrow('the process died');
    expect(message.queue.jobs).toEqual([{ job: message.job, delaySeconds: retryDelays[0] }]);
  });
});

describe('a chunk that is not due', () => {
  test('is queued again for the rest of its time, in several delays if that is long', async () => {
    const carrier = createScriptedCarrier();
    const sendAt = seconds(10 * 24 * 3_600);
    const message = await acceptedMessage(1, carrier, { sendAt });
    const maxDelay = 24 * 3_600;
    expect(await message.send()).toBe('notDue');
    expect(takeJobs(message.queue)).toEqual([{ job: message.job, delaySeconds: maxDelay }]);
    message.setNow(seconds(maxDelay));
    expect(await message.send()).toBe('notDue');
    expect(takeJobs(message.queue)).toEqual([{ job: message.job, delaySeconds: maxDelay }]);
    message.setNow(new Date(sendAt.getTime() - 1));
    expect(await message.send()).toBe('notDue');
    expect(takeJobs(message.queue)).toEqual([{ job: message.job, delaySeconds: 1 }]);
    expect(progressOf(await message.read())).toMatchObject({ statuses: ['scheduled'], attempts: 0 });
    expect(carrier.batches).toEqual([]);

    message.setNow(sendAt);
    expect(await message.send()).toBe('sent');
    expect((await message.read()).statuses).toEqual(['sent']);
  });
});

describe('two workers at once', () => {
  test('send a chunk once: one write wins', async () => {
    const carrier = createScriptedCarrier();
    const message = await acceptedMessage(100, carrier);
    const results = await Promise.all(Array.from({ length: 5 }, () => message.send()));
    expect(results.sort()).toEqual(['sent', 'taken', 'taken', 'taken', 'taken']);
    expect(carrier.batches).toHaveLength(1);
    expect((await message.read()).attempts).toBe(1);
  });

  test('do not share a chunk: the second queues its job for after the lease', async () => {
    const carrier = createScriptedCarrier();
    const message = await acceptedMessage(1, carrier);
    await message.leave({ statuses: ['queued'], attempts: 1, leasedUntil: seconds(leaseSeconds) });
    message.setNow(seconds(20.5));
    const before = await message.read();
    expect(await message.send()).toBe('taken');
    expect(takeJobs(message.queue)).toEqual([{ job: message.job, delaySeconds: 101 }]);
    expect(await message.read()).toEqual(before);
    expect(carrier.batches).toEqual([]);
  });

  test('never overwrite each other: an outcome that comes too late is an error', async () => {
    const carrier = createScriptedCarrier(async (batch) => {
      await message.leave({ statuses: ['unknown'] });
      return everythingSent(batch);
    });
    const message = await acceptedMessage(1, carrier);
    await expect(message.send()).rejects.toThrow(`chunk 0 of ${message.job.messageId} changed while it was leased`);
    expect((await message.read()).statuses).toEqual(['unknown']);
  });
});

describe('an attempt whose worker died', () => {
  const left = { statuses: ['sent', 'queued', 'queued'], attempts: 1, leasedUntil: seconds(leaseSeconds) } as const;

  test('is repeated with the same ids if the carrier recognises repeats', async () => {
    const carrier = createScriptedCarrier();
    const message = await acceptedMessage(3, carrier);
    await message.leave(left);
    message.setNow(seconds(leaseSeconds));
    expect(await message.send()).toBe('sent');
    expect(carrier.batches.map(({ recipients }) => recipients.map(({ recipientId }) => recipientId))).toEqual([
      [`${message.job.messageId}-00001`, `${message.job.messageId}-00002`],
    ]);
    expect(progressOf(await message.read())).toMatchObject({ statuses: ['sent', 'sent', 'sent'], attempts: 2 });
  });

  test('leaves its recipients unknown if the carrier does not recognise repeats', async () => {
    const carrier = createScriptedCarrier(everythingSent, { idempotent: false });
    const message = await acceptedMessage(3, carrier);
    await message.leave(left);
    message.setNow(seconds(leaseSeconds));
    expect(await message.send()).toBe('inDoubt');
    expect(carrier.batches).toEqual([]);
    expect(progressOf(await message.read())).toEqual({
      statuses: ['sent', 'unknown', 'unknown'],
      notes: [
        [1, inDoubt],
        [2, inDoubt],
      ],
      references: [],
      attempts: 1,
      leasedUntil: undefined,
      updatedAt: seconds(leaseSeconds),
    });
    expect(message.queue.jobs).toEqual([]);
  });

  test('differs from one that was refused for now: without a lease nothing is in doubt', async () => {
    const carrier = createScriptedCarrier(everythingSent, { idempotent: false });
    const message = await acceptedMessage(3, carrier);
    await message.leave({ statuses: left.statuses, attempts: 1 });
    expect(await message.send()).toBe('sent');
    expect((await message.read()).statuses).toEqual(['sent', 'sent', 'sent']);
  });

  test('ends as unknown if the last answers were lost: the carrier may have the message', async () => {
    const lost: SendOutcome = { outcome: 'retry', code: 'Timeout', message: 'no answer', mayHaveArrived: true };
    const carrier = createScriptedCarrier(() => [lost]);
    const message = await acceptedMessage(1, carrier);
    await message.leave({ statuses: ['queued'], attempts: retryDelays.length });
    expect(await message.send()).toBe('sent');
    expect((await message.read()).statuses).toEqual(['unknown']);
  });

  test('is not repeated for ever if each attempt ends its worker', async () => {
    const carrier = createScriptedCarrier(() => Promise.reject(new Error('the process died')));
    const message = await acceptedMessage(1, carrier);
    let now = testNow;
    for (let attempt = 1; attempt <= retryDelays.length + 1; attempt += 1) {
      await expect(message.send()).rejects.toThrow('the process died');
      expect(progressOf(await message.read())).toMatchObject({ statuses: ['queued'], attempts: attempt });
      now = new Date(now.getTime() + leaseSeconds * 1000);
      message.setNow(now);
    }
    await message.send();
    expect(progressOf(await message.read())).toMatchObject({ statuses: ['unknown'], notes: [[0, inDoubt]] });
    expect(carrier.batches).toHaveLength(retryDelays.length + 1);
    expect(await message.send()).toBe('nothingToDo');
  });
});

describe('a chunk that is given up', () => {
  const processingFailed = {
    code: 'ProcessingFailed',
    message: 'Sending failed too often on our side.',
    reason: 'ownFailure',
  };
  const note = { code: 'blocked', message: 'The number is blocked.' };

  test('ends those who still wait as failed, and leaves the others as they are', async () => {
    const message = await acceptedMessage(4, createScriptedCarrier());
    await message.leave({
      statuses: ['sent', 'queued', 'rejected', 'accepted'],
      notes: new Map([[2, note]]),
      references: new Map([[0, 'c-1']]),
      attempts: 3,
    });
    message.setNow(seconds(5));
    expect(await giveUpChunk(message.job, message.deps)).toBe(2);
    expect(progressOf(await message.read())).toEqual({
      statuses: ['sent', 'failed', 'rejected', 'failed'],
      notes: [
        [2, note],
        [1, processingFailed],
        [3, processingFailed],
      ],
      references: [[0, 'c-1']],
      attempts: 3,
      leasedUntil: undefined,
      updatedAt: seconds(5),
    });
    expect(message.deps.messages.failures.counted.map(({ number }) => number)).toEqual([phones(4)[1], phones(4)[3]]);
    expect(await giveUpChunk(message.job, message.deps)).toBe(0);
    expect(message.queue.jobs).toEqual([]);
  });

  test('waits while a worker has it in flight: the poison message is only a copy', async () => {
    const message = await acceptedMessage(2, createScriptedCarrier());
    const left = { statuses: ['sent', 'queued'], attempts: 1, leasedUntil: seconds(leaseSeconds) } as const;
    await message.leave(left);
    expect(await giveUpChunk(message.job, message.deps)).toBe(0);
    expect((await message.read()).statuses).toEqual(left.statuses);
    expect(message.queue.jobs).toEqual([{ job: message.job, delaySeconds: leaseSeconds + 1 }]);
  });

  test('ends recipients as unknown if the carrier may have them', async () => {
    const message = await acceptedMessage(2, createScriptedCarrier());
    await message.leave({ statuses: ['sent', 'queued'], attempts: 1, leasedUntil: seconds(leaseSeconds) });
    message.setNow(seconds(leaseSeconds));
    expect(await giveUpChunk(message.job, message.deps)).toBe(1);
    expect(progressOf(await message.read())).toMatchObject({
      statuses: ['sent', 'unknown'],
      notes: [[1, inDoubt]],
      leasedUntil: undefined,
    });
    expect(message.deps.messages.failures.counted).toEqual([]);
  });

  test('is read again if somebody else changed it meanwhile', async () => {
    const message = await acceptedMessage(2, createScriptedCarrier());
    const { messages } = message.deps;
    let reads = 0;
    const deps: DeliverDeps = {
      ...message.deps,
      messages: {
        ...message.deps.messages,
        store: {
          ...messages.store,
          async readChunk(...given) {
            const found = await messages.store.readChunk(...given);
            reads += 1;
            if (reads === 1) await message.leave({ statuses: ['sent', 'queued'] });
            return found;
          },
        },
      },
    };
    expect(await giveUpChunk(message.job, deps)).toBe(1);
    expect((await message.read()).statuses).toEqual(['sent', 'failed']);
  });

  test('is ignored if it does not exist', async () => {
    const { deps } = await acceptedMessage(1, createScriptedCarrier());
    expect(await giveUpChunk({ messageId: testMessageId(9), chunk: 0 }, deps)).toBe(0);
  });
});

test('sendChunk recognises a write whose answer got lost by the stored chunk', async () => {
  const carrier = createScriptedCarrier();
  const message = await acceptedMessage(1, carrier);
  const { messages } = message.deps;
  const losing = {
    ...message.deps,
    messages: {
      ...message.deps.messages,
      store: {
        ...messages.store,
        async updateChunk(...given: Parameters<typeof messages.store.updateChunk>) {
          await messages.store.updateChunk(...given);
          return 'conflict' as const;
        },
      },
    },
  };
  expect(await sendChunk(message.job, losing)).toBe('sent');
  expect((await message.read()).statuses).toEqual(['sent']);
  expect(carrier.batches).toHaveLength(1);
  expect(message.queue.jobs).toEqual([]);
});

test('an outcome that comes too late does not overwrite what another worker wrote', async () => {
  const carrier = createScriptedCarrier(async ({ recipients }) => {
    // The lease ran out meanwhile, and another worker gave the chunk up.
    await message.leave({ statuses: ['unknown'], attempts: 2 });
    return recipients.map(() => ({ outcome: 'sent' }));
  });
  const message = await acceptedMessage(1, carrier);
  await expect(message.send()).rejects.toThrow('changed while it was leased');
  expect((await message.read()).statuses).toEqual(['unknown']);
});

describe('the workers', () => {
  const notJobs: unknown[] = [
    null,
    undefined,
    '',
    'text',
    5,
    [],
    {},
    { messageId: testMessageId(1) },
    { chunk: 0 },
    { messageId: testMessageId(1), chunk: '0' },
    { messageId: testMessageId(1), chunk: 0.5 },
    { messageId: 'x', chunk: 0 },
    { messageId: `${testMessageId(1)} `, chunk: 0 },
    { messageId: [testMessageId(1)], chunk: 0 },
  ];

  test('read the queue and its poison queue', () => {
    const outbound = workers.filter(({ queue }) => queue.startsWith('outbound'));
    expect(outbound.map(({ name, queue }) => [name, queue])).toEqual([
      ['SendOutboundChunk', 'outbound'],
      ['GiveUpOutboundChunk', 'outbound-poison'],
    ]);
  });

  test('return the result of a job', async () => {
    const { deps, job } = await acceptedMessage(1, createScriptedCarrier());
    expect(await sendOutboundChunk.handle({ ...job, more: 'ignored' }, deps)).toEqual({ ...job, result: 'sent' });
    expect(await giveUpOutboundChunk.handle(job, deps)).toEqual({ ...job, result: 'nothingToDo' });
  });

  test('refuse a message that is not a job: the sender fails, so that it is given up; the other logs an error', async () => {
    const { deps } = await acceptedMessage(1, createScriptedCarrier());
    for (const message of notJobs) {
      await expect(sendOutboundChunk.handle(message, deps)).rejects.toThrow('not a job for the outbound queue');
      expect(await giveUpOutboundChunk.handle(message, deps)).toEqual({
        result: 'notAJob',
        error: new Error('a poison message is not a job of ours'),
      });
    }
  });
});
