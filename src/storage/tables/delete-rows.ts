import { eachOf } from '../../core/concurrency.ts';
import type { Keys } from './entity.ts';
import { unless, unlessChanged } from './open-table.ts';
import type { Table } from './open-table.ts';
import type { RowChange } from './row-change.ts';

/** The maximum number of rows in one transaction (Azure documentation, "Performing entity group transactions"). */
const transactionRows = 100;

/** How many transactions run at the same time. */
export const concurrency = 8;

/** Deletes rows, up to 100 of a partition in one transaction. Ignores rows that no longer exist. */
export async function deleteRows(table: Pick<Table, 'remove' | 'writeTogether'>, rows: readonly Keys[]): Promise<void> {
  await eachOf(dealOut(rows), concurrency, (lot) => deleteTogether(table, lot));
}

/** Deletes a row at the version at which it was read. Resolves to false if it was changed or deleted since. */
export async function deleteUnchanged(
  table: Pick<Table, 'remove'>,
  { partitionKey, rowKey, etag }: Keys & { etag: string },
): Promise<boolean> {
  const answer = await unlessChanged(table.remove({ partitionKey, rowKey }, etag), undefined);
  return answer !== undefined;
}

/** Groups rows by partition into lots of at most {@link transactionRows}. */
function dealOut(rows: readonly Keys[]): Keys[][] {
  return [...Map.groupBy(rows, ({ partitionKey }) => partitionKey).values()].flatMap((own) =>
    Array.from({ length: Math.ceil(own.length / transactionRows) }, (_, index) =>
      own.slice(index * transactionRows, (index + 1) * transactionRows),
    ),
  );
}

async function deleteTogether(table: Pick<Table, 'remove' | 'writeTogether'>, rows: readonly Keys[]): Promise<void> {
  const removals = rows.map(({ partitionKey, rowKey }): RowChange => ({
    change: 'remove',
    row: { partitionKey, rowKey },
    version: '*',
  }));
  const outcome = await unless(table.writeTogether(removals), 'incomplete' as const, 'ResourceNotFound');
  if (outcome !== 'incomplete') return;
  // Another worker deleted some of these rows, so the whole transaction failed.
  for (const { partitionKey, rowKey } of rows) {
    await unless(table.remove({ partitionKey, rowKey }), undefined, 'ResourceNotFound');
  }
}
