import type { ExpiredRows, ExpiringKind } from './ports.ts';
import type { Sweep } from './sweep.ts';

/** Dependencies of deleting expired rows. */
export interface ExpireRowsDeps {
  maintenance: {
    expiredRows: ExpiredRows;
    /** How long rows are kept, in days. */
    retentionDays: number;
  };
}

const daySeconds = 24 * 60 * 60;

/**
 * How long request ids are remembered, in days, and a day more for work in progress: if a message were deleted before
 * its request id, a repeat would send it again. Notifications are tried for six days at most.
 */
const workingDays = 8;

/** The maximum number of rows that one sweep deletes in a run. */
const rowLimit = 200_000;

/** @param minDays the minimum number of days that such rows are kept, if something needs them that long */
const deleteOlder = (kind: ExpiringKind, minDays = 0): Sweep<ExpireRowsDeps> => ({
  name: kind,
  ageSeconds: ({ maintenance }) => Math.max(maintenance.retentionDays, minDays) * daySeconds,
  range: 'all',
  accounts: ({ maintenance }) => maintenance.expiredRows[kind].length,
  limit: rowLimit,
  step: async ({ span, from, account }, { maintenance }) =>
    (await maintenance.expiredRows[kind][account]?.(span.to, from)) ?? { done: 0 },
});

/** Delete rows that are older than they may be kept. To delete a row twice is harmless. */
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
