import type { Entity, Keys, Row } from './entity.ts';
import type { RowChange } from './row-change.ts';

/**
 * Finds out whether changes that the service refused were made by an earlier try whose answer was lost. They were if
 * every row is as the changes leave it. Rows contain random ids or times of their writers, so a row that another
 * process wrote does not look like our own.
 *
 * @returns the versions of the rows; undefined if the changes were not made
 */
export async function versionsIfDone(
  changes: readonly RowChange[],
  find: (keys: Keys) => Promise<(Row & { etag: string }) | undefined>,
): Promise<string[] | undefined> {
  const found = await Promise.all(changes.map(({ row }) => find(row)));
  const isDone = changes.every(({ change, row }, index) => {
    const present = found[index];
    return change === 'remove' ? present === undefined : present !== undefined && holds(present, row);
  });
  return isDone ? found.map((row) => row?.etag ?? '') : undefined;
}

/** Tells whether a stored row has all the columns that were written. */
function holds(present: Row, written: Entity): boolean {
  return Object.entries(written).every(([name, value]) => value === undefined || present[name] === value);
}
