import { customerKey } from '../directory/index.ts';
import { timeDigits, timeInId } from '../core/time-ordered-id.ts';

/*
 * A message id is 32 hexadecimal digits: two for the shard, twelve for the time in milliseconds when the message is due,
 * eight that follow from the customer, eight random ones, one for the storage account, one for what else is to be known.
 * It is the partition key of everything the message consists of. The shard spreads the load; the time behind it makes
 * "all messages due in a span" one range per shard, so that schedules, repair, retention and time-outs need no index of
 * their own. The customer's digits tell a message of somebody else before it is read. A recipient id adds chunk and
 * recipientIndex, so that a delivery report finds its row without a look-up.
 */

const randomDigits = 8;
const customerStart = 2 + timeDigits;
const accountPosition = 30;
const flagsPosition = 31;

/** Storage accounts that ids can tell apart. */
export const accountLimit = 16;

/** The flag of a message whose sender wants to be called when recipients reach their final status. */
const callbacksFlag = 1;

/** What an id says of its message. */
export interface MessageIdParts {
  customerId: string;
  /** When the message is to be sent, which may be now. */
  dueAt: Date;
  /** Whether somebody is called when recipients reach their final status. */
  callbacks: boolean;
}

/**
 * Makes the id of a customer's message.
 *
 * @param accounts how many storage accounts there are; messages are spread over them
 * @param randomBytes gives that many random bytes
 */
export function newMessageId(
  { customerId, dueAt, callbacks }: MessageIdParts,
  accounts: number,
  randomBytes: (size: number) => Uint8Array,
): string {
  const [shard = 0, ...rest] = randomBytes(1 + randomDigits / 2);
  const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
  const account = (shard % accounts).toString(16);
  const flags = callbacks ? callbacksFlag : 0;
  return hex(shard) + timeInId(dueAt) + customerKey(customerId) + rest.map(hex).join('') + account + flags.toString(16);
}

const digitAt = (messageId: string, position: number): number => Number.parseInt(messageId.charAt(position), 16);

/** The number of the storage account in which a message is. */
export function accountOf(messageId: string): number {
  return digitAt(messageId, accountPosition);
}

/** Whether somebody is to be called when recipients of a message reach their final status. */
export function wantsCallbacks(messageId: string): boolean {
  return (digitAt(messageId, flagsPosition) & callbacksFlag) !== 0;
}

/** When a message is due, in milliseconds since 1970. */
export function timeOfMessageId(messageId: string): number {
  return Number.parseInt(messageId.slice(2, customerStart), 16);
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
export interface RecipientRef {
  messageId: string;
  chunk: number;
  recipientIndex: number;
}

/** The id of a recipient; `recipientIndex` is below 100, a chunk that stands in for another channel has five digits or more, others three. */
export function recipientId({ messageId, chunk, recipientIndex }: RecipientRef): string {
  return `${messageId}-${String(chunk).padStart(3, '0')}${String(recipientIndex).padStart(2, '0')}`;
}

/** The inverse of {@link recipientId}; undefined for a text that isn't one. */
export function parseRecipientId(text: string): RecipientRef | undefined {
  const [, messageId, chunk, recipientIndex] = /^([0-9a-f]{32})-(\d{3}|[1-9]\d{4,6})(\d{2})$/.exec(text) ?? [];
  if (messageId === undefined) return undefined;
  return { messageId, chunk: Number(chunk), recipientIndex: Number(recipientIndex) };
}
