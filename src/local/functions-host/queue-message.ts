import type { DequeuedMessageItem } from '@azure/storage-queue';

import type { TypedData } from './functions-core.ts';

/** The encoding of messages in queues. */
export type MessageEncoding = 'base64' | 'none';

/** Encodes a message for a queue. */
export function encodeMessage(body: string | Uint8Array, encoding: MessageEncoding): string {
  const bytes = Buffer.from(body as Uint8Array);
  return bytes.toString(encoding === 'base64' ? 'base64' : 'utf8');
}

/**
 * Decodes a message from a queue.
 *
 * @returns the bytes; undefined if the text should be Base64 and isn't, and the host then moves the message to the
 *   poison queue
 */
export function decodeMessage(text: string, encoding: MessageEncoding): Buffer | undefined {
  if (encoding === 'none') return Buffer.from(text);
  // Buffer ignores characters that aren't Base64, so encoding the bytes again is the check.
  const compact = text.replaceAll(/\s/g, '');
  const bytes = Buffer.from(compact, 'base64');
  return bytes.toString('base64') === compact ? bytes : undefined;
}

/**
 * Decodes the bytes of a message as the text that a function gets.
 *
 * @throws if the bytes are not UTF-8; the host counts that as a failure of the function
 */
export function messageText(body: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
}

/**
 * Builds `context.triggerMetadata` of a queue function; the library turns the names into camel case and parses JSON.
 * Holds seven properties of the message. The top-level properties of the message's own JSON, except arrays, replace
 * those of the same name in any case: an `id` in the JSON hides the id of the queue message.
 */
export function queueTriggerMetadata(message: DequeuedMessageItem, body: string): Record<string, TypedData> {
  const metadata = new Map<string, [name: string, value: TypedData]>();
  const add = (name: string, value: TypedData): void => {
    metadata.set(name.toLowerCase(), [metadata.get(name.toLowerCase())?.[0] ?? name, value]);
  };
  add('QueueTrigger', { string: body });
  add('DequeueCount', { json: String(message.dequeueCount) });
  add('ExpirationTime', { json: dateJson(message.expiresOn) });
  add('Id', { string: message.messageId });
  add('InsertionTime', { json: dateJson(message.insertedOn) });
  add('NextVisibleTime', { json: dateJson(message.nextVisibleOn) });
  add('PopReceipt', { string: message.popReceipt });
  for (const [name, value] of Object.entries(parseObject(body))) {
    if (value === null || Array.isArray(value)) continue;
    add(name, typeof value === 'object' ? { json: JSON.stringify(value) } : { string: dotNetText(value) });
  }
  return Object.fromEntries(metadata.values());
}

function parseObject(body: string): object {
  if (!body.trimStart().startsWith('{')) return {};
  try {
    return JSON.parse(body) as object;
  } catch {
    return {};
  }
}

/** Writes a value as .NET does: booleans with a capital letter, which is not JSON. */
function dotNetText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

function dateJson(date: Date): string {
  return JSON.stringify(date.toISOString().replace(/(?:\.000)?Z$/, '+00:00'));
}
