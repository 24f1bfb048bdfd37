import type { Entity } from './entity.ts';
import { unless } from './open-table.ts';
import type { Table } from './open-table.ts';
import type { RowChange } from './row-change.ts';

/** A transaction holds at most 100 rows and 4 MiB (Azure documentation, "Performing entity group transactions"). */
const transactionRows = 100;
const transactionBytes = 3 * 1024 * 1024;

/**
 * Inserts rows of one partition in one transaction, and resolves to their versions, in the same order; where one of them
 * is there already, none is inserted.
 */
export async function insertTogether(table: Table, rows: readonly Entity[]): Promise<readonly string[] | 'exists'> {
  const inserts = rows.map((row): RowChange => ({ change: 'insert', row }));
  return unless(table.writeTogether(inserts), 'exists' as const, 'EntityAlreadyExists');
}

/** Inserts what isn't there yet. A row that is there refuses its whole transaction, so each goes alone. */
export async function insertOneByOne(table: Table, rows: readonly Entity[]): Promise<void> {
  for (const row of rows) await insertTogether(table, [row]);
}

/** Inserts what isn't there yet, in as few transactions as that takes. */
export async function insertMissing(table: Table, rows: readonly Entity[]): Promise<void> {
  for (const group of groupRows(rows)) {
    if ((await insertTogether(table, group)) === 'exists') await insertOneByOne(table, group);
  }
}

/** Deals rows out to transactions, in order. */
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
