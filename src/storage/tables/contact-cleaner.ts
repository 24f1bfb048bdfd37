import type { CleanUpProgress, Group } from '../../contacts/index.ts';
import { generationOf, groupKey, partitionsOf, rowsOfGeneration } from './contact-rows.ts';
import { deleteRows } from './delete-rows.ts';
import type { GroupGenerations } from './group-generations.ts';
import type { Page, Table } from './open-table.ts';
import { odata } from './odata.ts';

type CleanedTable = Pick<Table, 'listPage' | 'remove' | 'writeTogether'>;

/** Removes rows of generations that are over, a page at a time; see {@link CleanUpProgress} for the position. */
export function createContactCleaner(
  table: CleanedTable,
  generations: Pick<GroupGenerations, 'current'>,
): (group: Group, from?: string) => Promise<CleanUpProgress> {
  return async (group, from) => {
    const key = groupKey(group);
    const { rows, next } = await listOthers(table, { group: key, generation: await generations.current(key), from });
    // A row that is there belongs to a generation that has begun. So those that are not current now, after the rows were
    // listed, are over for good, and no contact that was created meanwhile is among them.
    const current = await generations.current(key);
    const over = rows.filter(({ rowKey }) => generationOf(rowKey) !== current);
    await deleteRows(table, over);
    return { removed: over.length, ...(next === undefined ? {} : { next }) };
  };
}

/** A page of the group's rows that don't belong to a generation. */
async function listOthers(
  table: Pick<Table, 'listPage'>,
  { group, generation, from }: { group: string; generation: string; from: string | undefined },
): Promise<Page> {
  const { first, last } = partitionsOf(group);
  const { before, after } = rowsOfGeneration(generation);
  const filter = odata`PartitionKey ge ${first} and PartitionKey le ${last} and (RowKey lt ${before} or RowKey gt ${after})`;
  return table.listPage({ filter, columns: [] }, from);
}
