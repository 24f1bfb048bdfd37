import { randomUUID } from 'node:crypto';

import { odata } from '@azure/data-tables';
import type { TransactionAction } from '@azure/data-tables';

import { sortChunks, withProgress } from '../../messages/index.ts';
import type { Chunk, JournalEntry, MessageHeader, MessageStore, StoredMessage } from '../../messages/index.ts';
import type { StorageConnection } from '../connection.ts';
import { guardEntitySize } from './long-text.ts';
import {
  chunkKey,
  chunkOf,
  chunkRow,
  headerKey,
  headerOf,
  headerRow,
  journalOf,
  kindOfRow,
  progressColumns,
  reportsRow,
} from './message-rows.ts';
import { openTable, unless } from './open-table.ts';
import type { Row } from './open-table.ts';

/** A transaction holds at most 100 rows and 4 MiB (Azure documentation, "Performing entity group transactions"). */
const transactionRows = 100;
const transactionBytes = 3 * 1024 * 1024;

/** Reports in one row: with the longest notes they stay below half of an entity. */
const reportsInRow = 1_000;

type TableRow = ReturnType<typeof headerRow> | ReturnType<typeof chunkRow>;

/** Keeps messages in the table `messages`. */
export function createTableMessageStore(connection: StorageConnection): MessageStore {
  const table = openTable(connection, 'messages');

  const insert = (rows: readonly TableRow[]): Promise<unknown> =>
    unless(
      table.run((client) => client.submitTransaction(rows.map((row): TransactionAction => ['create', row]))),
      'exists' as const,
      'EntityAlreadyExists',
    );

  /** Inserts what isn't there yet. A row that is there refuses its whole transaction, so then each goes alone. */
  async function insertOneByOne(rows: readonly TableRow[]): Promise<void> {
    for (const row of rows) await insert([row]);
  }

  return {
    async create(header, chunks) {
      for (const group of groupRows([...chunks.map(chunkRow), headerRow(header)])) {
        if ((await insert(group)) !== 'exists') continue;
        // The header comes last: where it is missing, an attempt died half-way, and this one completes it.
        if ((await table.find(header.messageId, headerKey(header.messageId))) !== undefined) return 'exists';
        await insertOneByOne(group);
      }
      return 'created';
    },

    async addChunks(_, chunks) {
      for (const group of chunks.length === 0 ? [] : groupRows(chunks.map(chunkRow))) {
        if ((await insert(group)) === 'exists') await insertOneByOne(group);
      }
    },

    async readChunk(messageId, index) {
      const row = await table.find(messageId, chunkKey(messageId, index));
      return row && { chunk: chunkOf(row), version: row.etag };
    },

    async updateChunk({ chunk, version }, progress) {
      const { messageId, index } = chunk;
      const columns = guardEntitySize({
        partitionKey: messageId,
        rowKey: chunkKey(messageId, index),
        ...progressColumns(progress),
      });
      const answer = await unless(
        table.run((client) => client.updateEntity(columns, 'Merge', { etag: version })),
        'conflict' as const,
        'UpdateConditionNotSatisfied',
        'ResourceNotFound',
      );
      if (answer === 'conflict') return 'conflict';
      return { chunk: withProgress(chunk, progress), version: answer.etag ?? '' };
    },

    async appendReports(messageId, entries) {
      for (let from = 0; from < entries.length; from += reportsInRow) {
        const row = reportsRow(messageId, randomUUID(), entries.slice(from, from + reportsInRow));
        await table.run((client) => client.createEntity(row));
      }
    },

    async readMessage(messageId) {
      return assemble(await table.list(odata`PartitionKey eq ${messageId}`));
    },
  };
}

function assemble(rows: readonly Row[]): StoredMessage | undefined {
  let header: MessageHeader | undefined;
  const chunks: Chunk[] = [];
  const journal: JournalEntry[] = [];
  for (const row of rows) {
    const kind = kindOfRow(String(row['rowKey']));
    if (kind === 'header') header = headerOf(row);
    else if (kind === 'chunk') chunks.push(chunkOf(row));
    else if (kind === 'reports') journal.push(...journalOf(row));
  }
  return header && { header, ...sortChunks(chunks), journal };
}

/** Deals rows out to transactions, in order. */
function groupRows(rows: readonly TableRow[]): TableRow[][] {
  const groups: TableRow[][] = [];
  let current: TableRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    const own = Buffer.byteLength(JSON.stringify(row));
    if (current.length === transactionRows || (current.length > 0 && bytes + own > transactionBytes)) {
      groups.push(current);
      current = [];
      bytes = 0;
    }
    current.push(row);
    bytes += own;
  }
  return [...groups, current];
}
