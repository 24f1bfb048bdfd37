import type { CleanUpProgress, Group } from '../../contacts/index.ts';
import { generationOf, groupKey, partitionsOf, rowsOfGeneration } from './contact-rows.ts';
import { deleteRows } from './delete-rows.ts';
import type { GroupGenerations } from './group-generations.ts';
import type { Page, Table } from './open-table.ts';
import { odata } from './odata.ts';

type CleanedTable = Pick<Table, 'listPage' | 'remove' | 'writeTogether'>;

/**
 * Creates the function that deletes the rows of a group's past generations, a page at a time. It returns the position
 * of the next page in {@link CleanUpProgress}.
 */
export function createContactCleaner(
  table: CleanedTable,
  generations: Pick<GroupGenerations, 'current'>,
): (group: Group, from?: string) => Promise<CleanUpProgress> {
  return async (group, from) => {
    const key = groupKey(group);
    const { rows, next } = await listOthers(table, { group: key, generation: await generations.current(key), from });
    // Every listed row belongs to a generation that had begun by then. Generations never come back: a row whose
    // generation is not the current one now, after the listing, is over for good. So no contact that was created in the
    // meantime is deleted.
    const current = await generations.current(key);
    const over = rows.filter(({ rowKey }) => generationOf(rowKey) !== current);
    await deleteRows(table, over);
    return { removed: over.length, ...(next === undefined ? {} : { next }) };
  };
}

/** Lists a page of the group's rows that belong to other generations than this one. */
async function listOthers(
  table: Pick<Table, 'listPage'>,
  { group, generation, from }: { group: string; generation: string; from: string | undefined },
): Promise<Page> {
  const { first, last } = partitionsOf(group);
  const { before, after } = rowsOfGeneration(generation);
  const filter = odata`PartitionKey ge ${first} and PartitionKey le ${last} and (RowKey lt ${before} or RowKey gt ${after})`;
  return table.listPage({ filter, columns: [] }, from);
}
