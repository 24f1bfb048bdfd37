import { conversationKey, conversationKeyOf } from '../../conversations/stored-form.ts';
import type { Conversation, CurrentThread, Thread, ThreadEntry } from '../../conversations/index.ts';
import type { Row } from './entity.ts';
import { guardEntitySize } from './long-text.ts';
import { textField, timeColumn, timeField } from './optional-columns.ts';

/*
 * A conversation is one partition: a row that names its current thread, a row per thread, and a row per message that
 * was entered into a thread. So one transaction can write a message together with the thread that it makes current.
 */

/** Returns the keys of the row that names a conversation's current thread. */
export function currentKeys(conversation: Conversation): { partitionKey: string; rowKey: string } {
  const key = conversationKey(conversation);
  return { partitionKey: key, rowKey: `${key}.c` };
}

/** Converts the current thread of a conversation to its row. */
export function currentRow(
  conversation: Conversation,
  { threadId, lastActiveAt, lastSentMessageId = '', lastReceivedAt }: CurrentThread,
) {
  return guardEntitySize({
    ...currentKeys(conversation),
    threadId,
    lastActiveAt: lastActiveAt.toISOString(),
    lastSentMessageId,
    lastReceivedAt: timeColumn(lastReceivedAt),
  });
}

/** Converts a row to the current thread of its conversation; the inverse of {@link currentRow}. */
export function currentOf(row: Row): CurrentThread {
  return {
    threadId: String(row['threadId']),
    lastActiveAt: new Date(String(row['lastActiveAt'])),
    ...textField('lastSentMessageId', row['lastSentMessageId']),
    // Rows that an older version of the app wrote don't say when the phone wrote last.
    ...timeField('lastReceivedAt', row['lastReceivedAt'] ?? row['lastActiveAt']),
  };
}

/** Returns the keys of the row of an entry: a message in a thread. */
export function entryKeys(conversation: Conversation, entryId: string): { partitionKey: string; rowKey: string } {
  const key = conversationKey(conversation);
  return { partitionKey: key, rowKey: `${key}.e.${entryId}` };
}

/** Converts an entry to its row, which also names the thread that the message was entered into. */
export function entryRow(conversation: Conversation, threadId: string, entry: ThreadEntry) {
  const { id, direction, messageId, at } = entry;
  return guardEntitySize({
    ...entryKeys(conversation, id),
    threadId,
    direction,
    messageId,
    at: at.toISOString(),
  });
}

/** Returns the keys of a thread's row, which follow from the thread's id. */
export function threadKeys(threadId: string): { partitionKey: string; rowKey: string } {
  return { partitionKey: conversationKeyOf(threadId), rowKey: `${threadId}.t` };
}

/** Converts a thread to its row. */
export function threadRow({ threadId, startedAt, customerId, channel, address, phone, serviceId }: Thread) {
  return guardEntitySize({
    ...threadKeys(threadId),
    threadId,
    customerId,
    serviceId,
    channel,
    address,
    phone,
    startedAt: startedAt.toISOString(),
  });
}

/** Converts a row to its thread; the inverse of {@link threadRow}. */
export function threadOfRow(row: Row): Thread {
  return {
    threadId: String(row['threadId']),
    customerId: String(row['customerId']),
    serviceId: String(row['serviceId']),
    channel: row['channel'] as Thread['channel'],
    address: String(row['address']),
    phone: String(row['phone']),
    startedAt: new Date(String(row['startedAt'])),
  };
}
