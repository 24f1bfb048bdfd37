import type { ExpiredRows, ExpiringKind } from './ports.ts';
import type { Sweep } from './sweep.ts';

/** What deleting expired rows works with. */
export interface ExpireRowsDeps {
  maintenance: {
    expiredRows: ExpiredRows;
    /** Days for which rows are kept. */
    retentionDays: number;
  };
}

const daySeconds = 24 * 60 * 60;

/**
 * Days for which request ids are remembered, and a day more for what is under way: a message that was deleted before its
 * request id would be sent again by a repeat. Notifications are tried for six days at most.
 */
const workingDays = 8;

/** Rows that one sweep deletes in a run, at most. */
const rowLimit = 200_000;

/** @param minDays the fewest days that such rows are kept, where something needs them for so long */
const deleteOlder = (kind: ExpiringKind, minDays = 0): Sweep<ExpireRowsDeps> => ({
  name: kind,
  ageSeconds: ({ maintenance }) => Math.max(maintenance.retentionDays, minDays) * daySeconds,
  range: 'all',
  accounts: ({ maintenance }) => maintenance.expiredRows[kind].length,
  limit: rowLimit,
  step: async ({ span, from, account }, { maintenance }) =>
    (await maintenance.expiredRows[kind][account]?.(span.to, from)) ?? { done: 0 },
});

/** Deletes what is older than it may be kept. To delete what is gone does nothing. */
export const deleteSweeps: readonly Sweep<ExpireRowsDeps>[] = [
  deleteOlder('messages', workingDays),
  deleteOlder('inbound', workingDays),
  deleteOlder('unrouted'),
  deleteOlder('notifications', workingDays),
  deleteOlder('callbacks', workingDays),
  deleteOlder('deadletters', workingDays),
  deleteOlder('threads'),
  deleteOlder('requests', workingDays),
  deleteOlder('carrierids', workingDays),
];
