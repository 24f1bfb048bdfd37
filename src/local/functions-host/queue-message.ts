import type { DequeuedMessageItem } from '@azure/storage-queue';

import type { TypedData } from './functions-core.ts';

/** How messages are written to and read from queues. */
export type MessageEncoding = 'base64' | 'none';

/** A message's text as it stands in the queue. */
export function encodeMessage(body: string | Uint8Array, encoding: MessageEncoding): string {
  const bytes = Buffer.from(body as Uint8Array);
  return bytes.toString(encoding === 'base64' ? 'base64' : 'utf8');
}

/**
 * The bytes of a message.
 *
 * @returns undefined where it should be Base64 and isn't; the host moves such a message to the poison queue unread
 */
export function decodeMessage(text: string, encoding: MessageEncoding): Buffer | undefined {
  if (encoding === 'none') return Buffer.from(text);
  // Buffer passes over what isn't Base64, hence the way back as a check.
  const compact = text.replaceAll(/\s/g, '');
  const bytes = Buffer.from(compact, 'base64');
  return bytes.toString('base64') === compact ? bytes : undefined;
}

/**
 * The text of a message, as a function gets it.
 *
 * @throws where the bytes are not UTF-8; the host counts that as a failure of the function
 */
export function messageText(body: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
}

/**
 * What a queue function finds as `context.triggerMetadata` (the library makes camel case of the names and parses what is
 * JSON): seven properties of the message, and over them, whatever the case of their names, the top-level properties of
 * the message's own JSON that are not arrays. A message with an `id` of its own thus hides the id of the queue message.
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

/** .NET writes truth values with a capital letter, which is then no JSON. */
function dotNetText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

function dateJson(date: Date): string {
  return JSON.stringify(date.toISOString().replace(/(?:\.000)?Z$/, '+00:00'));
}
