import { isShortCode, parsePhoneNumber } from '../phone-numbers/index.ts';

/**
 * Reads a WhatsApp identity, a number of a customer, in any form in which people write phone numbers.
 *
 * @param region the region in which a national number is read; default: Finland
 * @returns the digits in international form, by which identities are compared; undefined if the text is not a number. A
 *   number that no numbering plan knows is returned as it is, because WhatsApp gives out such numbers for tests.
 *
 * @example readIdentity('+358 40 100 0001') // '358401000001'
 */
export function readIdentity(text: string, region?: string): string | undefined {
  const parsed = parsePhoneNumber(text, region === undefined ? [] : [region]);
  if (parsed !== undefined && parsed.guessed === undefined) return parsed.number;
  const digits = text.replaceAll(/[\s\-().]/g, '').replace(/^(?:\+|00)/, '');
  return /^\d{5,15}$/.test(digits) ? digits : undefined;
}

/**
 * Reads an address that a service receives on: a short code, or a number as {@link readIdentity} reads it.
 *
 * @returns the digits; undefined if the text is neither
 */
export function readAddress(text: string, region?: string): string | undefined {
  const trimmed = text.trim();
  return isShortCode(trimmed) ? trimmed : readIdentity(trimmed, region);
}
