import { RestError, TableClient } from '@azure/data-tables';

import type { StorageConnection } from '../connection.ts';

/** A row as the SDK reads it. */
export type Row = Readonly<Record<string, unknown>>;

/** Which rows are read page by page. */
export interface PageQuery {
  /** An OData filter, made with the tag `odata`. */
  filter: string;
  /** Beside the keys; absent: all. */
  columns?: string[];
}

/** A page of rows. The service may end one early, even before its first row, so that each costs it little. */
export interface Page {
  rows: (Row & { partitionKey: string; rowKey: string; etag: string })[];
  /** Where the next page begins; absent after the last. */
  next?: string;
}

/** A table that comes into being when something is first written to it. */
export interface Table {
  /** The row with these keys and its version, or undefined. */
  find(partitionKey: string, rowKey: string): Promise<(Row & { etag: string }) | undefined>;
  /** The rows that an OData filter, made with the tag `odata`, lets through, in the order of their keys. */
  list(filter: string, columns?: string[]): Promise<Row[]>;
  /** The first `most` of these rows; no more than that is read. */
  listFirst(most: number, filter: string, columns?: string[]): Promise<Row[]>;
  /** One page of such rows, from where the page before ended. */
  listPage(query: PageQuery, from?: string): Promise<Page>;
  /** Runs an operation; where the table doesn't exist yet, creates it and runs the operation again. */
  run<Result>(operation: (client: TableClient) => Promise<Result>): Promise<Result>;
}

/** Opens a table; nothing is read or written before the first operation. */
export function openTable(connection: StorageConnection, name: string): Table {
  const client =
    'connectionString' in connection
      ? TableClient.fromConnectionString(connection.connectionString, name, { allowInsecureConnection: true })
      : new TableClient(connection.tableUrl, name, connection.credential);
  const query = (filter: string, columns?: string[]) =>
    client.listEntities<Row & object>({ queryOptions: { filter, ...(columns && { select: columns }) } });

  return {
    find: (partitionKey, rowKey) =>
      unless(client.getEntity<Row & object>(partitionKey, rowKey), undefined, 'ResourceNotFound', 'TableNotFound'),

    list: (filter, columns) => unless(Array.fromAsync(query(filter, columns)), [], 'TableNotFound'),

    listFirst: (most, filter, columns) => unless(firstRows(most, query(filter, columns)), [], 'TableNotFound'),

    async listPage({ filter, columns }, from) {
      const pages = query(filter, columns && ['partitionKey', 'rowKey', ...columns]).byPage({
        maxPageSize: pageRows,
        ...(from === undefined ? {} : { continuationToken: from }),
      });
      const answer = await unless(pages.next(), undefined, 'TableNotFound');
      const page = answer?.value as (Page['rows'] & { continuationToken?: string }) | undefined;
      const next = page?.continuationToken;
      return { rows: [...(page ?? [])], ...(next === undefined ? {} : { next }) };
    },

    async run(operation) {
      try {
        return await operation(client);
      } catch (error) {
        if (!isStorageError(error, 'TableNotFound')) throw error;
        await client.createTable();
        return operation(client);
      }
    },
  };
}

/** A page holds at most 1,000 rows (Azure documentation, "Query timeout and pagination"). */
const pageRows = 1_000;

async function firstRows(most: number, rows: ReturnType<TableClient['listEntities']>): Promise<Row[]> {
  const first: Row[] = [];
  if (most < 1) return first;
  for await (const page of rows.byPage({ maxPageSize: Math.min(most, pageRows) })) {
    first.push(...page);
    if (first.length >= most) break;
  }
  return first.slice(0, most);
}

/** Whether an error is the storage service's answer with one of these error codes. */
function isStorageError(error: unknown, ...codes: string[]): boolean {
  if (!(error instanceof RestError)) return false;
  const details = error.details as { odataError?: { code?: string }; code?: string } | undefined;
  return codes.includes(details?.odataError?.code ?? details?.code ?? error.code ?? '');
}

/** Runs an operation and gives `instead` where the storage service answers with one of these codes. */
export async function unless<Result, Instead>(
  operation: Promise<Result>,
  instead: Instead,
  ...codes: string[]
): Promise<Result | Instead> {
  try {
    return await operation;
  } catch (error) {
    if (isStorageError(error, ...codes)) return instead;
    throw error;
  }
}
