import { isShortCode, parsePhoneNumber } from '../phone-numbers/index.ts';

/**
 * Reads a WhatsApp identity, a number of ours, in any form in which people write phone numbers.
 *
 * @param region in which a national number is read; Finland where none is given.
 * @returns digits in international form, by which identities are compared; undefined where the text is no number. A
 *   number that no numbering plan knows is let through as it is: WhatsApp gives such numbers out for tests.
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
 * @returns digits; undefined where the text is neither.
 */
export function readAddress(text: string, region?: string): string | undefined {
  const trimmed = text.trim();
  return isShortCode(trimmed) ? trimmed : readIdentity(trimmed, region);
}
