import type { InboundEvent } from '../../conversations/index.ts';
import { isMessageId } from '../../messages/index.ts';
import type { DeliveryReport } from '../../messages/index.ts';
import { textOf } from '../fields.ts';
import { digitsOf, parseTime } from './grid-events.ts';
import type { GridEvent } from './grid-events.ts';
import { endingOf } from './reasons.ts';

/** What an event brings; `senseless` where fields are missing or malformed, undefined where it is nothing to us. */
export type Parsed<Result> = Result | 'senseless' | undefined;

/** Reads `Microsoft.Communication.SMSReceived`. */
export function parseReceivedSms({ id, data, at: happened }: GridEvent): Parsed<InboundEvent> {
  const sender = digitsOf(data['from']);
  const recipient = digitsOf(data['to']);
  const content = data['message'];
  const at = parseTime(data['receivedTimestamp']) ?? happened;
  if (recipient === undefined || typeof content !== 'string') return 'senseless';
  // Of a name there is nobody to answer.
  if (sender === undefined) return textOf(data['from']) === undefined ? 'senseless' : undefined;
  const carrierMessageId = textOf(data['messageId']) ?? id;
  return { carrierMessageId, sender, recipient, protocol: 'SMS', content, attachments: [], ...(at && { at }) };
}

/** Whether a tag is one of ours: the id of a recipient. Others may send through the same resource. */
function isOurTag(tag: string): boolean {
  const [messageId = '', place = '', ...rest] = tag.split('-');
  return isMessageId(messageId) && /^\d{5,9}$/.test(place) && rest.length === 0;
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
  const message = details || 'The carrier did not say why the message was not delivered.';
  return { recipientId, ...endingOf(details), message, at };
}
