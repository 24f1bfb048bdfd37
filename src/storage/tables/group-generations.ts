import { randomBytes } from 'node:crypto';

import { timeInId } from '../../core/time-ordered-id.ts';
import type { Table } from './open-table.ts';

/*
 * Each contact of a group belongs to a generation, and only contacts of the current generation exist. Delete All begins
 * a new generation: it writes one row, however many contacts there are.
 */

/** The generation of a group before its first Delete All. */
const firstGeneration = '0'.repeat(24);

/** Milliseconds for which `recent` uses a generation without reading it again. */
const trustedFor = 10_000;

/** Reads and changes the generations of groups, by the groups' keys. */
export interface GroupGenerations {
  /** Reads the current generation. Costs one read. */
  current(group: string): Promise<string>;
  /** Resolves to a generation that was current within the last 10 seconds. Seldom costs a read. */
  recent(group: string): Promise<string>;
  /** Begins a new generation. Costs one write. */
  begin(group: string): Promise<void>;
}

/** Keeps generations in a table, one row per group. A generation that has ended never becomes current again. */
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
      // If this read fails, all callers that wait for it fail, and the next caller reads again.
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
