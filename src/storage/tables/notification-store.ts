import type { NotificationStore } from '../../notifications/index.ts';
import type { StorageConnection } from '../connection.ts';
import { retryProgressFields, notificationProgressFields } from '../progress-fields.ts';
import { replaceFields } from '../replace-fields.ts';
import { groupRows, insertMissing, insertOneByOne, insertTogether } from './insert-rows.ts';
import { guardEntitySize } from './long-text.ts';
import {
  chunkRange,
  retryKeys,
  retryOf,
  retryProgressColumns,
  retryRow,
  notificationChunkKeys,
  notificationChunkOf,
  notificationChunkRow,
  notificationProgressColumns,
  waitingColumns,
  waitingOf,
} from './notification-rows.ts';
import { openTable, unlessChanged } from './open-table.ts';
import { fitsRowKey } from './row-key.ts';
import { odata } from './odata.ts';
import { listDue } from './sweep-pages.ts';

/** Keeps notifications that are not done in the table `notifications`. */
export function createTableNotificationStore(connection: StorageConnection): NotificationStore {
  const table = openTable(connection, 'notifications');

  /** Merges columns into a row of this version. Resolves to the new version, or undefined if the row was changed. */
  async function merge(columns: { partitionKey: string; rowKey: string }, etag: string): Promise<string | undefined> {
    guardEntitySize(columns);
    return unlessChanged(table.merge(columns, etag), undefined);
  }

  return {
    async createChunks(chunks) {
      const [first, ...rest] = groupRows(
        chunks.toSorted((left, right) => left.index - right.index).map(notificationChunkRow),
      );
      if (first?.[0] === undefined) return 'created';
      if ((await insertTogether(table, first)) === 'exists') {
        if ((await table.find(first[0].partitionKey, first[0].rowKey)) !== undefined) return 'exists';
        await insertOneByOne(table, first);
      }
      await insertMissing(table, rest.flat());
      return 'created';
    },

    async listChunks(inboundId) {
      const { after, before } = chunkRange(inboundId);
      const filter = odata`PartitionKey eq ${inboundId} and RowKey gt ${after} and RowKey lt ${before}`;
      return (await table.list(filter)).map(notificationChunkOf);
    },

    async readChunk(inboundId, index) {
      if (!fitsRowKey(inboundId)) return undefined;
      const { partitionKey, rowKey } = notificationChunkKeys(inboundId, index);
      const row = await table.find(partitionKey, rowKey);
      return row && { chunk: notificationChunkOf(row), version: row.etag };
    },

    async updateChunk({ chunk, version }, progress) {
      const keys = notificationChunkKeys(chunk.inboundId, chunk.index);
      const next = await merge({ ...keys, ...notificationProgressColumns(progress) }, version);
      if (next === undefined) return 'conflict';
      return { chunk: replaceFields(chunk, notificationProgressFields, progress), version: next };
    },

    async createRetries(notifications) {
      await insertMissing(table, notifications.map(retryRow));
    },

    async readRetry(inboundId, subscriptionKey) {
      if (!fitsRowKey(inboundId) || !fitsRowKey(subscriptionKey)) return undefined;
      const { partitionKey, rowKey } = retryKeys(inboundId, subscriptionKey);
      const row = await table.find(partitionKey, rowKey);
      return row && { retry: retryOf(row), version: row.etag };
    },

    async updateRetry({ retry, version }, progress) {
      const keys = retryKeys(retry.inboundId, retry.target.key);
      const next = await merge({ ...keys, ...retryProgressColumns(progress) }, version);
      if (next === undefined) return 'conflict';
      return { retry: replaceFields(retry, retryProgressFields, progress), version: next };
    },

    listWaiting(span, from) {
      const query = { span, from, letter: 'i', condition: 'open eq true', columns: waitingColumns };
      return listDue(table, query, (rows) => rows.map(waitingOf));
    },
  };
}
