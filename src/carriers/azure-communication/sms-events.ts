import type { InboundEvent } from '../../conversations/index.ts';
import { isMessageId } from '../../messages/index.ts';
import type { DeliveryReport } from '../../messages/index.ts';
import { textOf } from '../fields.ts';
import { digitsOf, parseTime } from './grid-events.ts';
import type { GridEvent } from './grid-events.ts';
import { endingOf } from './reasons.ts';

/** The content of an event; `senseless` if fields are missing or malformed, undefined if the app ignores the event. */
export type Parsed<Result> = Result | 'senseless' | undefined;

/** Reads `Microsoft.Communication.SMSReceived`. */
export function parseReceivedSms({ id, data, at: happened }: GridEvent): Parsed<InboundEvent> {
  const sender = digitsOf(data['from']);
  const recipient = digitsOf(data['to']);
  const content = data['message'];
  const at = parseTime(data['receivedTimestamp']) ?? happened;
  if (recipient === undefined || typeof content !== 'string') return 'senseless';
  // Nobody can reply to a name.
  if (sender === undefined) return textOf(data['from']) === undefined ? 'senseless' : undefined;
  const carrierMessageId = textOf(data['messageId']) ?? id;
  return { carrierMessageId, sender, recipient, protocol: 'SMS', content, attachments: [], ...(at && { at }) };
}

/** Whether a tag is the id of one of our recipients. Others may send through the same resource. */
function isOurTag(tag: string): boolean {
  const [messageId = '', position = '', ...rest] = tag.split('-');
  return isMessageId(messageId) && /^\d{5,9}$/.test(position) && rest.length === 0;
}

/** Reads `Microsoft.Communication.SMSDeliveryReportReceived`. */
export function parseSmsReport({ data, at: happened }: GridEvent, now: Date): Parsed<DeliveryReport> {
  const word = textOf(data['deliveryStatus'])?.toLowerCase();
  if (word === undefined) return 'senseless';
  const recipientId = textOf(data['tag']);
  if (recipientId === undefined || !isOurTag(recipientId)) return undefined;
  const at = parseTime(data['receivedTimestamp']) ?? happened ?? now;
  if (word === 'delivered') return { recipientId, status: 'delivered', at };
  if (word !== 'failed') return undefined;
  const details = textOf(data['deliveryStatusDetails']) ?? '';
  const message = details || 'The carrier gave no reason.';
  return { recipientId, ...endingOf(details), message, at };
}
