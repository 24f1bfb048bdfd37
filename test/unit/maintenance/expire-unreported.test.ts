import { describe, expect, test } from 'vitest';

import { testNow } from '../../support/labs/kernel.ts';
import { createMaintenanceLab, day, hour, minute } from '../../support/labs/maintenance.ts';

describe('a recipient without a report', () => {
  test('ends as unknown after 48 hours, and the sender is notified; a later report still counts', async () => {
    const lab = createMaintenanceLab();
    const { messageId } = await lab.accept({}, { dlrUrl: 'https://a.example' });
    await lab.work();
    await lab.pass(hour);
    lab.skip(46 * hour);
    await lab.pass(30 * minute);
    expect(await lab.statuses(messageId)).toEqual(['sent']);
    await lab.pass(hour);
    expect(await lab.statuses(messageId)).toEqual(['unknown']);
    expect(lab.deps.messages.finalStatuses.settled.map(({ status, code }) => [status, code])).toEqual([
      ['unknown', 'NoReport'],
    ]);
    const at = lab.deps.now();
    await lab.deps.messages.store.appendReports(messageId, [{ chunk: 0, recipientIndex: 0, status: 'delivered', at }]);
    expect(await lab.statuses(messageId)).toEqual(['delivered']);
    await lab.pass(day);
    expect(lab.deps.messages.finalStatuses.settled).toHaveLength(1);
  });

  test('has 48 hours from when it was sent, if that was long after it was due', async () => {
    const lab = createMaintenanceLab();
    const { messageId } = await lab.accept();
    await lab.run();
    lab.skip(20 * hour);
    await lab.work();
    for (const [time, status] of [
      [40 * hour, 'sent'],
      [7 * day, 'unknown'],
    ] as const) {
      lab.skip(time);
      await lab.pass(2 * hour);
      expect(await lab.statuses(messageId)).toEqual([status]);
    }
  });

  test('keeps its status if a report came', async () => {
    const lab = createMaintenanceLab();
    const { messageId } = await lab.accept();
    await lab.work();
    await lab.deps.messages.store.appendReports(messageId, [
      { chunk: 0, recipientIndex: 0, status: 'expired', at: testNow },
    ]);
    lab.skip(50 * hour);
    await lab.run();
    expect(await lab.statuses(messageId)).toEqual(['expired']);
  });
});
