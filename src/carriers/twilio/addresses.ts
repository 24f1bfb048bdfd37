import type { Protocol } from '../../messages/index.ts';
import { isShortCode } from '../../phone-numbers/index.ts';

/** Writes a number in Twilio's form for a protocol: `+358…` for SMS, `whatsapp:+358…` for WhatsApp. */
export function writeNumber(protocol: Protocol, digits: string): string {
  return protocol === 'WhatsApp' ? `whatsapp:+${digits}` : `+${digits}`;
}

/** Writes a sender in Twilio's form. A short code or name stays unchanged. */
export function writeSender(protocol: Protocol, sender: string): string {
  const isName = protocol === 'SMS' && (isShortCode(sender) || !/^\d+$/.test(sender));
  return isName ? sender : writeNumber(protocol, sender);
}

/** Parses an address of a webhook call; returns undefined for a channel that the app doesn't support. */
export function readAddress(text: string): { protocol: Protocol; address: string } | undefined {
  const number = /^(whatsapp:)?\+?(\d{1,20})$/i.exec(text);
  if (number !== null) return { protocol: number[1] === undefined ? 'SMS' : 'WhatsApp', address: number[2] ?? '' };
  // An alphanumeric sender of an SMS. Addresses of other channels begin with a word and a colon.
  return /^[^:]{1,20}$/.test(text) ? { protocol: 'SMS', address: text } : undefined;
}
