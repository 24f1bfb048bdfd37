import type { TransactionAction } from '@azure/data-tables';

import { isThreadId } from '../../conversations/index.ts';
import type { ThreadStore } from '../../conversations/index.ts';
import type { StorageConnection } from '../connection.ts';
import { openTable, unless } from './open-table.ts';
import { fitsRowKey } from './row-key.ts';
import {
  currentKeys,
  currentOf,
  currentRow,
  entryKeys,
  entryRow,
  threadKeys,
  threadOfRow,
  threadRow,
} from './thread-rows.ts';

/** Keeps threads in the table `threads`. */
export function createTableThreadStore(connection: StorageConnection): ThreadStore {
  const table = openTable(connection, 'threads');

  return {
    async current(conversation) {
      const { partitionKey, rowKey } = currentKeys(conversation);
      const row = await table.find(partitionKey, rowKey);
      return row && { current: currentOf(row), version: row.etag };
    },

    async enter(conversation, { entry, next, version, started }) {
      const current = currentRow(conversation, next);
      const actions: TransactionAction[] = [
        ['create', entryRow(conversation, next.threadId, entry)],
        version === undefined ? ['create', current] : ['update', current, 'Replace', { etag: version }],
      ];
      if (started !== undefined) actions.push(['create', threadRow(started)]);
      const answer = await unless(
        table.run((client) => client.submitTransaction(actions)),
        undefined,
        'EntityAlreadyExists',
        'UpdateConditionNotSatisfied',
        'ResourceNotFound',
      );
      if (answer !== undefined) return 'done';
      // More than one row may stand in the way and the answer names one of them; the entry decides.
      const { partitionKey, rowKey } = entryKeys(conversation, entry.id);
      return (await table.find(partitionKey, rowKey)) === undefined ? 'conflict' : 'entered';
    },

    async threadOf(conversation, entryId) {
      if (!fitsRowKey(entryId)) return undefined;
      const { partitionKey, rowKey } = entryKeys(conversation, entryId);
      const row = await table.find(partitionKey, rowKey);
      return row && String(row['threadId']);
    },

    async read(threadId) {
      if (!isThreadId(threadId)) return undefined;
      const { partitionKey, rowKey } = threadKeys(threadId);
      const row = await table.find(partitionKey, rowKey);
      return row && threadOfRow(row);
    },
  };
}
