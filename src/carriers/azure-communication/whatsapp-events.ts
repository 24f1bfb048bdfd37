import type { AnnouncedAttachment, InboundEvent } from '../../conversations/index.ts';
import type { DeliveryReport, ReferencedReport } from '../../messages/index.ts';
import { isObject } from '../../core/json.ts';
import { textOf } from '../fields.ts';
import { digitsOf, parseTime } from './grid-events.ts';
import type { GridEvent } from './grid-events.ts';
import { whatsAppReason } from '../whatsapp-codes.ts';
import type { Parsed } from './sms-events.ts';

type Data = GridEvent['data'];

/*
 * The reference of these events and the types of Microsoft's libraries have different names for the same fields:
 * channelType and channelKind, media.id and mediaContent.mediaId, interactive and interactiveContent. The app reads
 * both.
 */

/** Whether the event is about a channel other than WhatsApp. */
function isOtherChannel(data: Data): boolean {
  const kind = textOf(data['channelKind'] ?? data['channelType']);
  return kind !== undefined && kind.toLowerCase() !== 'whatsapp';
}

/** Returns the object in the first of the named fields that has one; otherwise an object without fields. */
function objectAt(data: Data, ...names: string[]): Data {
  return names.map((name) => data[name]).find(isObject) ?? {};
}

/** File extensions of media types that don't contain them. */
const endings = new Map([
  ['image/jpeg', 'jpg'],
  ['audio/mpeg', 'mp3'],
  ['audio/mp4', 'm4a'],
  ['text/plain', 'txt'],
]);

/** Reads the medium of a message. Only documents have a name. */
function attachmentOf(data: Data): AnnouncedAttachment | undefined {
  const media = objectAt(data, 'media', 'mediaContent');
  const reference = textOf(media['id'] ?? media['mediaId']);
  if (reference === undefined) return undefined;
  const mimeType = textOf(media['mimeType']) ?? 'application/octet-stream';
  const [bare = ''] = mimeType.split(';', 1);
  const ending = endings.get(bare) ?? /^(?:image|audio|video|application)\/([a-z0-9]{2,4})$/.exec(bare)?.[1] ?? 'bin';
  const kind = textOf(data['messageType'])?.replaceAll(/\W/g, '') ?? 'attachment';
  return { reference, name: textOf(media['fileName']) ?? `${kind}.${ending}`, mimeType };
}

/** Reads the label of the tapped button (of a template or an interactive message) or row of a list. */
function tapOf(data: Data): string | undefined {
  const interactive = objectAt(data, 'interactive', 'interactiveContent');
  return textOf(objectAt(data, 'button')['text']) ?? textOf(objectAt(interactive, 'buttonReply', 'listReply')['title']);
}

/** Reads text and attachments of a message; returns undefined if a conversation has nothing to show of it. */
function contentOf(data: Data): Pick<InboundEvent, 'content' | 'attachments' | 'buttonReply'> | undefined {
  const buttonReply = tapOf(data);
  if (buttonReply !== undefined) return { content: buttonReply, buttonReply, attachments: [] };
  const attachment = attachmentOf(data);
  const words =
    data['content'] ??
    objectAt(data, 'media', 'mediaContent')['caption'] ??
    textOf(objectAt(data, 'reaction')['emoji']);
  if (typeof words !== 'string' && attachment === undefined) return undefined;
  return { content: typeof words === 'string' ? words : '', attachments: attachment === undefined ? [] : [attachment] };
}

/**
 * Reads `Microsoft.Communication.AdvancedMessageReceived`, which names our number by the id of its channel. The app
 * ignores messages of channels that the settings don't name, messages without text and media (a location, a contact, a
 * withdrawn reaction), and messages whose sender has no number, because nobody could reply.
 *
 * @param numbers our numbers (digits) by their channels' ids
 */
export function parseReceivedMessage(
  { id, data, at: happened }: GridEvent,
  numbers: ReadonlyMap<string, string>,
): Parsed<InboundEvent> {
  if (isOtherChannel(data)) return undefined;
  const from = textOf(data['from']);
  const channel = textOf(data['to']);
  if (from === undefined || channel === undefined) return 'senseless';
  const sender = digitsOf(from);
  const recipient = numbers.get(channel.toLowerCase());
  const content = contentOf(data);
  if (sender === undefined || recipient === undefined || content === undefined) return undefined;
  const carrierMessageId = textOf(data['messageId']) ?? id;
  const at = parseTime(data['receivedTimestamp'] ?? data['receivedTimeStamp']) ?? happened;
  return { carrierMessageId, sender, recipient, protocol: 'WhatsApp', ...content, ...(at && { at }) };
}

/** The carrier's words for a recipient's status. The app ignores `warning` and `unknown`. */
const statuses = new Map<unknown, DeliveryReport['status']>([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['failed', 'undelivered'],
]);

/** Reads `Microsoft.Communication.AdvancedMessageDeliveryStatusUpdated`. */
export function parseMessageStatus({ data, at: happened }: GridEvent, now: Date): Parsed<ReferencedReport> {
  if (isOtherChannel(data)) return undefined;
  const word = textOf(data['status']);
  const reference = textOf(data['messageId']);
  if (word === undefined || reference === undefined) return 'senseless';
  const status = statuses.get(word.toLowerCase());
  if (status === undefined) return undefined;
  const at = parseTime(data['receivedTimestamp'] ?? data['receivedTimeStamp']) ?? happened ?? now;
  if (status !== 'undelivered') return { reference, status, at };
  const { channelCode, channelMessage } = objectAt(data, 'error');
  const code = typeof channelCode === 'number' ? String(channelCode) : (textOf(channelCode) ?? 'DeliveryFailed');
  const message = textOf(channelMessage) ?? 'The carrier gave no reason.';
  return { reference, status, code, message, reason: whatsAppReason(Number(code)) ?? 'other', at };
}
