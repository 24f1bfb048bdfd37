import { customerKey } from '../directory/index.ts';
import { timeDigits, timeInId } from '../core/time-ordered-id.ts';

/*
 * A message id is the partition key of everything that belongs to the message. It has 32 hexadecimal digits:
 *
 * - 2 for the shard, which spreads the load.
 * - 12 for the time when the message is due, in milliseconds. Because the time follows the shard, "all messages due in
 *   a span" is one range per shard, and schedules, repair, retention and time-outs need no index of their own.
 * - 8 derived from the customer, which tell a message of another customer before it is read.
 * - 8 random ones.
 * - 1 for the storage account.
 * - 1 for flags.
 *
 * A recipient id adds chunk and recipient index, so that a delivery report finds its row without a lookup.
 */

const randomDigits = 8;
const customerStart = 2 + timeDigits;
const accountPosition = 30;
const flagsPosition = 31;

/** The maximum number of storage accounts that message ids can tell apart: the account has one hexadecimal digit. */
export const accountLimit = 16;

/** The flag of a message whose sender wants a callback when recipients reach their final status. */
const callbacksFlag = 1;

/** What a message id says of its message. */
export interface MessageIdParts {
  customerId: string;
  /** When the message is due, which may be now. */
  dueAt: Date;
  /** Whether the sender wants a callback when recipients reach their final status. */
  callbacks: boolean;
}

/**
 * Makes the id of a customer's message.
 *
 * @param accounts the number of storage accounts, over which messages are spread
 * @param randomBytes returns `size` random bytes
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

/** Reads the number of the storage account that holds a message, counted from 0. */
export function accountOf(messageId: string): number {
  return digitAt(messageId, accountPosition);
}

/** Tells whether the sender wants a callback when recipients reach their final status. */
export function wantsCallbacks(messageId: string): boolean {
  return (digitAt(messageId, flagsPosition) & callbacksFlag) !== 0;
}

/** Reads when a message is due, in milliseconds since 1970. */
export function timeOfMessageId(messageId: string): number {
  return Number.parseInt(messageId.slice(2, customerStart), 16);
}

/**
 * Tells whether a text is a message id that may belong to the customer: it has the digits derived from the customer,
 * which another customer may share.
 */
export function mayBeMessageOf(customerId: string, text: string): boolean {
  return isMessageId(text) && text.startsWith(customerKey(customerId), customerStart);
}

/** Tells whether a text has the form of a message id. */
export function isMessageId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

/** Where a recipient is stored: its message, the chunk in it, and the recipient index in the chunk. */
export interface RecipientRef {
  messageId: string;
  chunk: number;
  recipientIndex: number;
}

/**
 * Makes the id of a recipient. `recipientIndex` is below 100. A chunk of the send has three digits, a fallback chunk
 * five or more.
 */
export function recipientId({ messageId, chunk, recipientIndex }: RecipientRef): string {
  return `${messageId}-${String(chunk).padStart(3, '0')}${String(recipientIndex).padStart(2, '0')}`;
}

/** Reads an id that {@link recipientId} made; undefined for any other text. */
export function parseRecipientId(text: string): RecipientRef | undefined {
  const [, messageId, chunk, recipientIndex] = /^([0-9a-f]{32})-(\d{3}|[1-9]\d{4,6})(\d{2})$/.exec(text) ?? [];
  if (messageId === undefined) return undefined;
  return { messageId, chunk: Number(chunk), recipientIndex: Number(recipientIndex) };
}
