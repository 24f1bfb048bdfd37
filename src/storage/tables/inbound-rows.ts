import type { Attachment, InboundMessage, InboundProgress } from '../../conversations/index.ts';
import type { Row } from './entity.ts';
import { guardEntitySize, readLongText, writeLongText } from './long-text.ts';
import { textField } from './optional-columns.ts';

/*
 * An inbound message is one row in a partition of its own. Its id begins with a letter and a shard, which spreads the
 * messages. The time follows, so that the messages of a time span are one range in each shard.
 */

/** Returns the keys of an inbound message's row. The partition key is the message's id. */
export function inboundKeys(id: string): { partitionKey: string; rowKey: string } {
  return { partitionKey: id, rowKey: `${id}.a` };
}

const progressTexts = [
  'customerId',
  'serviceId',
  'keyword',
  'threadId',
  'parentMessageId',
] as const satisfies readonly (keyof InboundProgress)[];

/**
 * Converts an inbound message to its row. Content and attachments are long texts.
 *
 * @throws RangeError if the row is larger than Azure accepts
 */
export function inboundRow(message: InboundMessage) {
  const { id, carrier, carrierMessageId, sender, recipient, protocol, content, at, receivedAt, buttonReply } = message;
  return guardEntitySize({
    ...inboundKeys(id),
    carrier,
    carrierMessageId,
    sender,
    recipient,
    protocol,
    at: at.toISOString(),
    receivedAt: receivedAt.toISOString(),
    ...(buttonReply === undefined ? {} : { buttonReply }),
    ...writeLongText('content', content),
    ...inboundProgressColumns(message),
  });
}

/**
 * Converts the progress of an inbound message to the columns that change while the message is routed. Absent texts
 * become empty texts, because a merge can't remove a column.
 */
export function inboundProgressColumns(progress: InboundProgress) {
  const { state, attempts } = progress;
  const attachments = JSON.stringify(progress.attachments);
  return {
    state,
    attempts,
    ...Object.fromEntries(progressTexts.map((name) => [name, progress[name] ?? ''])),
    ...writeLongText('attachments', attachments),
    // If the list was longer before, its last columns remain: the length says where the new text ends.
    attachmentsLength: attachments.length,
  };
}

/** Converts a row to its inbound message; the inverse of {@link inboundRow}. */
export function inboundOf(row: Row): InboundMessage {
  const attachments = readLongText('attachments', row).slice(0, Number(row['attachmentsLength']));
  return {
    id: String(row['partitionKey']),
    carrier: String(row['carrier']),
    carrierMessageId: String(row['carrierMessageId']),
    sender: String(row['sender']),
    recipient: String(row['recipient']),
    protocol: row['protocol'] as InboundMessage['protocol'],
    content: readLongText('content', row),
    at: new Date(String(row['at'])),
    receivedAt: new Date(String(row['receivedAt'])),
    ...(typeof row['buttonReply'] === 'string' ? { buttonReply: row['buttonReply'] } : {}),
    state: row['state'] as InboundMessage['state'],
    attempts: Number(row['attempts']),
    attachments: JSON.parse(attachments) as Attachment[],
    ...Object.assign({}, ...progressTexts.map((name) => textField(name, row[name]))),
  };
}

/** Converts an inbound message that no service wants to its note: a row with what operators need. */
export function unroutedRow({ id, sender, recipient, protocol, at }: InboundMessage) {
  return guardEntitySize({ ...unroutedKeys(id), sender, recipient, protocol, at: at.toISOString() });
}

/** Returns the keys of the note of an unrouted message. The partition key is the id's letter and shard. */
export function unroutedKeys(id: string): { partitionKey: string; rowKey: string } {
  return { partitionKey: id.slice(0, 3), rowKey: id };
}
