import { describe, expect, test } from 'vitest';

import { cancelMessage, sendOutboundChunk } from '../../../src/messages/index.ts';
import { testNow } from '../../support/labs/kernel.ts';
import { createMaintenanceLab, day, hour, minute, second } from '../../support/labs/maintenance.ts';

describe('a scheduled message', () => {
  test.each<[string, number]>([
    ['in a minute', minute],
    ['in a day', day],
    ['in two days', 2 * day],
    ['in a year', 365 * day],
  ])('due %s is queued in time, and sent exactly once', async (_, ahead) => {
    const lab = createMaintenanceLab();
    const sendAt = new Date(testNow.getTime() + ahead);
    const { messageId } = await lab.accept({ sendAt });
    expect(lab.deps.messages.queue.jobs).toHaveLength(ahead > day ? 0 : 1);
    // Nothing happens until two days before the message is due.
    if (ahead > 2 * day) {
      await lab.pass(hour);
      lab.skip(ahead - 2 * day - hour);
    }
    const hours = Math.min(ahead, 2 * day) / hour;
    const due: { at: number }[] = [];
    for (let step = 0; step < hours; step++) {
      await lab.pass(Math.min(hour, ahead));
      for (const { delaySeconds } of lab.lose()) {
        due.push({ at: lab.deps.now().getTime() + delaySeconds * second });
      }
    }
    expect(lab.carrier.batches).toEqual([]);
    expect(due.length).toBeGreaterThan(0);
    // Each job is delayed until the message is due, or comes later and finds it sent.
    for (const { at } of due) expect(Math.abs(at - sendAt.getTime())).toBeLessThanOrEqual(hour);
    expect(lab.deps.now().getTime()).toBeGreaterThanOrEqual(sendAt.getTime());
    for (const each of due) {
      void each;
      await sendOutboundChunk.handle({ messageId, chunk: 0 }, lab.deps);
    }
    expect(lab.carrier.batches).toHaveLength(1);
  });

  test('is never sent after it was cancelled', async () => {
    const lab = createMaintenanceLab();
    const { messageId } = await lab.accept(
      { sendAt: new Date(testNow.getTime() + 3 * day) },
      { dlrUrl: 'https://a.example' },
    );
    expect(await cancelMessage(messageId, lab.deps)).toEqual({ outcome: 'done', canceled: 1, kept: 0 });
    expect(await cancelMessage(messageId, lab.deps)).toEqual({ outcome: 'done', canceled: 1, kept: 0 });
    await lab.pass(hour);
    lab.skip(3 * day);
    await lab.pass(hour);
    await lab.work();
    expect(lab.carrier.batches).toEqual([]);
    expect(await lab.statuses(messageId)).toEqual(['canceled']);
    expect(lab.deps.messages.finalStatuses.settled.map(({ status, code }) => [status, code])).toEqual([
      ['canceled', 'Canceled'],
      ['canceled', 'Canceled'],
    ]);
  });

  test('can not be cancelled once it was sent, nor can a message that was not scheduled', async () => {
    const lab = createMaintenanceLab();
    const sendAt = new Date(testNow.getTime() + minute);
    const { messageId } = await lab.accept({ sendAt });
    lab.skip(minute);
    await lab.work();
    expect(await cancelMessage(messageId, lab.deps)).toEqual({ outcome: 'done', canceled: 0, kept: 1 });
    expect(await lab.statuses(messageId)).toEqual(['sent']);
    const { messageId: other } = await lab.accept();
    expect(await cancelMessage(other, lab.deps)).toEqual({ outcome: 'notScheduled' });
    for (const id of ['x', '0'.repeat(32), `${messageId}0`])
      expect(await cancelMessage(id, lab.deps)).toEqual({ outcome: 'missing' });
  });
});
