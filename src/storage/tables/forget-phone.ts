import type { Attachment, AttachmentStore } from '../../conversations/index.ts';
import { forgetHeader, forgetRecipient, forgottenMark } from '../../messages/stored-form.ts';
import type { StorageConnection } from '../connection.ts';
import { deleteRows } from './delete-rows.ts';
import type { Keys, Row } from './entity.ts';
import { readLongText, writeLongText } from './long-text.ts';
import { chunkOf, chunkRow, headerKey, headerOf, headerRow, kindOfRow } from './message-rows.ts';
import { openTable, unlessChanged } from './open-table.ts';
import type { Page, Table, TableName } from './open-table.ts';
import { odata } from './odata.ts';

/** How to forget a number. */
export interface Forgetting {
  /** Digits in international form, without a plus. */
  phone: string;
  /** Whether to delete and blank; false: only counts. */
  apply: boolean;
  /** Whether to delete opt-outs, too. Without its opt-outs, a number gets advertisements again. */
  optOuts: boolean;
  attachments: Pick<AttachmentStore, 'remove'>;
}

/** How many rows contain a number, by the kind of row. */
export type ForgottenCounts = Record<
  | 'contacts'
  | 'optOuts'
  | 'recipients'
  | 'reports'
  | 'beingSent'
  | 'inbound'
  | 'unrouted'
  | 'notifications'
  | 'deadLetters'
  | 'conversations',
  number
>;

const everything = odata`PartitionKey ge ${''}`;

/**
 * Deletes or blanks what tables and attachments hold about a phone number, or only counts it. Reads whole tables, a
 * page at a time, since almost nothing is sorted by number. A second run finds only what was stored in the meantime.
 * Chunks that a worker is sending at this moment stay, and are counted as `beingSent`.
 */
export async function forgetPhone(connection: StorageConnection, forgetting: Forgetting): Promise<ForgottenCounts> {
  const { phone, apply, optOuts, attachments } = forgetting;
  const open = (name: TableName): Table => openTable(connection, name);

  /** Deletes the rows of a table that match, or only counts them. Resolves to how many there are. */
  async function drop(
    table: Table,
    { filter = everything, columns = [] }: { filter?: string; columns?: string[] },
    isMeant: (row: Page['rows'][number]) => boolean = () => true,
  ): Promise<number> {
    let count = 0;
    for await (const rows of pagesOf(table, filter, columns)) {
      const meant = rows.filter(isMeant);
      count += meant.length;
      if (apply) await deleteRows(table, meant);
    }
    return count;
  }

  const ofPhone = (column: 'number' | 'sender' | 'phone'): { filter: string } => ({
    filter: { number: odata`number eq ${phone}`, sender: odata`sender eq ${phone}`, phone: odata`phone eq ${phone}` }[
      column
    ],
  });
  // The payload of a notification begins with the sender.
  const prefix = JSON.stringify({ sender: phone }).slice(0, -1);
  const tellsOf = (row: Page['rows'][number]): boolean => String(row['payload0']).startsWith(`${prefix},`);

  async function dropInbound(): Promise<number> {
    const table = open('inbound');
    let count = 0;
    for await (const rows of pagesOf(table, ofPhone('sender').filter)) {
      count += rows.length;
      if (!apply) continue;
      for (const row of rows) {
        const listed = readLongText('attachments', row).slice(0, Number(row['attachmentsLength']));
        for (const { id } of JSON.parse(listed) as Attachment[]) await attachments.remove(id);
      }
      await deleteRows(table, rows);
    }
    return count;
  }

  async function dropConversations(): Promise<number> {
    const table = open('threads');
    const found = new Set<string>();
    for await (const rows of pagesOf(table, ofPhone('phone').filter, [])) {
      for (const { partitionKey } of rows) found.add(partitionKey);
    }
    for (const key of apply ? found : []) await drop(table, { filter: odata`PartitionKey eq ${key}` });
    return found.size;
  }

  // The row key is made of the generation, the number, and the rest.
  const isContact = ({ rowKey }: Keys): boolean => rowKey.split('.')[1] === phone;
  return {
    contacts: await drop(open('contacts'), {}, isContact),
    optOuts: optOuts ? await drop(open('optouts'), ofPhone('number')) : 0,
    ...(await blankMessages(open('messages'), forgetting)),
    inbound: await dropInbound(),
    unrouted: await drop(open('unrouted'), ofPhone('sender')),
    notifications: await drop(open('notifications'), { columns: ['payload0'] }, tellsOf),
    deadLetters: await drop(open('deadletters'), { columns: ['payload0'] }, tellsOf),
    conversations: await dropConversations(),
  };
}

async function* pagesOf(table: Table, filter: string, columns?: string[]): AsyncGenerator<Page['rows']> {
  let from: string | undefined;
  do {
    const { rows, next } = await table.listPage({ filter, ...(columns && { columns }) }, from);
    if (rows.length > 0) yield rows;
    from = next;
  } while (from !== undefined);
}

type MessageCounts = Pick<ForgottenCounts, 'recipients' | 'reports' | 'beingSent'>;

/** Blanks a number in chunks, headers and reports of messages. The rows themselves stay. */
async function blankMessages(table: Table, { phone, apply }: Forgetting): Promise<MessageCounts> {
  const counts = { recipients: 0, reports: 0, beingSent: 0 };
  for await (const rows of pagesOf(table, everything)) {
    for (const row of rows) {
      const kind = kindOfRow(row.rowKey);
      if (kind === 'chunk') await blankChunk(row);
      else if (kind === 'reports') await blankReports(row);
    }
  }
  return counts;

  async function blankChunk(row: Page['rows'][number]): Promise<void> {
    // Most rows don't contain the number, and need no decoding.
    const { reply } = row;
    const isNamed =
      readLongText('recipients', row).includes(phone) || (typeof reply === 'string' && reply.includes(phone));
    if (!isNamed) return;
    const chunk = chunkOf(row);
    const header = await table.find(chunk.messageId, headerKey(chunk.messageId));
    const alone = header?.['recipientCount'] === 1;
    const blanked = forgetRecipient(chunk, phone, alone);
    if (blanked === undefined) return;
    if (chunk.leasedUntil !== undefined && chunk.leasedUntil > new Date()) {
      counts.beingSent += 1;
      return;
    }
    counts.recipients += 1;
    if (!apply) return;
    const replaced = await unlessChanged(table.replace(chunkRow(blanked), row.etag), undefined);
    if (replaced === undefined) {
      counts.recipients -= 1;
      counts.beingSent += 1;
      return;
    }
    if (alone) await blankHeader(header);
  }

  /** Blanks the header of a message whose only recipient is the number. Writes only the columns that change. */
  async function blankHeader(row: Row): Promise<void> {
    const { partitionKey, rowKey, ...columns } = headerRow(forgetHeader(headerOf(row)));
    const changed = Object.entries(columns).filter(([name, value]) => row[name] !== value);
    if (changed.length > 0) await table.merge({ partitionKey, rowKey, ...Object.fromEntries(changed) });
  }

  /** Blanks the number in reports: a carrier may name it in the reason why a message failed. */
  async function blankReports({ partitionKey, rowKey, ...columns }: Page['rows'][number]): Promise<void> {
    const reports = JSON.parse(readLongText('reports', columns) || '[]') as unknown[][];
    const isNaming = (value: unknown): value is string => typeof value === 'string' && value.includes(phone);
    if (!reports.some((report) => report.some(isNaming))) return;
    counts.reports += 1;
    if (!apply) return;
    // Replace in texts only: a time in milliseconds may contain the same digits.
    const blanked = reports.map((report) =>
      report.map((value) => (isNaming(value) ? value.replaceAll(phone, forgottenMark.slice(0, 6)) : value)),
    );
    // The shorter text may need fewer columns, and a merge can't remove a column. So empty them all first.
    const emptied = Object.fromEntries(
      Object.keys(columns).flatMap((name) => (/^reports\d+$/.test(name) ? [[name, '']] : [])),
    );
    const written = { ...emptied, ...writeLongText('reports', JSON.stringify(blanked)) };
    await table.merge({ partitionKey, rowKey, ...written });
  }
}
