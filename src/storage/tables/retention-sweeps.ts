import type { Attachment, AttachmentStore } from '../../conversations/index.ts';
import { eachOf } from '../../core/concurrency.ts';
import { timeInId } from '../../core/time-ordered-id.ts';
import type { Sweep, SweepStep } from '../../maintenance/index.ts';
import type { StorageConnection } from '../connection.ts';
import { concurrency, deleteRows, deleteUnchanged } from './delete-rows.ts';
import { readLongText } from './long-text.ts';
import { openTable } from './open-table.ts';
import type { Page, Table, TableName } from './open-table.ts';
import { readShardPage } from './sweep-pages.ts';
import { createThreadSweep } from './thread-sweep.ts';
import { odata } from './odata.ts';

/**
 * Days for which request ids are remembered, and a day more for what is under way: a message that were deleted before
 * its request id is forgotten would be sent again by a repeat. Notifications are tried for six days at most.
 */
const workingDays = 8;

/** How much of a list of attachments is read along; that of a message with hundreds of them is read alone. */
const attachmentColumns = ['attachments0', 'attachments1', 'attachments2', 'attachmentsLength'];

/**
 * Everything in tables that is not kept for ever, with the attachments that hang on it.
 *
 * @param moreAccounts further storage accounts in which messages are
 */
export function createTableSweeps(
  connection: StorageConnection,
  attachments: Pick<AttachmentStore, 'remove'>,
  moreAccounts: readonly StorageConnection[] = [],
): readonly Sweep[] {
  const open = (name: TableName): Table => openTable(connection, name);
  return [
    createMessageSweep(open('messages')),
    ...moreAccounts.map((account, index) => createMessageSweep(openTable(account, 'messages'), `-${index + 1}`)),
    createInboundSweep(open('inbound'), attachments),
    createUnroutedSweep(open('unrouted')),
    createNotificationSweep(open('notifications')),
    createCallbackSweep(open('callbacks')),
    createDeadLetterSweep(open('deadletters')),
    createThreadSweep(open('threads')),
    createHashedSweep(open('requests'), { name: 'requests', column: 'usedAt' }),
    createHashedSweep(open('carrierids'), { name: 'carrierids', column: 'notedAt' }),
  ];
}

const stepOf = ({ next }: Page, deleted: number): SweepStep => ({
  deleted,
  ...(next === undefined ? {} : { next }),
});

const olderThan = (prefix: string, before: Date): string =>
  odata`PartitionKey ge ${prefix} and PartitionKey lt ${prefix + timeInId(before)}`;

/** Messages by the time in their ids, which is that of their sending. */
function createMessageSweep(table: Table, suffix = ''): Sweep {
  return {
    name: `messages${suffix}`,
    minDays: workingDays,
    async step(before, from) {
      const page = await readShardPage(table, (shard) => ({ filter: olderThan(shard, before), columns: [] }), from);
      await deleteRows(table, page.rows);
      return stepOf(page, page.rows.length);
    },
  };
}

/** Phones' messages; the row goes last, since it names the attachments. */
function createInboundSweep(table: Table, attachments: Pick<AttachmentStore, 'remove'>): Sweep {
  return {
    name: 'inbound',
    minDays: workingDays,
    async step(before, from) {
      const queryOf = (shard: string) => ({ filter: olderThan(`i${shard}`, before), columns: attachmentColumns });
      const page = await readShardPage(table, queryOf, from);
      await eachOf(page.rows, concurrency, async (row) => {
        for (const id of await attachmentsOf(row)) await attachments.remove(id);
      });
      await deleteRows(table, page.rows);
      return stepOf(page, page.rows.length);
    },
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
function createUnroutedSweep(table: Table): Sweep {
  return {
    name: 'unrouted',
    async step(before, from) {
      const queryOf = (shard: string) => {
        const partition = `i${shard}`;
        const end = partition + timeInId(before);
        return { filter: odata`PartitionKey eq ${partition} and RowKey lt ${end}`, columns: [] };
      };
      const page = await readShardPage(table, queryOf, from);
      await deleteRows(table, page.rows);
      return stepOf(page, page.rows.length);
    },
  };
}

/**
 * Notifications lie by the id of their message, and so by its time. One that was replayed is as young as its replay, and
 * may be under way.
 */
function createNotificationSweep(table: Table): Sweep {
  return {
    name: 'notifications',
    minDays: workingDays,
    async step(before, from) {
      const queryOf = (shard: string) => ({ filter: olderThan(`i${shard}`, before), columns: ['since'] });
      const page = await readShardPage(table, queryOf, from);
      const over = page.rows.filter(({ since }) => !(typeof since === 'string' && since >= before.toISOString()));
      await deleteRows(table, over);
      return stepOf(page, over.length);
    },
  };
}

/** Callbacks lie by the id of their message; those of one that was scheduled or replayed are younger than that. */
function createCallbackSweep(table: Table): Sweep {
  return {
    name: 'callbacks',
    minDays: workingDays,
    async step(before, from) {
      const queryOf = (shard: string) => ({ filter: olderThan(shard, before), columns: ['changedAt'] });
      const page = await readShardPage(table, queryOf, from);
      const over = page.rows.filter(({ changedAt }) => String(changedAt) < before.toISOString());
      await deleteRows(table, over);
      return stepOf(page, over.length);
    },
  };
}

/**
 * Dead letters lie by customer, and in each by time. The sweep goes from one customer's oldest letter to the next
 * customer's, so it reads one row of each, and then what is old.
 */
function createDeadLetterSweep(table: Table): Sweep {
  return {
    name: 'deadletters',
    minDays: workingDays,
    async step(before, from = '') {
      const [first] = await table.listFirst(1, odata`PartitionKey gt ${from}`, ['partitionKey', 'rowKey']);
      if (first === undefined) return { deleted: 0 };
      const customer = String(first['partitionKey']);
      const end = `${customer}.${timeInId(before)}`;
      if (String(first['rowKey']) >= end) return { deleted: 0, next: customer };
      const filter = odata`PartitionKey eq ${customer} and RowKey lt ${end}`;
      const page = await table.listPage({ filter, columns: [] });
      await deleteRows(table, page.rows);
      // What is left of this customer's is found again by the next step, from the same place.
      return { deleted: page.rows.length, next: page.next === undefined ? customer : from };
    },
  };
}

/**
 * Uses of request ids and ids of carriers lie by a hash, so the whole table is gone through, page by page over many runs, and the service
 * only hands out what is old. Each is a partition of its own, and a row that was used again meanwhile stays.
 */
function createHashedSweep(table: Table, { name, column }: { name: string; column: string }): Sweep {
  return {
    name,
    minDays: workingDays,
    async step(before, from) {
      const filter = `${column} lt ${odata`${before.toISOString()}`}`;
      const page = await table.listPage({ filter, columns: [] }, from);
      await eachOf(page.rows, concurrency, (row) => deleteUnchanged(table, row));
      return stepOf(page, page.rows.length);
    },
  };
}
