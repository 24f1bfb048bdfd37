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

/** A table of which it is said what its rows hold. */
export type TableName = keyof typeof tablePrivacy;

/** Which rows are read page by page. */
export interface PageQuery {
  /** An OData filter, made with the tag `odata`. */
  filter: string;
  /** Beside the keys; absent: all. */
  columns?: string[];
}

/** A page of rows. The service may end one early, even before its first row, so that each costs it little. */
export interface Page {
  rows: (Row & Keys & { etag: string })[];
  /** Where the next page begins; absent after the last. */
  next?: string;
}

/** A table that comes into being when something is first written to it. A write resolves to the row's new version. */
export interface Table {
  /** The row with these keys and its version, or undefined. */
  find(partitionKey: string, rowKey: string): Promise<(Row & { etag: string }) | undefined>;
  /** The rows that an OData filter, made with the tag `odata`, lets through, in the order of their keys. */
  list(filter: string, columns?: string[]): Promise<Row[]>;
  /** The first `most` of these rows; no more than that is read. */
  listFirst(max: number, filter: string, columns?: string[]): Promise<Row[]>;
  /** One page of such rows, from where the page before ended. */
  listPage(query: PageQuery, from?: string): Promise<Page>;
  insert(row: Entity): Promise<string>;
  /** Writes columns into a row, of that version where one is given; the others stay. */
  merge(row: Entity, version?: string): Promise<string>;
  replace(row: Entity, version: string): Promise<string>;
  /** Writes a row, whether there is one or not. */
  put(row: Entity): Promise<string>;
  /** Deletes a row, of that version where one is given. */
  remove(row: Keys, version?: string): Promise<string>;
  /** Makes changes to rows of one partition, at most 100, all or none; resolves to the new versions. */
  writeTogether(changes: readonly RowChange[]): Promise<string[]>;
}

/** Opens a table; nothing is read or written before the first operation. */
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

/** A page holds at most 1,000 rows (Azure documentation, "Query timeout and pagination"). */
const pageRows = 1_000;

/** The answers that say that a row is not as the writer took it to be. */
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

/** Makes one text of the two headers that say where the next page begins. */
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
  // Others may create it at the same time.
  await unless(
    withRetry(() => service.send(request)),
    undefined,
    'TableAlreadyExists',
  );
}

/** Whether an error is the storage service's answer with one of these error codes. */
function isStorageError(error: unknown, ...codes: string[]): boolean {
  return error instanceof StorageError && codes.includes(error.code);
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

/** Runs a write of rows, each new or of a certain version, and gives `instead` where one is not so any more. */
export function ifUnmodified<Result, Instead>(operation: Promise<Result>, instead: Instead): Promise<Result | Instead> {
  return unless(operation, instead, ...lostRace);
}

/** Runs a write to a row of a certain version and gives `instead` where the row was changed or deleted since. */
export function unlessChanged<Result, Instead>(
  operation: Promise<Result>,
  instead: Instead,
): Promise<Result | Instead> {
  return unless(operation, instead, 'UpdateConditionNotSatisfied', 'ResourceNotFound');
}
