import { odata } from '@azure/data-tables';
import type { TransactionAction } from '@azure/data-tables';

import type { CleanUpProgress, Group } from '../../contacts/index.ts';
import { generationOf, groupKey, partitionsOf, rowsOfGeneration } from './contact-rows.ts';
import type { GroupGenerations } from './group-generations.ts';
import { unless } from './open-table.ts';
import type { Table } from './open-table.ts';

/** Rows in one answer of the storage service, and in one transaction (Azure documentation gives both limits). */
const pageRows = 1_000;
const transactionRows = 100;

/** Transactions under way at a time. */
const concurrency = 8;

type Keys = { partitionKey: string; rowKey: string };

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
    const lots = dealOut(over);
    for (let first = 0; first < lots.length; first += concurrency) {
      await Promise.all(lots.slice(first, first + concurrency).map((lot) => removeRows(table, lot)));
    }
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

/** Rows of one partition each, as many as a transaction takes. */
function dealOut(rows: readonly Keys[]): Keys[][] {
  return [...Map.groupBy(rows, ({ partitionKey }) => partitionKey).values()].flatMap((own) =>
    Array.from({ length: Math.ceil(own.length / transactionRows) }, (_, index) =>
      own.slice(index * transactionRows, (index + 1) * transactionRows),
    ),
  );
}

async function removeRows(table: Pick<Table, 'run'>, rows: readonly Keys[]): Promise<void> {
  const actions = rows.map((row): TransactionAction => ['delete', row]);
  const outcome = await unless(
    table.run((client) => client.submitTransaction(actions)),
    'incomplete' as const,
    'ResourceNotFound',
  );
  if (outcome !== 'incomplete') return;
  // Another worker took some of them, and the transaction was undone.
  for (const { partitionKey, rowKey } of rows) {
    await unless(
      table.run((client) => client.deleteEntity(partitionKey, rowKey)),
      undefined,
      'ResourceNotFound',
    );
  }
}
