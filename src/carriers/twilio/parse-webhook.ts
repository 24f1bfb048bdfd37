import type { AnnouncedAttachment, InboundEvent } from '../../conversations/index.ts';
import type { DeliveryReport } from '../../messages/index.ts';
import { WebhookRefused } from '../carrier.ts';
import type { WebhookAnswer, WebhookEvents } from '../carrier.ts';
import { readAddress } from './addresses.ts';
import { recipientOf } from './callback-url.ts';
import { reasonOf } from './reasons.ts';

/** Our statuses for Twilio's words. The words that are not here only say that Twilio has the message. */
const statuses: ReadonlyMap<string, DeliveryReport['status']> = new Map([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  // The recipient's number may stand for a group.
  ['partially_delivered', 'delivered'],
  ['read', 'read'],
  ['undelivered', 'undelivered'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
]);

const isFailure = (status: DeliveryReport['status']): boolean => status === 'undelivered' || status === 'failed';

/** TwiML that sends no reply to the phone. */
const noReply: WebhookAnswer = { status: 200, headers: { 'content-type': 'text/xml' }, body: '<Response/>' };

/**
 * Parses a call: a report on a message of ours, or an inbound message. Statuses and channels that the app doesn't know
 * are ignored.
 *
 * @param now when the call came, since Twilio's calls contain no time
 * @throws {WebhookRefused} 400 if a required field is missing
 */
export function parseWebhook(form: URLSearchParams, query: string, now: Date): WebhookEvents {
  const status = form.get('MessageStatus');
  if (status !== null) return { reports: reportsOf(form, status, { query, now }), templates: [], inbound: [] };
  return { reports: [], templates: [], inbound: inboundOf(form), answer: noReply };
}

function reportsOf(
  form: URLSearchParams,
  word: string,
  { query, now }: { query: string; now: Date },
): DeliveryReport[] {
  const recipientId = recipientOf(query);
  if (recipientId === undefined) {
    if (idOf(form) === '') throw new WebhookRefused(400, 'the report names no message');
    // The addresses for our messages name the recipient, so somebody else who uses the account sent this one.
    return [];
  }
  const status = statuses.get(word);
  if (status === undefined) return [];
  if (!isFailure(status)) return [{ recipientId, status, at: now }];
  const { code, message } = failureOf(form, word);
  const reason = word === 'canceled' ? 'canceled' : (reasonOf(code) ?? 'other');
  return [{ recipientId, status: reason === 'expired' ? 'expired' : status, code, message, reason, at: now }];
}

/** Reads Twilio's code and words; without a code, Twilio's status is used. */
function failureOf(form: URLSearchParams, word: string): { code: string; message: string } {
  const given = form.get('ErrorCode') ?? '';
  const code = /^[1-9]\d{2,8}$/.test(given) ? given : word;
  const page = code === word ? '' : `, error ${code}: see twilio.com/docs/api/errors/${code}`;
  const words = form.get('ErrorMessage') || form.get('ChannelStatusMessage');
  return { code, message: words || `Twilio reports ${word}${page}.` };
}

function idOf(form: URLSearchParams): string {
  return form.get('MessageSid') || form.get('SmsSid') || form.get('SmsMessageSid') || '';
}

function inboundOf(form: URLSearchParams): InboundEvent[] {
  const carrierMessageId = idOf(form);
  const from = form.get('From') ?? '';
  const to = form.get('To') ?? '';
  if (carrierMessageId === '') throw new WebhookRefused(400, 'the message has no id');
  if (from === '') throw new WebhookRefused(400, 'the message has no sender');
  if (to === '') throw new WebhookRefused(400, 'the message has no recipient');
  const sender = readAddress(from);
  const recipient = readAddress(to);
  if (sender === undefined || recipient === undefined || sender.protocol !== recipient.protocol) return [];
  const attachments = attachmentsOf(form);
  // Only the first letters of its id show that a message without media is an MMS.
  const isMms = sender.protocol === 'SMS' && (attachments.length > 0 || carrierMessageId.startsWith('MM'));
  const buttonReply = form.get('ButtonText') || undefined;
  return [
    {
      carrierMessageId,
      sender: sender.address,
      recipient: recipient.address,
      protocol: isMms ? 'MMS' : sender.protocol,
      content: form.get('Body') || (buttonReply ?? ''),
      attachments,
      ...(buttonReply === undefined ? {} : { buttonReply }),
    },
  ];
}

/** The maximum number of media in a message (twilio.com/docs/messaging/api/media-resource). */
const maxMedia = 10;

function attachmentsOf(form: URLSearchParams): AnnouncedAttachment[] {
  const count = Math.min(Number(/^\d{1,3}$/.exec(form.get('NumMedia') ?? '')?.[0] ?? 0), maxMedia);
  return Array.from({ length: count }, (_, index): AnnouncedAttachment | undefined => {
    const reference = form.get(`MediaUrl${index}`);
    if (reference === null || reference === '') return undefined;
    const mimeType = form.get(`MediaContentType${index}`) || 'application/octet-stream';
    return { reference, name: nameOf(index, mimeType), mimeType };
  }).filter((attachment) => attachment !== undefined);
}

const extensions: ReadonlyMap<string, string> = new Map([
  ['image/jpeg', 'jpg'],
  ['audio/mpeg', 'mp3'],
  ['video/quicktime', 'mov'],
  ['text/plain', 'txt'],
  ['text/vcard', 'vcf'],
  ['text/x-vcard', 'vcf'],
]);

/** Makes a name for an attachment, since Twilio gives none: its number, and an extension if the type suggests one. */
function nameOf(index: number, mimeType: string): string {
  const type = (mimeType.split(';', 1)[0] ?? '').trim().toLowerCase();
  const ending = extensions.get(type) ?? /^\w+\/([a-z0-9]{2,5})$/.exec(type)?.[1];
  return `attachment-${index + 1}${ending === undefined ? '' : `.${ending}`}`;
}
