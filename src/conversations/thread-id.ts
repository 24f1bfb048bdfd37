import { createHash } from 'node:crypto';

import { customerKey, customerKeyLength } from '../directory/index.ts';
import { timeInId } from '../core/time-ordered-id.ts';
import type { Conversation } from './ports.ts';

/*
 * A thread id is 44 hexadecimal digits: 8 for the customer, 24 for the conversation, twelve for the time in milliseconds
 * at which the thread began. The first 32 are the conversation's key, under which all about it is kept, so a thread is
 * found by its id alone; the first 8 make what belongs to one customer a range.
 */

const conversationDigits = 24;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The 32 hexadecimal digits that follow from a conversation. */
export function conversationKey({ customerId, channel, address, phone }: Conversation): string {
  const digest = sha256(JSON.stringify([customerId, channel, address, phone]));
  return customerKey(customerId) + digest.slice(0, conversationDigits);
}

/** Makes the id of a thread that begins at a time. */
export function newThreadId(conversation: Conversation, startedAt: Date): string {
  return conversationKey(conversation) + timeInId(startedAt);
}

/** Whether a text has the form of a thread id. */
export function isThreadId(text: string): boolean {
  return /^[0-9a-f]{44}$/.test(text);
}

/** The key of the conversation that a thread belongs to. */
export function conversationKeyOf(threadId: string): string {
  return threadId.slice(0, customerKeyLength + conversationDigits);
}
