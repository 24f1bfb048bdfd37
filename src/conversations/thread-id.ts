import { createHash } from 'node:crypto';

import { customerKey, customerKeyLength } from '../directory/index.ts';
import { timeInId } from '../core/time-ordered-id.ts';
import type { Conversation } from './ports.ts';

/*
 * A thread id has 44 hexadecimal digits: 8 for the customer, 24 for the conversation, and 12 for the time in
 * milliseconds at which the thread began. The first 32 are the key under which the conversation is stored, so a thread
 * can be found by its id alone. The first 8 put all threads of one customer into one key range.
 */

const conversationDigits = 24;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Computes the key of a conversation: 32 hexadecimal digits. */
export function conversationKey({ customerId, channel, address, phone }: Conversation): string {
  const digest = sha256(JSON.stringify([customerId, channel, address, phone]));
  return customerKey(customerId) + digest.slice(0, conversationDigits);
}

/** Computes the id of a thread that begins at a time. */
export function newThreadId(conversation: Conversation, startedAt: Date): string {
  return conversationKey(conversation) + timeInId(startedAt);
}

/** Tells whether a text has the form of a thread id. */
export function isThreadId(text: string): boolean {
  return /^[0-9a-f]{44}$/.test(text);
}

/** Returns the key of the conversation that a thread belongs to. */
export function conversationKeyOf(threadId: string): string {
  return threadId.slice(0, customerKeyLength + conversationDigits);
}
