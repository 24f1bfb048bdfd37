import { describe, expect, test } from 'vitest';

import type { ChunkCallbacks } from '../../../src/delivery-callbacks/index.ts';
import type { NotificationChunk } from '../../../src/notifications/index.ts';
import { inboundMessage } from '../../support/labs/inbound.ts';
import { testNow } from '../../support/labs/kernel.ts';
import { createMaintenanceLab, day, hour, minute } from '../../support/labs/maintenance.ts';
import { testMessageId } from '../../support/labs/messaging.ts';

describe('a message that never reached the queue', () => {
  test('is queued after five minutes, once, and sent', async () => {
    const lab = createMaintenanceLab();
    const { messageId } = await lab.accept();
    lab.lose();
    await lab.pass(4 * minute);
    expect(lab.deps.messages.queue.jobs).toEqual([]);
    await lab.pass(3 * minute);
    expect(lab.deps.messages.queue.jobs.map(({ job }) => job)).toContainEqual({ messageId, chunk: 0 });
    await lab.work();
    expect(lab.carrier.batches).toHaveLength(1);
    await lab.pass(2 * hour);
    expect(lab.deps.messages.queue.jobs).toEqual([]);
  });

  test('is queued again after an hour and after a day, if its job got lost again', async () => {
    const lab = createMaintenanceLab();
    await lab.accept();
    lab.lose();
    const queuedIn = async (time: number): Promise<boolean> => {
      await lab.pass(time);
      return lab.lose().length > 0;
    };
    expect(await queuedIn(10 * minute)).toBe(true);
    expect(await queuedIn(45 * minute)).toBe(false);
    expect(await queuedIn(20 * minute)).toBe(true);
    expect(await queuedIn(20 * hour)).toBe(false);
    expect(await queuedIn(10 * hour)).toBe(true);
  });

  test('is not queued while a worker has it in flight or its next attempt is to come', async () => {
    for (const details of [
      { leasedUntil: new Date(testNow.getTime() + hour) },
      { notBefore: new Date(testNow.getTime() + hour) },
    ]) {
      const lab = createMaintenanceLab();
      const { messageId } = await lab.accept();
      lab.lose();
      const found = await lab.deps.messages.store.readChunk(messageId, 0);
      await lab.deps.messages.store.updateChunk(found!, { ...found!.chunk, attempts: 1, ...details });
      await lab.pass(30 * minute);
      expect(lab.deps.messages.queue.jobs).toEqual([]);
    }
  });

  test('is not queued if it was never accepted, so that its header is missing', async () => {
    const lab = createMaintenanceLab();
    const { messageId } = await lab.accept();
    lab.lose();
    const chunk = (await lab.deps.messages.store.readChunk(messageId, 0))!.chunk;
    const other = createMaintenanceLab();
    await other.deps.messages.store.addChunks(messageId, [chunk]);
    await other.pass(10 * minute);
    expect(other.deps.messages.queue.jobs).toEqual([]);
  });

  test('is found after a day in which the timer did not run', async () => {
    const lab = createMaintenanceLab();
    await lab.pass(10 * minute);
    await lab.accept();
    lab.lose();
    lab.skip(day);
    await lab.run();
    expect(lab.deps.messages.queue.jobs.length).toBeGreaterThan(0);
  });
});

test('an inbound message that was not routed is queued after five minutes', async () => {
  const lab = createMaintenanceLab();
  const id = `i${testMessageId(1)}`;
  await lab.deps.inbound.store.create(inboundMessage({ id, at: testNow }));
  await lab.pass(4 * minute);
  expect(lab.deps.inbound.queue.jobs).toEqual([]);
  await lab.pass(2 * minute);
  expect(lab.deps.inbound.queue.jobs.map(({ job }) => job)).toContainEqual({ inboundId: id });
});

describe('a notification that waits', () => {
  const chunk = (leasedUntil?: Date): NotificationChunk => ({
    inboundId: `i${testMessageId(1)}`,
    index: 0,
    customerId: 'demo',
    serviceId: 'demo-twoway',
    payload: '{}',
    targets: [],
    states: ['waiting'],
    attempts: 1,
    ...(leasedUntil === undefined ? {} : { leasedUntil }),
  });

  test('is queued after five minutes', async () => {
    const lab = createMaintenanceLab();
    await lab.deps.flows.notifications.createChunks([chunk()]);
    await lab.pass(6 * minute);
    expect(lab.deps.flows.queue.chunks.map(({ job }) => job)).toContainEqual({
      inboundId: chunk().inboundId,
      chunk: 0,
    });
  });

  test('is not queued while a worker has it in flight', async () => {
    const lab = createMaintenanceLab();
    await lab.deps.flows.notifications.createChunks([chunk(new Date(testNow.getTime() + hour))]);
    await lab.pass(30 * minute);
    expect(lab.deps.flows.queue.chunks).toEqual([]);
  });
});

describe('a delivery callback that waits', () => {
  const callbacks = (notBefore: Date): ChunkCallbacks => ({
    messageId: testMessageId(1),
    chunk: 2,
    customerId: 'demo',
    done: [],
    entries: [
      { recipientIndex: 0, status: 'delivered', at: testNow, state: 'waiting', since: testNow, attempts: 1, notBefore },
    ],
    jobAt: notBefore,
    changedAt: testNow,
  });

  test('is queued after five minutes, with the due time of the lost job', async () => {
    const lab = createMaintenanceLab();
    await lab.deps.dlr.store.write(callbacks(testNow));
    await lab.pass(6 * minute);
    expect(lab.deps.dlr.queue.jobs.map(({ job }) => job)).toContainEqual({
      messageId: testMessageId(1),
      chunk: 2,
      dueAt: testNow.getTime(),
    });
  });

  test('is not queued until the first of its calls is due', async () => {
    const lab = createMaintenanceLab();
    await lab.deps.dlr.store.write(callbacks(new Date(testNow.getTime() + hour)));
    await lab.pass(30 * minute);
    expect(lab.deps.dlr.queue.jobs).toEqual([]);
  });
});
