import type { StorageConnection } from '../connection.ts';
import type { tablePrivacy } from '../stored-privacy.ts';
import type { StorageAnswer } from '../service/exchange.ts';
import { withRetry } from '../service/with-retry.ts';
import { openService } from '../service/open-service.ts';
import type { ServiceRequest, StorageService } from '../service/open-service.ts';
import { StorageError } from '../service/storage-error.ts';
import { readEntity, wireName } from './entity.ts';
import type { Entity, Keys, Row } from './entity.ts';
import { changeRequest, json, rowPath } from './row-change.ts';
import type { RowChange } from './row-change.ts';
import { readTransaction, transactionRequest } from './transaction.ts';
import { versionsIfDone } from './versions-if-done.ts';

/** A table of the app; stored-privacy.ts declares what its rows hold. */
export type TableName = keyof typeof tablePrivacy;

/** Which rows to read page by page. */
export interface PageQuery {
  /** An OData filter, made with the tag `odata`. */
  filter: string;
  /** Columns to read in addition to the keys; default: all. */
  columns?: string[];
}

/** A page of rows. The service may end a page early, even before the first row, to bound the cost of a request. */
export interface Page {
  rows: (Row & Keys & { etag: string })[];
  /** Where the next page begins; absent on the last page. */
  next?: string;
}

/**
 * A table, which is created by the first write to it. Reading a table that does not exist finds nothing. Every write
 * resolves to the row's new version.
 */
export interface Table {
  /** Reads the row with these keys and its version; undefined if it does not exist. */
  find(partitionKey: string, rowKey: string): Promise<(Row & { etag: string }) | undefined>;
  /** Lists all rows that match an OData filter, made with the tag `odata`, in the order of their keys. */
  list(filter: string, columns?: string[]): Promise<Row[]>;
  /** Lists the first `max` of these rows, and reads no more than that. */
  listFirst(max: number, filter: string, columns?: string[]): Promise<Row[]>;
  /** Reads one page of the matching rows; `from` is the `next` of the page before. */
  listPage(query: PageQuery, from?: string): Promise<Page>;
  /** Adds a row. Rejects if it exists. */
  insert(row: Entity): Promise<string>;
  /** Writes these columns of an existing row and leaves the others as they are. Rejects at another `version`. */
  merge(row: Entity, version?: string): Promise<string>;
  /** Replaces an existing row as a whole. Rejects at another `version`. */
  replace(row: Entity, version: string): Promise<string>;
  /** Writes a row as a whole, whether it exists or not. */
  put(row: Entity): Promise<string>;
  /** Deletes an existing row. Rejects at another `version`. */
  remove(row: Keys, version?: string): Promise<string>;
  /** Makes 1 to 100 changes to rows of one partition, all or none. Resolves to the new versions, in their order. */
  writeTogether(changes: readonly RowChange[]): Promise<string[]>;
}

/**
 * Opens a table. Sends nothing before the first operation.
 *
 * Operations repeat requests while storage fails. They reject with an UnavailableError if it keeps failing, and with a
 * StorageError if the service refuses the request.
 */
export function openTable(connection: StorageConnection, name: TableName): Table {
  const service = openService(connection, 'table');
  const get = async (path: string, query?: string): Promise<StorageAnswer> =>
    withRetry(() => service.send({ method: 'GET', path, headers: json, ...(query === undefined ? {} : { query }) }));
  const readRow = async (keys: Keys): Promise<Page['rows'][number]> =>
    readEntity(JSON.parse((await get(rowPath(name, keys))).body) as Record<string, unknown>);
  const find = (keys: Keys): Promise<Page['rows'][number] | undefined> =>
    unless(readRow(keys), undefined, 'ResourceNotFound', 'TableNotFound');

  async function readPage({ filter, columns }: PageQuery, from?: string, max = pageRows): Promise<Page> {
    const { headers, body } = await get(`/${name}()`, queryOf({ filter, columns, from, max }));
    const { value } = JSON.parse(body) as { value: Record<string, unknown>[] };
    const next = encodePosition(headers);
    return { rows: value.map(readEntity), ...(next === undefined ? {} : { next }) };
  }

  async function readAll(query: PageQuery, max = Number.POSITIVE_INFINITY): Promise<Row[]> {
    const rows: Row[] = [];
    let from: string | undefined;
    while (rows.length < max) {
      const page = await readPage(query, from, Math.min(max - rows.length, pageRows));
      rows.push(...page.rows);
      if (page.next === undefined) break;
      from = page.next;
    }
    return rows;
  }

  async function write(
    changes: readonly RowChange[],
    request: ServiceRequest,
    versionsIn: (answer: StorageAnswer) => string[],
  ): Promise<string[]> {
    const attempt = (): Promise<string[]> =>
      withRetry(
        async () => versionsIn(await service.send(request)),
        async (error) => (isStorageError(error, ...lostRace) ? versionsIfDone(changes, find) : undefined),
      );
    try {
      return await attempt();
    } catch (error) {
      if (!isStorageError(error, 'TableNotFound')) throw error;
      await createTable(service, name);
      return attempt();
    }
  }

  async function writeOne(change: RowChange): Promise<string> {
    const [version = ''] = await write([change], changeRequest(name, change), ({ headers }) => [headers.etag ?? '']);
    return version;
  }

  return {
    find: (partitionKey, rowKey) => find({ partitionKey, rowKey }),
    list: (filter, columns) => unless(readAll({ filter, ...(columns && { columns }) }), [], 'TableNotFound'),
    listFirst: (max, filter, columns) =>
      unless(readAll({ filter, ...(columns && { columns }) }, max), [], 'TableNotFound'),
    listPage: ({ filter, columns }, from) => {
      const page = readPage({ filter, ...(columns && { columns: ['partitionKey', 'rowKey', ...columns] }) }, from);
      return unless(page, { rows: [] }, 'TableNotFound');
    },
    insert: (row) => writeOne({ change: 'insert', row }),
    merge: (row, version = '*') => writeOne({ change: 'merge', row, version }),
    replace: (row, version) => writeOne({ change: 'replace', row, version }),
    put: (row) => writeOne({ change: 'put', row }),
    remove: (row, version = '*') => writeOne({ change: 'remove', row, version }),
    writeTogether: (changes) =>
      write(changes, transactionRequest(service.url, name, changes), ({ body }) => readTransaction(body)),
  };
}

/** The maximum number of rows on a page (Azure documentation, "Query timeout and pagination"). */
const pageRows = 1_000;

/** Error codes that say that a row is not in the state that the writer expected. */
const lostRace = ['EntityAlreadyExists', 'UpdateConditionNotSatisfied', 'ResourceNotFound'] as const;

interface WireQuery {
  filter: string;
  columns: string[] | undefined;
  from: string | undefined;
  max: number;
}

function queryOf({ filter, columns, from, max }: WireQuery): string {
  const parts = [`$filter=${encodeURIComponent(filter)}`, `$top=${max}`];
  if (columns !== undefined) parts.push(`$select=${columns.map(wireName).join(',')}`);
  if (from !== undefined) parts.push(decodePosition(from));
  return parts.join('&');
}

/** Makes one text of the two headers that say where the next page begins; undefined after the last page. */
function encodePosition(headers: StorageAnswer['headers']): string | undefined {
  const partition = headers['x-ms-continuation-nextpartitionkey'];
  const row = headers['x-ms-continuation-nextrowkey'];
  return partition === undefined ? undefined : Buffer.from(JSON.stringify([partition, row])).toString('base64');
}

function decodePosition(text: string): string {
  const [partition, row] = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as [string, string | null];
  const key = `NextPartitionKey=${encodeURIComponent(partition)}`;
  return row === null ? key : `${key}&NextRowKey=${encodeURIComponent(row)}`;
}

async function createTable(service: StorageService, name: string): Promise<void> {
  const request = {
    method: 'POST',
    path: '/Tables',
    headers: { ...json, 'content-type': 'application/json', prefer: 'return-no-content' },
    body: JSON.stringify({ TableName: name }),
  };
  // Another process may create the table at the same time.
  await unless(
    withRetry(() => service.send(request)),
    undefined,
    'TableAlreadyExists',
  );
}

/** Tells whether an error is the storage service's answer with one of these error codes. */
function isStorageError(error: unknown, ...codes: string[]): boolean {
  return error instanceof StorageError && codes.includes(error.code);
}

/** Waits for an operation. Resolves to `instead` if the storage service answered with one of these error codes. */
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

/**
 * Waits for a write of rows that each must be new or have a certain version. Resolves to `instead` if a row was written
 * or deleted by somebody else in the meantime.
 */
export function ifUnmodified<Result, Instead>(operation: Promise<Result>, instead: Instead): Promise<Result | Instead> {
  return unless(operation, instead, ...lostRace);
}

/**
 * Waits for a write to a row that must have a certain version. Resolves to `instead` if the row was changed or deleted
 * in the meantime.
 */
export function unlessChanged<Result, Instead>(
  operation: Promise<Result>,
  instead: Instead,
): Promise<Result | Instead> {
  return unless(operation, instead, 'UpdateConditionNotSatisfied', 'ResourceNotFound');
}
