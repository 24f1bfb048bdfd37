import type { Attachment, InboundMessage, InboundProgress } from '../../conversations/index.ts';
import type { Row } from './entity.ts';
import { guardEntitySize, readLongText, writeLongText } from './long-text.ts';
import { textField } from './optional-columns.ts';

/*
 * A phone's message is one row in a partition of its own. Its id begins with a letter and a shard, so messages spread,
 * and the time behind these makes those of a span one range per shard.
 */

/** The keys of a message's row. */
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

/** The columns that change while a message is led on. */
export function inboundProgressColumns(progress: InboundProgress) {
  const { state, attempts } = progress;
  const attachments = JSON.stringify(progress.attachments);
  return {
    state,
    attempts,
    ...Object.fromEntries(progressTexts.map((name) => [name, progress[name] ?? ''])),
    ...writeLongText('attachments', attachments),
    // Columns of a longer text that was there before stay behind a shorter one.
    attachmentsLength: attachments.length,
  };
}

/** The inverse of {@link inboundRow}. */
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

/** The row of a message that no service wants, with what an operator wants to know of it. */
export function unroutedRow({ id, sender, recipient, protocol, at }: InboundMessage) {
  return guardEntitySize({ ...unroutedKeys(id), sender, recipient, protocol, at: at.toISOString() });
}

/** The keys of that row; its partition is the id's letter and shard. */
export function unroutedKeys(id: string): { partitionKey: string; rowKey: string } {
  return { partitionKey: id.slice(0, 3), rowKey: id };
}
