import { odata } from '@azure/data-tables';

import type { CleanUpProgress, Group } from '../../contacts/index.ts';
import { generationOf, groupKey, partitionsOf, rowsOfGeneration } from './contact-rows.ts';
import { deleteRows } from './delete-rows.ts';
import type { Keys } from './delete-rows.ts';
import type { GroupGenerations } from './group-generations.ts';
import type { Table } from './open-table.ts';

/** Rows in one answer of the storage service (Azure documentation, "Query timeout and pagination"). */
const pageRows = 1_000;

/** Removes rows of generations that are over, a page at a time; see {@link CleanUpProgress} for the position. */
export function createContactCleaner(
  table: Pick<Table, 'run'>,
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
  table: Pick<Table, 'run'>,
  { group, generation, from }: { group: string; generation: string; from: string | undefined },
): Promise<{ rows: Keys[]; next: string | undefined }> {
  const { first, last } = partitionsOf(group);
  const { before, after } = rowsOfGeneration(generation);
  const filter = odata`PartitionKey ge ${first} and PartitionKey le ${last} and (RowKey lt ${before} or RowKey gt ${after})`;
  return table.run(async (client) => {
    const pages = client
      .listEntities<Keys>({ queryOptions: { filter, select: ['partitionKey', 'rowKey'] } })
      .byPage({ maxPageSize: pageRows, ...(from === undefined ? {} : { continuationToken: from }) });
    const { value: page } = await pages.next();
    const rows = (page ?? []).map(({ partitionKey, rowKey }: Keys) => ({ partitionKey, rowKey }));
    return { rows, next: page?.continuationToken };
  });
}
