import { createHash } from 'node:crypto';

import { customerKey, customerKeyLength } from '../directory/index.ts';
import { timeDigits, timeInId } from '../core/time-ordered-id.ts';
import type { TimedEvent } from './inbound-message.ts';

/**
 * The id of a phone's message: `i`, two hexadecimal digits for the shard, twelve for the carrier's time in milliseconds,
 * eighteen more. All of it follows from what the carrier says, so a call that is repeated makes the same id, and
 * inserting the message decides who was first. The letter tells it from the id of a message of ours.
 */
export function inboundId(
  carrier: string,
  { carrierMessageId, at }: Pick<TimedEvent, 'carrierMessageId' | 'at'>,
): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([carrier, carrierMessageId]))
    .digest('hex');
  // No time before 1970 nor one that needs more digits: the carrier may say anything.
  const time = new Date(Math.min(Math.max(at.getTime(), 0), 16 ** timeDigits - 1));
  return `i${hash.slice(0, 2)}${timeInId(time)}${hash.slice(2, 20)}`;
}

/** Whether a text has the form of the id of a phone's message. */
export function isInboundId(text: string): boolean {
  return /^i[0-9a-f]{32}$/.test(text);
}

/**
 * The id by which a customer knows a phone's message: its id, and what follows from the customer, so that an id of
 * somebody else is told before anything is read.
 */
export function inboundIdFor(customerId: string, id: string): string {
  return id + customerKey(customerId);
}

/** The inverse of {@link inboundIdFor}; undefined for a text that is no such id, or another customer's. */
export function parseInboundIdOf(customerId: string, text: string): string | undefined {
  const id = text.slice(0, -customerKeyLength);
  return isInboundId(id) && text.endsWith(customerKey(customerId)) ? id : undefined;
}
