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

/**
 * The columns of a list of attachments that a page of rows contains. A list that needs more columns, of hundreds of
 * attachments, is read in a request of its own.
 */
const attachmentColumns = ['attachments0', 'attachments1', 'attachments2', 'attachmentsLength'];

/**
 * Creates the functions that delete expired rows, for every table whose rows expire. Attachments are deleted with the
 * rows that name them.
 *
 * @param moreAccounts further storage accounts that contain messages
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

/** Deletes pages of messages. They are sorted by the time in their ids, at which they were sent. */
function messageDeleter(table: Table): DeletePage {
  return async (before, from) => {
    const page = await readShardPage(table, (shard) => ({ filter: olderThan(shard, before), columns: [] }), from);
    await deleteRows(table, page.rows);
    return stepOf(page, page.rows.length);
  };
}

/** Deletes pages of inbound messages. A row is deleted after its attachments, because it names them. */
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

/** Deletes pages of notes of unrouted messages. Each shard is one partition, and the row key contains the time. */
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
 * Deletes pages of notifications. They are sorted by the id of their message, and so by its time. A notification that
 * was replayed is as old as its replay, not as its message, because it may be in progress.
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

/**
 * Deletes pages of callbacks. They are sorted by the id of their message, but are kept as long as they were changed
 * recently: the callbacks of a message that was scheduled or replayed are younger than the message.
 */
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
 * Deletes pages of dead letters. They are sorted by customer, then by time. A step reads the oldest dead letter of the
 * next customer; if that one is expired, it reads and deletes a page of that customer's expired dead letters.
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
    // If dead letters of this customer are left, the next step begins at the same position and finds them.
    return { done: page.rows.length, next: page.next === undefined ? customer : from };
  };
}

/**
 * Deletes pages of rows that are sorted by a hash: uses of request ids, and ids of carriers. The pages go through the
 * whole table over many runs, and the storage service filters by age. Each row is a partition of its own. A row that
 * was used again since it was read stays.
 *
 * @param column the column with the time at which a row was last used
 */
function hashedRowDeleter(table: Table, column: string): DeletePage {
  return async (before, from) => {
    const filter = `${column} lt ${odata`${before.toISOString()}`}`;
    const page = await table.listPage({ filter, columns: [] }, from);
    await eachOf(page.rows, concurrency, (row) => deleteUnchanged(table, row));
    return stepOf(page, page.rows.length);
  };
}
