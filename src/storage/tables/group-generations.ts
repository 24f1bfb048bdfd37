import { randomBytes } from 'node:crypto';

import { timeInId } from '../../core/time-ordered-id.ts';
import type { Table } from './open-table.ts';

/*
 * A group's contacts belong to a generation; only those of the current one exist. To delete all is to begin a new one:
 * one row is written, however many contacts there are.
 */

/** The generation of a group that was never emptied. */
const firstGeneration = '0'.repeat(24);

/** How long a generation may be taken for the current one without a look, in milliseconds. */
const trustedFor = 10_000;

/** The generations of groups, by the groups' keys. */
export interface GroupGenerations {
  /** The current generation; one read. */
  current(group: string): Promise<string>;
  /** The generation that was current within the last 10 seconds; seldom a read. */
  recent(group: string): Promise<string>;
  /** Begins a new generation; one write. */
  begin(group: string): Promise<void>;
}

/** Keeps generations, one row for each group. A generation is never used again once another has begun. */
export function createGroupGenerations(table: Pick<Table, 'find' | 'put'>, now: () => Date): GroupGenerations {
  const known = new Map<string, { generation: Promise<string>; until: number }>();

  const remember = (group: string, generation: Promise<string>): void => {
    known.set(group, { generation, until: now().getTime() + trustedFor });
  };
  const read = async (group: string): Promise<string> => {
    const row = await table.find(group, group);
    return row === undefined ? firstGeneration : String(row['generation']);
  };

  return {
    current: read,

    async recent(group) {
      const found = known.get(group);
      if (found !== undefined && found.until > now().getTime()) return found.generation;
      const generation = read(group);
      remember(group, generation);
      // All who wait for this read fail with it; the next reads again.
      generation.catch(() => known.delete(group));
      return generation;
    },

    async begin(group) {
      const generation = timeInId(now()) + randomBytes(6).toString('hex');
      await table.put({ partitionKey: group, rowKey: group, generation });
      remember(group, Promise.resolve(generation));
    },
  };
}
