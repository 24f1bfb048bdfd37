import { expect, test } from 'vitest';

import { deleteSweeps } from '../../../src/maintenance/delete-expired.ts';
import type { ExpireRowsDeps } from '../../../src/maintenance/delete-expired.ts';
import type { DeletePage } from '../../../src/maintenance/index.ts';
import { runSweeps } from '../../../src/maintenance/run-sweeps.ts';
import { createMemorySweepPositions } from '../../support/fakes/sweep-positions.ts';
import { testNow } from '../../support/labs/kernel.ts';
import { day } from '../../support/labs/maintenance.ts';

/** Rows of every kind in one storage account, deleted by the same function. */
function rowsDeletedBy(deletePage: DeletePage): ExpireRowsDeps['maintenance']['expiredRows'] {
  const accounts = [deletePage];
  return {
    messages: accounts,
    inbound: accounts,
    unrouted: accounts,
    notifications: accounts,
    callbacks: accounts,
    deadletters: accounts,
    threads: accounts,
    requests: accounts,
    carrierids: accounts,
  };
}

test.each([90, 8, 1])('rows are deleted after %i days, or after eight if they are needed', (retentionDays) => {
  const deps = { maintenance: { expiredRows: rowsDeletedBy(async () => ({ done: 0 })), retentionDays } };
  const days = deleteSweeps.map(({ name, ageSeconds }) => [name, ageSeconds(deps) / 86_400]);
  expect(Object.fromEntries(days)).toEqual({
    messages: Math.max(8, retentionDays),
    inbound: Math.max(8, retentionDays),
    unrouted: retentionDays,
    notifications: Math.max(8, retentionDays),
    callbacks: Math.max(8, retentionDays),
    deadletters: Math.max(8, retentionDays),
    threads: retentionDays,
    requests: Math.max(8, retentionDays),
    carrierids: Math.max(8, retentionDays),
  });
});

test('a sweep deletes at most 200,000 rows in a run', async () => {
  const positions = createMemorySweepPositions();
  const pages: [Date, string | undefined][] = [];
  const deps = {
    maintenance: {
      positions,
      retentionDays: 90,
      expiredRows: rowsDeletedBy(async (before, from) => {
        pages.push([before, from]);
        return { done: 1_000, next: 'x' };
      }),
    },
    now: () => testNow,
  };
  const messages = deleteSweeps.filter(({ name }) => name === 'messages');
  expect(await runSweeps(messages, deps)).toEqual({ done: { messages: 200_000 }, unfinished: ['messages'] });
  expect(await positions.read('messages')).toBe('x');
  const before = new Date(testNow.getTime() - 90 * day);
  expect(pages.slice(0, 2)).toEqual([
    [before, undefined],
    [before, 'x'],
  ]);
});
