import { awaitsSending, decodeStatuses, encodeStatuses, isFailureReason } from '../../messages/stored-form.ts';
import type {
  Chunk,
  ChunkProgress,
  ChunkRecipient,
  JournalEntry,
  MessageHeader,
  RecipientStatus,
  ReplyLink,
  StatusNote,
  TemplateCall,
  WaitingChunk,
} from '../../messages/index.ts';
import type { Row } from './entity.ts';
import { guardEntitySize, readLongText, writeLongText } from './long-text.ts';

/*
 * A message is one partition: a header row, a row per chunk, and rows of delivery reports. Row keys contain the message
 * id, so that they are unique over the whole table: Azurite looks rows up by row key first and slows down if many rows
 * share one. The keys sort the header before the chunks and these before the reports.
 */

/** Returns the row key of a message's header. */
export const headerKey = (messageId: string): string => `${messageId}.a`;
/** Returns the row key of a chunk. Its index has at least three digits, so that chunks are in order. */
export const chunkKey = (messageId: string, index: number): string => `${messageId}.c${String(index).padStart(3, '0')}`;
const reportsKey = (messageId: string, unique: string): string => `${messageId}.r${unique}`;

/** Tells from its row key what kind of row a row is; undefined if it is none of these. */
export function kindOfRow(rowKey: string): 'header' | 'chunk' | 'reports' | undefined {
  const letters = { a: 'header', c: 'chunk', r: 'reports' } as const;
  return letters[rowKey.split('.')[1]?.[0] as keyof typeof letters];
}

/**
 * Converts the header of a message to its row: a column per field, times as ISO 8601 texts. Absent fields have no
 * column.
 *
 * @throws RangeError if the row is larger than Azure accepts
 */
export function headerRow({ acceptedAt, sendAt, requestId, ...rest }: MessageHeader) {
  return guardEntitySize({
    partitionKey: rest.messageId,
    rowKey: headerKey(rest.messageId),
    ...rest,
    acceptedAt: acceptedAt.toISOString(),
    ...(sendAt === undefined ? {} : { sendAt: sendAt.toISOString() }),
    ...(requestId === undefined ? {} : { requestId }),
  });
}

/** Converts a row to the header of its message; the inverse of {@link headerRow}. */
export function headerOf(row: Row): MessageHeader {
  const { acceptedAt, sendAt, ...rest } = withoutSystemProperties(row);
  return {
    ...(rest as unknown as Omit<MessageHeader, 'acceptedAt' | 'sendAt'>),
    acceptedAt: new Date(String(acceptedAt)),
    ...(typeof sendAt === 'string' ? { sendAt: new Date(sendAt) } : {}),
  };
}

const systemProperties = new Set(['partitionKey', 'rowKey', 'etag', 'timestamp', 'odata.metadata']);

function withoutSystemProperties(row: Row): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !systemProperties.has(name)));
}

/**
 * Converts a chunk to its row. Recipients, content and template are long texts, lists are JSON. The columns of
 * {@link progressColumns} change later, the others never do.
 *
 * @throws RangeError if the row is larger than Azure accepts
 */
export function chunkRow(chunk: Chunk) {
  const { messageId, index, customerId, serviceId, sender, protocol, sendAt, content, recipients } = chunk;
  const { template, buttons, fallbackSender, reply } = chunk;
  return guardEntitySize({
    partitionKey: messageId,
    rowKey: chunkKey(messageId, index),
    index,
    customerId,
    serviceId,
    sender,
    protocol,
    sendAt: sendAt?.toISOString() ?? '',
    ...(fallbackSender === undefined ? {} : { fallbackSender }),
    ...(reply === undefined ? {} : { reply: JSON.stringify(reply) }),
    ...(buttons === undefined ? {} : { buttons: JSON.stringify(buttons) }),
    ...(template === undefined ? {} : writeLongText('template', JSON.stringify(template))),
    ...writeLongText('content', content),
    ...writeLongText(
      'recipients',
      JSON.stringify(recipients.map(({ address, parts, values }) => [address, parts, values])),
    ),
    ...progressColumns(chunk),
  });
}

/**
 * Converts the progress of a chunk to the columns that change while workers send it. An absent time is an empty text,
 * because a merge can't remove a column.
 */
export function progressColumns(progress: ChunkProgress) {
  const { statuses, notes, references, attempts, leasedUntil, leaseId, notBefore, updatedAt } = progress;
  const { carrier, inFlight, attemptedAt } = progress;
  return {
    statuses: encodeStatuses(statuses),
    // Lets a query find chunks that still wait, without decoding the statuses of every row.
    open: statuses.some(awaitsSending),
    notes: JSON.stringify(
      [...notes].map(([recipientIndex, { code, message, reason }]) => [recipientIndex, code, message, reason]),
    ),
    references: JSON.stringify([...references]),
    attempts,
    leasedUntil: leasedUntil?.toISOString() ?? '',
    leaseId: leaseId ?? '',
    carrier: carrier ?? '',
    inHand: inFlight?.join(' ') ?? '',
    attemptedAt: attemptedAt?.toISOString() ?? '',
    notBefore: notBefore?.toISOString() ?? '',
    updatedAt: updatedAt.toISOString(),
  };
}

/** Converts a row to its chunk; the inverse of {@link chunkRow}. */
export function chunkOf(row: Row): Chunk {
  const recipients = JSON.parse(readLongText('recipients', row)) as [string, number, string[]][];
  const notes = JSON.parse(String(row['notes'])) as [number, string, string, string?][];
  return {
    messageId: String(row['partitionKey']),
    index: Number(row['index']),
    customerId: String(row['customerId']),
    serviceId: String(row['serviceId']),
    sender: String(row['sender']),
    protocol: row['protocol'] as Chunk['protocol'],
    content: readLongText('content', row),
    recipients: recipients.map(([address, parts, values]): ChunkRecipient => ({ address, parts, values })),
    statuses: statusesOf(row),
    notes: new Map(notes.map(([recipientIndex, ...note]): [number, StatusNote] => [recipientIndex, noteOf(...note)])),
    references: new Map(JSON.parse(String(row['references'])) as [number, string][]),
    attempts: Number(row['attempts']),
    updatedAt: new Date(String(row['updatedAt'])),
    ...(typeof row['fallbackSender'] === 'string' ? { fallbackSender: row['fallbackSender'] } : {}),
    ...(typeof row['reply'] === 'string' ? { reply: JSON.parse(row['reply']) as ReplyLink } : {}),
    ...(typeof row['buttons'] === 'string' ? { buttons: JSON.parse(row['buttons']) as string[] } : {}),
    ...(row['template0'] === undefined ? {} : { template: JSON.parse(readLongText('template', row)) as TemplateCall }),
    ...(row['leaseId'] === '' ? {} : { leaseId: String(row['leaseId']) }),
    ...(isFilled(row['carrier']) ? { carrier: row['carrier'] } : {}),
    ...(isFilled(row['inHand']) ? { inFlight: row['inHand'].split(' ').map(Number) } : {}),
    ...timesOf(row),
  };
}

/** Whether a column has a text. Rows that an older version of the app wrote may lack the column. */
const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Reads the statuses of a chunk's recipients from the chunk's row, in the order of recipient indexes. */
export function statusesOf(row: Row): RecipientStatus[] {
  return decodeStatuses(String(row['statuses']));
}

function noteOf(code: string, message: string, reason = ''): StatusNote {
  return { code, message, ...(isFailureReason(reason) ? { reason } : {}) };
}

/** Reads those times of a chunk that may be absent. */
function timesOf(row: Row): Pick<Chunk, 'sendAt' | 'leasedUntil' | 'notBefore' | 'attemptedAt'> {
  const names = ['sendAt', 'leasedUntil', 'notBefore', 'attemptedAt'] as const;
  return Object.fromEntries(names.flatMap((name) => (isFilled(row[name]) ? [[name, new Date(row[name])]] : [])));
}

/** The columns that {@link waitingChunkOf} reads. */
export const waitingColumns = ['index', 'sendAt', 'leasedUntil', 'notBefore', 'updatedAt'];

/** Converts a row with the columns of {@link waitingColumns} to what a sweep needs to know about a waiting chunk. */
export function waitingChunkOf(row: Row): WaitingChunk {
  const own = { messageId: String(row['partitionKey']), index: Number(row['index']) };
  return { ...own, updatedAt: new Date(String(row['updatedAt'])), ...timesOf(row) };
}

/**
 * Converts journal entries to one row of delivery reports, which is written once and never changed.
 *
 * @param unique the end of the row key, different for each row of the message
 * @throws RangeError if the row is larger than Azure accepts
 */
export function reportsRow(messageId: string, unique: string, entries: readonly JournalEntry[]) {
  const compact = entries.map(({ chunk, recipientIndex, status, at, note }) => {
    const fixed = [chunk, recipientIndex, encodeStatuses([status]), at.getTime()];
    return note === undefined ? fixed : [...fixed, note.code, note.message, note.reason];
  });
  return guardEntitySize({
    partitionKey: messageId,
    rowKey: reportsKey(messageId, unique),
    ...writeLongText('reports', JSON.stringify(compact)),
  });
}

/** Converts a row of delivery reports to its journal entries; the inverse of {@link reportsRow}. */
export function journalOf(row: Row): JournalEntry[] {
  const compact = JSON.parse(readLongText('reports', row)) as Compact[];
  return compact.map(([chunk, recipientIndex, letter, at, code, message = '', reason]) => {
    const [status = 'unknown'] = decodeStatuses(letter);
    const entry: JournalEntry = { chunk, recipientIndex, status, at: new Date(at) };
    return code === undefined ? entry : { ...entry, note: noteOf(code, message, reason) };
  });
}

/** A journal entry as the row has it; `at` is in milliseconds since 1970. */
type Compact = [
  chunk: number,
  recipientIndex: number,
  letter: string,
  at: number,
  code?: string,
  message?: string,
  reason?: string,
];
