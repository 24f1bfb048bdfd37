import type { Row } from './entity.ts';
import { lockKeys } from './directory-rows.ts';
import { ifUnmodified } from './open-table.ts';
import type { Table } from './open-table.ts';

/** The row that a writer of the directory takes, as it was read; undefined before the first write. */
export type DirectoryLock = (Row & { etag: string }) | undefined;

/** A lock that is held. */
export interface HeldLock {
  /** Whether it is still ours; prolongs it from time to time. */
  stillHolds(): Promise<boolean>;
  release(): Promise<void>;
}

/** How long a writer that says nothing is waited for, and how often one that lives says so; in milliseconds. */
const lockMs = 5 * 60_000;
const prolongMs = 60_000;

/**
 * Takes the lock if it is still as it was read, so that what was read with it is still true: two customers that two
 * operators add at once could otherwise both get an address. A `reason` says why it can't be taken.
 */
export async function takeDirectoryLock(
  table: Table,
  lock: DirectoryLock,
  now: () => Date,
): Promise<HeldLock | { reason: string }> {
  const since = new Date(String(lock?.['at']));
  if (lock?.['state'] === 'writing' && now().getTime() - since.getTime() < lockMs) {
    return { reason: `somebody else has been writing the directory since ${since.toISOString()}` };
  }
  let version = lock?.etag;
  let at = now();

  const put = async (state: 'writing' | 'idle'): Promise<boolean> => {
    at = now();
    const row = { ...lockKeys, kind: 'lock', state, at: at.toISOString() };
    const etag = version;
    const answer = await ifUnmodified(etag === undefined ? table.insert(row) : table.replace(row, etag), undefined);
    version = answer;
    return answer !== undefined;
  };

  if (!(await put('writing'))) return { reason: 'somebody else wrote the directory in the meantime' };
  return {
    stillHolds: async () => now().getTime() - at.getTime() < prolongMs || put('writing'),
    async release() {
      // What can't be released runs out.
      if (version !== undefined) await put('idle').catch(() => false);
    },
  };
}
