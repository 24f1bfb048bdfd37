import { randomUUID } from 'node:crypto';

import { sortChunks, withProgress } from '../../messages/stored-form.ts';
import type { Chunk, JournalEntry, MessageHeader, MessageStore, StoredMessage } from '../../messages/index.ts';
import type { StorageConnection } from '../connection.ts';
import type { Row } from './entity.ts';
import { groupRows, insertMissing, insertOneByOne, insertTogether } from './insert-rows.ts';
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
import { openTable, unlessChanged } from './open-table.ts';
import { odata } from './odata.ts';

/**
 * The maximum number of reports in one row. With the longest notes, they fill less than half of the maximum of an
 * entity.
 */
const reportsInRow = 1_000;

/** Keeps messages in the table `messages`. */
export function createTableMessageStore(connection: StorageConnection): MessageStore {
  const table = openTable(connection, 'messages');

  return {
    async create(header, chunks) {
      const groups = groupRows([...chunks.map(chunkRow), headerRow(header)]);
      let versions: readonly string[] = [];
      for (const group of groups) {
        const inserted = await insertTogether(table, group);
        if (inserted !== 'exists') {
          versions = inserted;
          continue;
        }
        // The header is inserted last. If it does not exist, an earlier attempt stopped half-way: complete it.
        if ((await table.find(header.messageId, headerKey(header.messageId))) !== undefined) return 'exists';
        await insertOneByOne(table, group);
        versions = [];
      }
      return groups.length === 1 ? versions.slice(0, chunks.length) : [];
    },

    async addChunks(_, chunks) {
      await insertMissing(table, chunks.map(chunkRow));
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
      const next = await unlessChanged(table.merge(columns, version), undefined);
      if (next === undefined) return 'conflict';
      return { chunk: withProgress(chunk, progress), version: next };
    },

    async appendReports(messageId, entries) {
      for (let from = 0; from < entries.length; from += reportsInRow) {
        const row = reportsRow(messageId, randomUUID(), entries.slice(from, from + reportsInRow));
        await table.insert(row);
      }
    },

    async readHeader(messageId) {
      const row = await table.find(messageId, headerKey(messageId));
      return row && headerOf(row);
    },

    async readMessage(messageId) {
      return assemble(await table.list(odata`PartitionKey eq ${messageId}`));
    },
  };
}

/** Makes a message from the rows of its partition; undefined if the header is not among them. */
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
