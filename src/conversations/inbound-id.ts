import { createHash } from 'node:crypto';

import { customerKey, customerKeyLength } from '../directory/index.ts';
import { timeDigits, timeInId } from '../core/time-ordered-id.ts';
import type { TimedEvent } from './inbound-message.ts';

/**
 * Returns the id of an inbound message: `i`, two hexadecimal digits for the shard, twelve for the carrier's time in
 * milliseconds, and eighteen more. The id is computed from the carrier's data only. A repeated call therefore gives the
 * same id, and inserting the message shows which call was first. The letter distinguishes it from the id of a message
 * that we sent.
 */
export function inboundId(
  carrier: string,
  { carrierMessageId, at }: Pick<TimedEvent, 'carrierMessageId' | 'at'>,
): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([carrier, carrierMessageId]))
    .digest('hex');
  // The carrier may give any time: clamp it to 1970 and to what the digits can hold.
  const time = new Date(Math.min(Math.max(at.getTime(), 0), 16 ** timeDigits - 1));
  return `i${hash.slice(0, 2)}${timeInId(time)}${hash.slice(2, 20)}`;
}

/** Tells whether a text has the form of an inbound message's id. */
export function isInboundId(text: string): boolean {
  return /^i[0-9a-f]{32}$/.test(text);
}

/**
 * Returns the id that a customer sees for an inbound message: the message's id and the customer's key. The key lets us
 * refuse another customer's id before we read anything.
 */
export function inboundIdFor(customerId: string, id: string): string {
  return id + customerKey(customerId);
}

/** The inverse of {@link inboundIdFor}; undefined if the text is not such an id, or is another customer's. */
export function parseInboundIdOf(customerId: string, text: string): string | undefined {
  const id = text.slice(0, -customerKeyLength);
  return isInboundId(id) && text.endsWith(customerKey(customerId)) ? id : undefined;
}
