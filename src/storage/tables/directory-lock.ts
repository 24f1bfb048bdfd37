import type { Row } from './entity.ts';
import { lockKeys } from './directory-rows.ts';
import { ifUnmodified } from './open-table.ts';
import type { Table } from './open-table.ts';

/** The lock row of the directory, as it was read; undefined before the first write. */
export type DirectoryLock = (Row & { etag: string }) | undefined;

/** A lock that this process holds. */
export interface HeldLock {
  /** Resolves to whether the lock is still ours. Renews the lock if the last renewal was a minute ago. */
  stillHolds(): Promise<boolean>;
  release(): Promise<void>;
}

/** Milliseconds after which a lock that was not renewed may be taken over, and between two renewals. */
const lockMs = 5 * 60_000;
const prolongMs = 60_000;

/**
 * Takes the lock if nobody changed it since it was read. Then everything that was read after it is still true.
 * Otherwise, if two operators added customers at the same time, both customers could get the same address.
 *
 * @returns the lock, or the `reason` why it can't be taken
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
      // A lock that can't be released expires.
      if (version !== undefined) await put('idle').catch(() => false);
    },
  };
}
