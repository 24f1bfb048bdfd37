import type { InboundEvent } from '../../conversations/index.ts';
import { fieldsOf, textOf } from '../fields.ts';
import { digitsOf, timeOf } from './fields.ts';
import type { Fields } from '../fields.ts';
import { readContent } from './inbound-content.ts';
import type { WhatsAppNumber } from './settings.ts';

/**
 * Reads a phone's message; undefined where it has nothing for us, or lacks what an event needs. Meta's id of a message
 * and its time are the same in each repeat of a call.
 *
 * @param value what the message came in: it says which number of ours it is for
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

/** The number that was written to: one of the settings, else as Meta shows it. */
function recipientOf(metadata: Fields, numbers: readonly WhatsAppNumber[]): string | undefined {
  const known = numbers.find(({ phoneNumberId }) => phoneNumberId === metadata['phone_number_id']);
  return known?.number ?? digitsOf(metadata['display_phone_number']);
}
