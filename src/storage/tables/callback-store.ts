import type { CallbackStore } from '../../delivery-callbacks/index.ts';
import type { StorageConnection } from '../connection.ts';
import { byMessageTime } from '../ids-by-time.ts';
import { callbackKeys, callbackRow, callbacksOf } from './callback-rows.ts';
import { odata } from './odata.ts';
import { openTable, ifUnmodified } from './open-table.ts';
import { fitsRowKey } from './row-key.ts';
import { listDue } from './sweep-pages.ts';

/** Keeps the calls of `DlrUrl`s in the table `callbacks`, one row per chunk of a message. */
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
      const next = await ifUnmodified(
        version === undefined ? table.insert(row) : table.replace(row, version),
        undefined,
      );
      return next === undefined ? 'conflict' : { callbacks, version: next };
    },

    async listOf(messageId) {
      const rows = await table.list(odata`PartitionKey eq ${messageId}`);
      return rows.map((row) => ({ callbacks: callbacksOf(row), version: String(row['etag']) }));
    },

    listWaiting(span, from) {
      return listDue(table, { span, from, condition: 'open eq true' }, (rows) => rows.map(callbacksOf));
    },

    async listGivenUp({ customerId, limit }) {
      const ofCustomer = customerId === undefined ? '' : odata` and customerId eq ${customerId}`;
      const rows = await table.listFirst(limit, `givenUp gt 0${ofCustomer}`);
      return rows.map(callbacksOf).sort((left, right) => byMessageTime(left.messageId, right.messageId));
    },
  };
}
