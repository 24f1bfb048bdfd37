import { customerKey } from '../directory/index.ts';

/*
 * A message id is 32 hexadecimal digits: two for the shard, twelve for the time in milliseconds, eight that follow from
 * the customer, ten random ones.
 * It is the partition key of everything the message consists of. The shard spreads the load; the time behind it makes
 * "all messages of a span" one range per shard, so that repair, retention and time-outs need no index of their own.
 * The customer's digits tell a message of somebody else before it is read. A recipient id adds chunk and place, so that a delivery report finds its row without a look-up.
 */

const timeDigits = 12;
const randomDigits = 10;
const customerStart = 2 + timeDigits;

/** Makes the id of a customer's message. `randomBytes` gives that many random bytes. */
export function newMessageId(customerId: string, now: Date, randomBytes: (size: number) => Uint8Array): string {
  const [shard = 0, ...rest] = randomBytes(1 + randomDigits / 2);
  const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
  const time = now.getTime().toString(16).padStart(timeDigits, '0');
  return hex(shard) + time + customerKey(customerId) + rest.map(hex).join('');
}

/** Whether a text is a message id, and may be that of a message of the customer. */
export function mayBeMessageOf(customerId: string, text: string): boolean {
  return isMessageId(text) && text.startsWith(customerKey(customerId), customerStart);
}

/** Whether a text has the form of a message id. */
export function isMessageId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

/** Where a recipient stands: in which message, which of its chunks, and where in that. */
export interface RecipientPlace {
  messageId: string;
  chunk: number;
  place: number;
}

/** The id of a recipient; `place` is below 100, a chunk that stands in for another channel has five digits or more, others three. */
export function recipientId({ messageId, chunk, place }: RecipientPlace): string {
  return `${messageId}-${String(chunk).padStart(3, '0')}${String(place).padStart(2, '0')}`;
}

/** The inverse of {@link recipientId}; undefined for a text that isn't one. */
export function parseRecipientId(text: string): RecipientPlace | undefined {
  const [, messageId, chunk, place] = /^([0-9a-f]{32})-(\d{3}|[1-9]\d{4,6})(\d{2})$/.exec(text) ?? [];
  if (messageId === undefined) return undefined;
  return { messageId, chunk: Number(chunk), place: Number(place) };
}
