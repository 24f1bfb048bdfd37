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
 * A message is one partition: a header row, a row per chunk, and rows of delivery reports. Row keys carry the message
 * id, so that they are unique over the whole table: Azurite finds rows by row key first and slows down where many share
 * one. Header before chunks before reports, so that one range read brings them in order.
 */

export const headerKey = (messageId: string): string => `${messageId}.a`;
export const chunkKey = (messageId: string, index: number): string => `${messageId}.c${String(index).padStart(3, '0')}`;
const reportsKey = (messageId: string, unique: string): string => `${messageId}.r${unique}`;

/** Which kind of row a row key names. */
export function kindOfRow(rowKey: string): 'header' | 'chunk' | 'reports' | undefined {
  const letters = { a: 'header', c: 'chunk', r: 'reports' } as const;
  return letters[rowKey.split('.')[1]?.[0] as keyof typeof letters];
}

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

/** The columns that change while a chunk is worked on. An empty time means none: a merge can't remove a column. */
export function progressColumns(progress: ChunkProgress) {
  const { statuses, notes, references, attempts, leasedUntil, leaseId, notBefore, updatedAt } = progress;
  const { carrier, inFlight, attemptedAt } = progress;
  return {
    statuses: encodeStatuses(statuses),
    // What is open can so be found without taking every row apart.
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

/** A column that a row of an older version may not have. */
const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** The statuses of a chunk's recipients. */
export function statusesOf(row: Row): RecipientStatus[] {
  return decodeStatuses(String(row['statuses']));
}

function noteOf(code: string, message: string, reason = ''): StatusNote {
  return { code, message, ...(isFailureReason(reason) ? { reason } : {}) };
}

/** The times of a chunk that may be absent. */
function timesOf(row: Row): Pick<Chunk, 'sendAt' | 'leasedUntil' | 'notBefore' | 'attemptedAt'> {
  const names = ['sendAt', 'leasedUntil', 'notBefore', 'attemptedAt'] as const;
  return Object.fromEntries(names.flatMap((name) => (isFilled(row[name]) ? [[name, new Date(row[name])]] : [])));
}

/** The columns that {@link waitingChunkOf} reads. */
export const waitingColumns = ['index', 'sendAt', 'leasedUntil', 'notBefore', 'updatedAt'];

export function waitingChunkOf(row: Row): WaitingChunk {
  const own = { messageId: String(row['partitionKey']), index: Number(row['index']) };
  return { ...own, updatedAt: new Date(String(row['updatedAt'])), ...timesOf(row) };
}

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

export function journalOf(row: Row): JournalEntry[] {
  const compact = JSON.parse(readLongText('reports', row)) as Compact[];
  return compact.map(([chunk, recipientIndex, letter, at, code, message = '', reason]) => {
    const [status = 'unknown'] = decodeStatuses(letter);
    const entry: JournalEntry = { chunk, recipientIndex, status, at: new Date(at) };
    return code === undefined ? entry : { ...entry, note: noteOf(code, message, reason) };
  });
}

type Compact = [
  chunk: number,
  recipientIndex: number,
  letter: string,
  at: number,
  code?: string,
  message?: string,
  reason?: string,
];
