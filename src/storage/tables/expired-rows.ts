import type { Attachment, AttachmentStore } from '../../conversations/index.ts';
import { eachOf } from '../../core/concurrency.ts';
import { timeInId } from '../../core/time-ordered-id.ts';
import type { DeletePage, ExpiredRows, SweepStep } from '../../maintenance/index.ts';
import type { StorageConnection } from '../connection.ts';
import { concurrency, deleteRows, deleteUnchanged } from './delete-rows.ts';
import { threadDeleter } from './expired-threads.ts';
import { readLongText } from './long-text.ts';
import { openTable } from './open-table.ts';
import type { Page, Table, TableName } from './open-table.ts';
import { readShardPage } from './sweep-pages.ts';
import { odata } from './odata.ts';

/** How much of a list of attachments is read along; that of a message with hundreds of them is read alone. */
const attachmentColumns = ['attachments0', 'attachments1', 'attachments2', 'attachmentsLength'];

/**
 * Deletes expired rows from all tables whose rows are not kept for ever, with the attachments that belong to them.
 *
 * @param moreAccounts further storage accounts that hold messages
 */
export function createTableExpiredRows(
  connection: StorageConnection,
  attachments: Pick<AttachmentStore, 'remove'>,
  moreAccounts: readonly StorageConnection[] = [],
): ExpiredRows {
  const open = (name: TableName): Table => openTable(connection, name);
  return {
    messages: [connection, ...moreAccounts].map((account) => messageDeleter(openTable(account, 'messages'))),
    inbound: [inboundDeleter(open('inbound'), attachments)],
    unrouted: [unroutedDeleter(open('unrouted'))],
    notifications: [notificationDeleter(open('notifications'))],
    callbacks: [callbackDeleter(open('callbacks'))],
    deadletters: [deadLetterDeleter(open('deadletters'))],
    threads: [threadDeleter(open('threads'))],
    requests: [hashedRowDeleter(open('requests'), 'usedAt')],
    carrierids: [hashedRowDeleter(open('carrierids'), 'notedAt')],
  };
}

const stepOf = ({ next }: Page, done: number): SweepStep => ({ done, next });

const olderThan = (prefix: string, before: Date): string =>
  odata`PartitionKey ge ${prefix} and PartitionKey lt ${prefix + timeInId(before)}`;

/** Messages lie by the time in their ids, at which they were sent. */
function messageDeleter(table: Table): DeletePage {
  return async (before, from) => {
    const page = await readShardPage(table, (shard) => ({ filter: olderThan(shard, before), columns: [] }), from);
    await deleteRows(table, page.rows);
    return stepOf(page, page.rows.length);
  };
}

/** Inbound messages; the row goes last, since it names the attachments. */
function inboundDeleter(table: Table, attachments: Pick<AttachmentStore, 'remove'>): DeletePage {
  return async (before, from) => {
    const queryOf = (shard: string) => ({ filter: olderThan(`i${shard}`, before), columns: attachmentColumns });
    const page = await readShardPage(table, queryOf, from);
    await eachOf(page.rows, concurrency, async (row) => {
      for (const id of await attachmentsOf(row)) await attachments.remove(id);
    });
    await deleteRows(table, page.rows);
    return stepOf(page, page.rows.length);
  };

  async function attachmentsOf(row: Page['rows'][number]): Promise<string[]> {
    const length = Number(row['attachmentsLength']);
    const isWhole = readLongText('attachments', row).length >= length;
    const source = isWhole ? row : await table.find(row.partitionKey, row.rowKey);
    if (source === undefined) return [];
    const listed = JSON.parse(readLongText('attachments', source).slice(0, length)) as Attachment[];
    return listed.flatMap(({ id, state }) => (state === 'failed' ? [] : [id]));
  }
}

/** Notes of messages that no service wants: a shard is a partition of its own, and the time stands in the row's key. */
function unroutedDeleter(table: Table): DeletePage {
  return async (before, from) => {
    const queryOf = (shard: string) => {
      const partition = `i${shard}`;
      const end = partition + timeInId(before);
      return { filter: odata`PartitionKey eq ${partition} and RowKey lt ${end}`, columns: [] };
    };
    const page = await readShardPage(table, queryOf, from);
    await deleteRows(table, page.rows);
    return stepOf(page, page.rows.length);
  };
}

/**
 * Notifications lie by the id of their message, and so by its time. A notification that was replayed is as young as its
 * replay, and may be under way.
 */
function notificationDeleter(table: Table): DeletePage {
  return async (before, from) => {
    const queryOf = (shard: string) => ({ filter: olderThan(`i${shard}`, before), columns: ['since'] });
    const page = await readShardPage(table, queryOf, from);
    const expired = page.rows.filter(({ since }) => !(typeof since === 'string' && since >= before.toISOString()));
    await deleteRows(table, expired);
    return stepOf(page, expired.length);
  };
}

/** Callbacks lie by the id of their message; those of one that was scheduled or replayed are younger than that. */
function callbackDeleter(table: Table): DeletePage {
  return async (before, from) => {
    const queryOf = (shard: string) => ({ filter: olderThan(shard, before), columns: ['changedAt'] });
    const page = await readShardPage(table, queryOf, from);
    const expired = page.rows.filter(({ changedAt }) => String(changedAt) < before.toISOString());
    await deleteRows(table, expired);
    return stepOf(page, expired.length);
  };
}

/**
 * Dead letters lie by customer, and in each by time. The pages go from one customer's oldest letter to the next
 * customer's: one row of each customer is read, and then what is old.
 */
function deadLetterDeleter(table: Table): DeletePage {
  return async (before, from = '') => {
    const [first] = await table.listFirst(1, odata`PartitionKey gt ${from}`, ['partitionKey', 'rowKey']);
    if (first === undefined) return { done: 0 };
    const customer = String(first['partitionKey']);
    const end = `${customer}.${timeInId(before)}`;
    if (String(first['rowKey']) >= end) return { done: 0, next: customer };
    const filter = odata`PartitionKey eq ${customer} and RowKey lt ${end}`;
    const page = await table.listPage({ filter, columns: [] });
    await deleteRows(table, page.rows);
    // The next page finds what is left of this customer's, from the same place.
    return { done: page.rows.length, next: page.next === undefined ? customer : from };
  };
}

/**
 * Uses of request ids and ids of carriers lie by a hash, so the pages go through the whole table over many runs, and the
 * service only hands out what is old. Each row is a partition of its own, and one that was used again meanwhile stays.
 *
 * @param column when a row was last used
 */
function hashedRowDeleter(table: Table, column: string): DeletePage {
  return async (before, from) => {
    const filter = `${column} lt ${odata`${before.toISOString()}`}`;
    const page = await table.listPage({ filter, columns: [] }, from);
    await eachOf(page.rows, concurrency, (row) => deleteUnchanged(table, row));
    return stepOf(page, page.rows.length);
  };
}
