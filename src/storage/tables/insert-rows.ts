import type { Entity } from './entity.ts';
import { unless } from './open-table.ts';
import type { Table } from './open-table.ts';
import type { RowChange } from './row-change.ts';

/** A transaction takes at most 100 rows and 4 MiB (Azure documentation, "Performing entity group transactions"). */
const transactionRows = 100;
const transactionBytes = 3 * 1024 * 1024;

/**
 * Inserts rows of one partition in one transaction. Resolves to their versions, in the same order, or to `exists` if
 * one of the rows exists already: then no row is inserted.
 */
export async function insertTogether(table: Table, rows: readonly Entity[]): Promise<readonly string[] | 'exists'> {
  const inserts = rows.map((row): RowChange => ({ change: 'insert', row }));
  return unless(table.writeTogether(inserts), 'exists' as const, 'EntityAlreadyExists');
}

/**
 * Inserts the rows that don't exist yet, each in a transaction of its own, since an existing row fails a transaction.
 */
export async function insertOneByOne(table: Table, rows: readonly Entity[]): Promise<void> {
  for (const row of rows) await insertTogether(table, [row]);
}

/** Inserts the rows that don't exist yet. Groups them into transactions, and inserts one by one where a group fails. */
export async function insertMissing(table: Table, rows: readonly Entity[]): Promise<void> {
  for (const group of groupRows(rows)) {
    if ((await insertTogether(table, group)) === 'exists') await insertOneByOne(table, group);
  }
}

/** Groups rows, in order, so that each group fits into one transaction. */
export function groupRows<Row extends Entity>(rows: readonly Row[]): Row[][] {
  const groups: Row[][] = [];
  let current: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    const own = Buffer.byteLength(JSON.stringify(row));
    if (current.length === 0 || current.length === transactionRows || bytes + own > transactionBytes) {
      current = [];
      bytes = 0;
      groups.push(current);
    }
    current.push(row);
    bytes += own;
  }
  return groups;
}
