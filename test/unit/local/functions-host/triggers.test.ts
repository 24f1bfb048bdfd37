import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { describe, expect, it } from 'vitest';

import type { LogEntry } from '../../../../src/local/functions-host/log.ts';
import type { QueueTrigger } from '../../../../src/local/functions-host/queue-trigger.ts';
import { listenToQueue, pollingDelay } from '../../../../src/local/functions-host/queue-trigger.ts';
import { runTimer } from '../../../../src/local/functions-host/timer-trigger.ts';
import { eventually } from '../../../support/tools/eventually.ts';

it('polls an empty queue less and less often, at random', () => {
  const delays = (random: number): number[] => [1, 2, 3, 4, 5, 6, 40].map((polls) => pollingDelay(polls, 2000, random));
  expect(delays(0)).toEqual([100, 180, 260, 420, 740, 1380, 2000]);
  expect(delays(1)).toEqual([100, 220, 340, 580, 1060, 2000, 2000]);
  expect(pollingDelay(1, 50, 0)).toBe(50);
});

describe('a queue trigger', () => {
  const message = (changes: Partial<DequeuedMessageItem> = {}): DequeuedMessageItem => ({
    messageId: 'id',
    popReceipt: 'receipt-0',
    messageText: Buffer.from('text').toString('base64'),
    dequeueCount: 1,
    insertedOn: new Date(0),
    expiresOn: new Date(0),
    nextVisibleOn: new Date(0),
    ...changes,
  });

  /** Runs a trigger on one batch of messages until they are completed; returns the calls in order. */
  async function runBatch(
    messages: DequeuedMessageItem[],
    { onUpdate, ...changes }: Partial<QueueTrigger> & { onUpdate?: (receipt: string) => void } = {},
    failure?: Error,
  ) {
    const calls: unknown[][] = [];
    const logged: LogEntry[] = [];
    const settled = Promise.withResolvers<void>();
    const batches = [messages];
    let renewals = 0;
    const record = async (...call: unknown[]): Promise<{ popReceipt: string }> => {
      calls.push(call);
      if (failure !== undefined) throw failure;
      return { popReceipt: `receipt-${(renewals += 1)}` };
    };
    const queue = {
      name: 'work',
      receiveMessages: async (options: unknown) => {
        const batch = batches.shift();
        if (batch === undefined) settled.resolve();
        else calls.push(['receive', options]);
        return { receivedMessageItems: batch ?? [] };
      },
      deleteMessage: (...call: unknown[]) => record('delete', ...call),
      updateMessage: (id: string, receipt: string, ...call: unknown[]) => {
        onUpdate?.(receipt);
        return record('update', id, receipt, ...call);
      },
    } as unknown as QueueClient;
    const listener = listenToQueue({
      functionName: 'worker',
      queue,
      poisonQueue: { name: 'work-poison' } as QueueClient,
      settings: {
        batchSize: 16,
        newBatchThreshold: 0,
        maxDequeueCount: 5,
        visibilityTimeout: 30_000,
        maxPollingInterval: 100,
        messageEncoding: 'base64',
      },
      visibilitySeconds: 600,
      run: async (_message, body) => {
        calls.push(['run', body.toString()]);
      },
      sendToPoison: async (poisonQueue, text) => {
        calls.push(['poison', poisonQueue.name, text]);
      },
      log: (entry) => logged.push(entry),
      ...changes,
    });
    await settled.promise;
    await listener.stop();
    return { calls: calls.slice(1), received: calls[0], logged };
  }

  const failing: Partial<QueueTrigger> = { run: () => Promise.reject(new Error('failed')) };

  it('receives a batch, invisible for the given time, and deletes a message whose function succeeds', async () => {
    const { received, calls, logged } = await runBatch([message()]);
    expect(received).toEqual(['receive', { numberOfMessages: 16, visibilityTimeout: 600 }]);
    expect(calls).toEqual([
      ['run', 'text'],
      ['delete', 'id', 'receipt-0'],
    ]);
    expect(logged).toEqual([]);
  });

  it('makes a failed message visible again after the visibility timeout', async () => {
    const { calls } = await runBatch([message({ dequeueCount: 4 })], failing);
    expect(calls).toEqual([['update', 'id', 'receipt-0', undefined, 30]]);
  });

  it('moves a message to the poison queue after its last attempt', async () => {
    const { calls, logged } = await runBatch([message({ dequeueCount: 5 })], failing);
    expect(calls).toEqual([
      ['poison', 'work-poison', 'dGV4dA=='],
      ['delete', 'id', 'receipt-0'],
    ]);
    expect(logged).toEqual([
      { level: 'warning', functionName: 'worker', message: 'The message id was moved to work-poison.' },
    ]);
  });

  it('moves a message that was dequeued too often, or is not Base64, without running the function', async () => {
    const { calls } = await runBatch([message({ dequeueCount: 6 }), message({ messageText: '{"not":"base64"}' })]);
    expect(calls.filter(([name]) => name !== 'delete')).toEqual([
      ['poison', 'work-poison', 'dGV4dA=='],
      ['poison', 'work-poison', '{"not":"base64"}'],
    ]);
  });

  it('leaves a failed message invisible if there is no poison queue', async () => {
    const { calls } = await runBatch([message({ dequeueCount: 9 }), message()], { ...failing, poisonQueue: undefined });
    expect(calls).toEqual([]);
  });

  it('keeps a message invisible while its function runs, and deletes it with the latest receipt', async () => {
    const held = new Set<string>();
    const { calls } = await runBatch([message()], {
      visibilitySeconds: 0.02,
      run: () => eventually(() => expect(held.size).toBeGreaterThanOrEqual(2)),
      onUpdate: (receipt) => held.add(receipt),
    });
    const renewals = calls.slice(0, -1);
    expect(renewals).toEqual(renewals.map((_call, index) => ['update', 'id', `receipt-${index}`, undefined, 0.02]));
    expect(calls.at(-1)).toEqual(['delete', 'id', `receipt-${renewals.length}`]);
  });

  it('ignores that another host has the message', async () => {
    for (const code of ['PopReceiptMismatch', 'MessageNotFound', 'QueueNotFound']) {
      const { logged } = await runBatch([message()], {}, Object.assign(new Error('gone'), { code }));
      expect(logged).toEqual([]);
    }
  });

  it('logs a message that it could not complete, and continues', async () => {
    const { calls, logged } = await runBatch(
      [message(), message({ messageId: 'second' })],
      {},
      new Error('no storage'),
    );
    expect(calls.filter(([name]) => name === 'delete')).toHaveLength(2);
    expect(logged).toEqual([
      expect.objectContaining({
        level: 'error',
        message: expect.stringContaining("The message id can't be completed") as string,
      }),
      expect.objectContaining({ level: 'error', message: expect.stringContaining('no storage') as string }),
    ]);
  });
});

it('runs a timer once at a time, and once immediately after a run that took too long', async () => {
  let clock = 0;
  const begun: unknown[] = [];
  const enough = Promise.withResolvers<void>();
  const timer = runTimer({
    functionName: 'timer',
    schedule: { text: 'every 10 s', next: (after) => new Date(after.getTime() + 10_000) },
    runOnStartup: true,
    useMonitor: true,
    run: async ({ json }) => {
      begun.push([
        clock / 1000,
        (JSON.parse(json ?? '') as { ScheduleStatus: { Last: string; Next: string } }).ScheduleStatus,
      ]);
      clock += 35_000;
      if (begun.length === 3) enough.resolve();
    },
    now: () => new Date(clock),
    log: () => {},
  });
  await enough.promise;
  await timer.stop();
  const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
  expect(begun).toEqual([
    [0, { Last: '0001-01-01T00:00:00.000Z', Next: at(10), LastUpdated: '0001-01-01T00:00:00.000Z' }],
    [35, { Last: at(0), Next: at(10), LastUpdated: at(0) }],
    [70, { Last: at(35), Next: at(45), LastUpdated: at(35) }],
  ]);
});
