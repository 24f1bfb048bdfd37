import type { Protocol } from '../../messages/index.ts';
import { isShortCode } from '../../phone-numbers/index.ts';

/** How Twilio writes a number on a protocol: `+358…`, and `whatsapp:+358…`. */
export function writeNumber(protocol: Protocol, digits: string): string {
  return protocol === 'WhatsApp' ? `whatsapp:+${digits}` : `+${digits}`;
}

/** How Twilio writes a sender: a short code and a name stand as they are. */
export function writeSender(protocol: Protocol, sender: string): string {
  const isName = protocol === 'SMS' && (isShortCode(sender) || !/^\d+$/.test(sender));
  return isName ? sender : writeNumber(protocol, sender);
}

/** Reads an address of a webhook call; undefined where it is of a channel that is not carried here. */
export function readAddress(text: string): { protocol: Protocol; address: string } | undefined {
  const number = /^(whatsapp:)?\+?(\d{1,20})$/i.exec(text);
  if (number !== null) return { protocol: number[1] === undefined ? 'SMS' : 'WhatsApp', address: number[2] ?? '' };
  // The name that an SMS shows as its sender; other channels have a word and a colon before the address.
  return /^[^:]{1,20}$/.test(text) ? { protocol: 'SMS', address: text } : undefined;
}
