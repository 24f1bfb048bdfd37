import { randomUUID } from 'node:crypto';

import { odata } from '@azure/data-tables';
import type { TransactionAction } from '@azure/data-tables';

import type { JournalEntry, MessageHeader, MessageStore, StoredMessage } from '../../messages/index.ts';
import type { StorageConnection } from '../connection.ts';
import {
  chunkKey,
  chunkOf,
  chunkRow,
  headerOf,
  headerRow,
  journalOf,
  kindOfRow,
  progressColumns,
  reportsRow,
} from './message-rows.ts';
import type { Row } from './message-rows.ts';
import { openTable, unless } from './open-table.ts';

/** A transaction holds at most 100 rows and 4 MiB (Azure documentation, "Performing entity group transactions"). */
const transactionRows = 100;
const transactionBytes = 3 * 1024 * 1024;

/** Reports in one row: with the longest notes they stay below half of an entity. */
const reportsInRow = 1_000;

type TableRow = ReturnType<typeof headerRow> | ReturnType<typeof chunkRow>;

/** Keeps messages in the table `messages`. */
export function createTableMessageStore(connection: StorageConnection): MessageStore {
  const table = openTable(connection, 'messages');

  return {
    async create(header, chunks) {
      const rows = [...chunks.map(chunkRow), headerRow(header)];
      for (const group of groupRows(rows)) {
        const actions = group.map((row): TransactionAction => ['create', row]);
        const outcome = await unless(
          table.run((client) => client.submitTransaction(actions)),
          'exists' as const,
          'EntityAlreadyExists',
        );
        // An attempt that died half-way left the same rows, so only the header's group tells.
        if (outcome === 'exists' && group.at(-1) === rows.at(-1)) return 'exists';
      }
      return 'created';
    },

    async readChunk(messageId, index) {
      const row = await unless(
        table.run((client) => client.getEntity<Row & object>(messageId, chunkKey(messageId, index))),
        undefined,
        'ResourceNotFound',
      );
      return row && { chunk: chunkOf(row), version: row.etag };
    },

    async updateChunk({ chunk, version }, progress) {
      const { messageId, index } = chunk;
      const columns = { partitionKey: messageId, rowKey: chunkKey(messageId, index), ...progressColumns(progress) };
      const answer = await unless(
        table.run((client) => client.updateEntity(columns, 'Merge', { etag: version })),
        'conflict' as const,
        'UpdateConditionNotSatisfied',
        'ResourceNotFound',
      );
      if (answer === 'conflict') return 'conflict';
      const { leasedUntil: _, ...unchanged } = chunk;
      return { chunk: { ...unchanged, ...progress }, version: answer.etag ?? '' };
    },

    async appendReports(messageId, entries) {
      for (let from = 0; from < entries.length; from += reportsInRow) {
        const row = reportsRow(messageId, randomUUID(), entries.slice(from, from + reportsInRow));
        await table.run((client) => client.createEntity(row));
      }
    },

    async readMessage(messageId) {
      const rows = await table.run(async (client) => {
        const found: Row[] = [];
        const queryOptions = { filter: odata`PartitionKey eq ${messageId}` };
        for await (const row of client.listEntities<Row & object>({ queryOptions })) found.push(row);
        return found;
      });
      return assemble(rows);
    },
  };
}

function assemble(rows: readonly Row[]): StoredMessage | undefined {
  let header: MessageHeader | undefined;
  const chunks: StoredMessage['chunks'][number][] = [];
  const journal: JournalEntry[] = [];
  for (const row of rows) {
    const kind = kindOfRow(String(row['rowKey']));
    if (kind === 'header') header = headerOf(row);
    else if (kind === 'chunk') chunks.push(chunkOf(row));
    else if (kind === 'reports') journal.push(...journalOf(row));
  }
  return header && { header, chunks, journal };
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
