import type { InboundStore } from '../../conversations/index.ts';
import type { StorageConnection } from '../connection.ts';
import { inboundProgressFields } from '../progress-fields.ts';
import { replaceFields } from '../replace-fields.ts';
import { byInboundTime } from '../ids-by-time.ts';
import {
  inboundKeys,
  inboundOf,
  inboundProgressColumns,
  inboundRow,
  unroutedKeys,
  unroutedRow,
} from './inbound-rows.ts';
import { insertTogether } from './insert-rows.ts';
import { guardEntitySize } from './long-text.ts';
import { openTable, unless, unlessChanged } from './open-table.ts';
import { fitsRowKey } from './row-key.ts';
import { odata } from './odata.ts';
import { listDue } from './sweep-pages.ts';

/**
 * The maximum number of notes of unrouted messages that a list looks at. Notes are sorted by shard: if there are more,
 * the oldest may not be among them.
 */
const unroutedRows = 5_000;

/** Keeps inbound messages in the table `inbound`, and notes of those that no service wants in the table `unrouted`. */
export function createTableInboundStore(connection: StorageConnection): InboundStore {
  const table = openTable(connection, 'inbound');
  const unrouted = openTable(connection, 'unrouted');

  return {
    async create(message) {
      return (await insertTogether(table, [inboundRow(message)])) === 'exists' ? 'exists' : 'created';
    },

    async read(id) {
      if (!fitsRowKey(id)) return undefined;
      const { partitionKey, rowKey } = inboundKeys(id);
      const row = await table.find(partitionKey, rowKey);
      return row && { message: inboundOf(row), version: row.etag };
    },

    async update({ message, version }, progress) {
      const columns = guardEntitySize({ ...inboundKeys(message.id), ...inboundProgressColumns(progress) });
      const next = await unlessChanged(table.merge(columns, version), undefined);
      if (next === undefined) return 'conflict';
      return { message: replaceFields(message, inboundProgressFields, progress), version: next };
    },

    listReceived(span, from) {
      const query = { span, from, letter: 'i', condition: "state eq 'received'", columns: [] };
      return listDue(table, query, (rows) => rows.map(({ partitionKey }) => partitionKey));
    },

    async recordUnrouted(message) {
      await insertTogether(unrouted, [unroutedRow(message)]);
    },

    async dropUnrouted(id) {
      if (!fitsRowKey(id)) return;
      const { partitionKey, rowKey } = unroutedKeys(id);
      await unless(unrouted.remove({ partitionKey, rowKey }), undefined, 'ResourceNotFound');
    },

    async listUnrouted(limit) {
      const rows = await unrouted.listFirst(unroutedRows, odata`PartitionKey ge ${''}`, ['rowKey']);
      return rows
        .map((row) => String(row['rowKey']))
        .sort(byInboundTime)
        .slice(0, limit);
    },
  };
}
