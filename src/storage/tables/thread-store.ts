import { isThreadId } from '../../conversations/stored-form.ts';
import type { ThreadStore } from '../../conversations/index.ts';
import type { StorageConnection } from '../connection.ts';
import { openTable, ifUnmodified } from './open-table.ts';
import type { RowChange } from './row-change.ts';
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
      const steps: RowChange[] = [
        { change: 'insert', row: entryRow(conversation, next.threadId, entry) },
        version === undefined ? { change: 'insert', row: current } : { change: 'replace', row: current, version },
      ];
      if (started !== undefined) steps.push({ change: 'insert', row: threadRow(started) });
      const answer = await ifUnmodified(table.writeTogether(steps), undefined);
      if (answer !== undefined) return 'done';
      // Several rows may conflict, and the answer names one of them only. Whether the entry exists decides.
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
