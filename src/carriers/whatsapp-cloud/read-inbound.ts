import type { InboundEvent } from '../../conversations/index.ts';
import { fieldsOf, textOf } from '../fields.ts';
import { digitsOf, timeOf } from './fields.ts';
import type { Fields } from '../fields.ts';
import { readContent } from './inbound-content.ts';
import type { WhatsAppNumber } from './settings.ts';

/**
 * Reads an inbound message; returns undefined if a required field is missing or the message has no content for us. Each
 * repeat of a call has the same ids and times of messages.
 *
 * @param value the change that contains the message and names our number
 */
export function readInbound(
  message: Fields,
  value: Fields,
  numbers: readonly WhatsAppNumber[],
): InboundEvent | undefined {
  const carrierMessageId = textOf(message['id']);
  const sender = digitsOf(message['from']);
  const recipient = recipientOf(fieldsOf(value['metadata']), numbers);
  const at = timeOf(message['timestamp']);
  if (carrierMessageId === undefined || sender === undefined || recipient === undefined || at === undefined) {
    return undefined;
  }
  const content = readContent(message);
  return content && { carrierMessageId, sender, recipient, protocol: 'WhatsApp', at, ...content };
}

/** Finds the number that the phone wrote to: the number from the settings or, if unknown, Meta's display number. */
function recipientOf(metadata: Fields, numbers: readonly WhatsAppNumber[]): string | undefined {
  const known = numbers.find(({ phoneNumberId }) => phoneNumberId === metadata['phone_number_id']);
  return known?.number ?? digitsOf(metadata['display_phone_number']);
}
