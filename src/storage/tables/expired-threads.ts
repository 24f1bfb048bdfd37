import { eachOf } from '../../core/concurrency.ts';
import type { DeletePage } from '../../maintenance/index.ts';
import { concurrency, deleteRows, deleteUnchanged } from './delete-rows.ts';
import type { Page, Table } from './open-table.ts';
import { odata } from './odata.ts';

/**
 * Deletes pages of expired entries, and of threads in which nothing happened since. Conversations are sorted by a hash,
 * so the pages go through the whole table over many runs, and the storage service filters by age. For a conversation
 * with an old thread, one more read tells which of its threads are still active.
 */
export function threadDeleter(table: Table): DeletePage {
  return async (before, from) => {
    const time = before.toISOString();
    const filter = odata`at lt ${time} or lastActiveAt lt ${time} or startedAt lt ${time}`;
    const page = await table.listPage({ filter, columns: ['threadId'] }, from);
    const expired: Page['rows'] = [];
    let removed = 0;
    const conversations = [...Map.groupBy(page.rows, ({ partitionKey }) => partitionKey)];
    await eachOf(conversations, concurrency, async ([conversation, rows]) => {
      const current = rows.find(({ rowKey }) => rowKey.endsWith('.c'));
      if (current !== undefined) {
        // A process that enters a message now has read this row. Once the row is gone, its write conflicts and it
        // retries.
        if (!(await deleteUnchanged(table, current))) return;
        removed += 1;
      }
      const others = rows.filter((row) => row !== current);
      const active = others.some(isThread) ? await activeThreads(conversation, time) : new Set();
      expired.push(...others.filter((row) => !isThread(row) || !active.has(row['threadId'])));
    });
    await deleteRows(table, expired);
    return { done: removed + expired.length, next: page.next };
  };

  async function activeThreads(conversation: string, time: string): Promise<Set<unknown>> {
    const filter = odata`PartitionKey eq ${conversation} and (at ge ${time} or lastActiveAt ge ${time})`;
    return new Set((await table.list(filter, ['threadId'])).map((row) => row['threadId']));
  }
}

const isThread = ({ rowKey }: Page['rows'][number]): boolean => rowKey.endsWith('.t');
