import { isFinal } from '../../messages/stored-form.ts';
import type { MessageFinder } from '../../messages/index.ts';
import type { StorageConnection } from '../connection.ts';
import { journalOf, kindOfRow, statusesOf, waitingChunkOf, waitingColumns } from './message-rows.ts';
import { openTable } from './open-table.ts';
import type { Page } from './open-table.ts';
import { listDue } from './sweep-pages.ts';

/** The columns that hold statuses and reports; a row of reports has no more of these. */
const reportColumns = Array.from({ length: 16 }, (_, index) => `reports${index}`);

/** Finds messages in the table `messages`, one range in each shard. */
export function createTableMessageFinder(connection: StorageConnection): MessageFinder {
  const table = openTable(connection, 'messages');
  return {
    listWaiting(span, from) {
      const query = { span, from, condition: 'open eq true', columns: waitingColumns };
      return listDue(table, query, (rows) => rows.map(waitingChunkOf));
    },

    listUnreported(span, from) {
      const query = { span, from, columns: ['index', 'statuses', ...reportColumns] };
      return listDue(table, query, (rows) => {
        const byMessage = [...Map.groupBy(rows, ({ partitionKey }) => partitionKey)];
        return byMessage.flatMap(([messageId, own]) => (seemsUnreported(own) ? [messageId] : []));
      });
    },
  };
}

/** Whether recipients were sent to of whom these rows, which may not be all of the message's, have no final report. */
function seemsUnreported(rows: Page['rows']): boolean {
  const sent = new Set<string>();
  for (const row of rows) {
    if (kindOfRow(row.rowKey) !== 'chunk') continue;
    const index = Number(row['index']);
    for (const [recipientIndex, status] of statusesOf(row).entries())
      if (status === 'sent') sent.add(`${index}/${recipientIndex}`);
  }
  for (const row of rows) {
    if (kindOfRow(row.rowKey) !== 'reports') continue;
    for (const { chunk, recipientIndex, status } of journalOf(row))
      if (isFinal(status)) sent.delete(`${chunk}/${recipientIndex}`);
  }
  return sent.size > 0;
}
