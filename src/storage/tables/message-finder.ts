import { isFinal } from '../../messages/stored-form.ts';
import type { MessageFinder } from '../../messages/index.ts';
import type { StorageConnection } from '../connection.ts';
import { journalOf, kindOfRow, statusesOf, waitingChunkOf, waitingColumns } from './message-rows.ts';
import { openTable } from './open-table.ts';
import type { Page } from './open-table.ts';
import { listDue } from './sweep-pages.ts';

/** The columns that hold delivery reports. A row has at most 16 of them, since an entity holds at most 1 MiB. */
const reportColumns = Array.from({ length: 16 }, (_, index) => `reports${index}`);

/** Finds messages in the table `messages`. A time span is one range in each shard. */
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

/**
 * Tells whether these rows have a recipient who was sent to and of whom they have no final report. It only seems so:
 * the rows may not be all rows of the message.
 */
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
