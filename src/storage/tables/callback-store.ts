import type { CallbackStore } from '../../delivery-callbacks/index.ts';
import type { StorageConnection } from '../connection.ts';
import { byMessageTime } from '../ids-by-time.ts';
import { callbackKeys, callbackRow, callbacksOf } from './callback-rows.ts';
import { odata } from './odata.ts';
import { openTable, unless } from './open-table.ts';
import { fitsRowKey } from './row-key.ts';
import { dueIn, readShardPage } from './sweep-pages.ts';

/** Keeps callbacks in the table `callbacks`. */
export function createTableCallbackStore(connection: StorageConnection): CallbackStore {
  const table = openTable(connection, 'callbacks');
  return {
    async read(messageId, chunk) {
      if (!fitsRowKey(messageId)) return undefined;
      const { partitionKey, rowKey } = callbackKeys(messageId, chunk);
      const row = await table.find(partitionKey, rowKey);
      return row && { callbacks: callbacksOf(row), version: row.etag };
    },

    async write(callbacks, version) {
      const row = callbackRow(callbacks);
      const next = await unless(
        version === undefined ? table.insert(row) : table.replace(row, version),
        undefined,
        'EntityAlreadyExists',
        'UpdateConditionNotSatisfied',
        'ResourceNotFound',
      );
      return next === undefined ? 'conflict' : { callbacks, version: next };
    },

    async listOf(messageId) {
      const rows = await table.list(odata`PartitionKey eq ${messageId}`);
      return rows.map((row) => ({ callbacks: callbacksOf(row), version: String(row['etag']) }));
    },

    async listWaiting(span, from) {
      const queryOf = (shard: string) => ({ filter: `${dueIn(shard, span)} and open eq true` });
      const { rows, next } = await readShardPage(table, queryOf, from);
      return { items: rows.map(callbacksOf), ...(next === undefined ? {} : { next }) };
    },

    async listGivenUp({ customerId, limit }) {
      const ofCustomer = customerId === undefined ? '' : odata` and customerId eq ${customerId}`;
      const rows = await table.listFirst(limit, `givenUp gt 0${ofCustomer}`);
      return rows.map(callbacksOf).sort((left, right) => byMessageTime(left.messageId, right.messageId));
    },
  };
}
