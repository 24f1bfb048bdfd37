import type { Entity, Keys, Row } from './entity.ts';
import type { RowChange } from './row-change.ts';

/**
 * Tells whether changes that were refused had been made by an earlier try whose answer was lost: then every row is as
 * they leave it. Writers tell their rows apart by random ids or by the time; so another's row does not pass for one's
 * own.
 *
 * @returns the versions of the rows; undefined where the refusal stands
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

function holds(present: Row, written: Entity): boolean {
  return Object.entries(written).every(([name, value]) => value === undefined || present[name] === value);
}
