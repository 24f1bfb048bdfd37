/** Max characters of an email address (RFC 5321, 4.5.3.1.3, without the angle brackets). */
export const emailAddressLimit = 254;

const word = String.raw`[\p{L}\p{M}\p{N}!#$%&'*+/=?^_\u0060{|}~-]+`;
const label = String.raw`[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?`;
const lastLabel = String.raw`\p{L}(?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?`;
const form = new RegExp(String.raw`^(?<local>${word}(?:\.${word})*)@(?:${label}\.)+${lastLabel}$`, 'u');

/**
 * Tells whether a text is an ordinary email address: the dot-atom form of RFC 5322 with letters of any language
 * (RFC 6531), at a domain with a dot. Quoted local parts, comments and IP addresses are refused.
 */
export function isEmailAddress(text: string): boolean {
  if (text.length > emailAddressLimit) return false;
  const { local } = form.exec(text)?.groups ?? {};
  // Max length of the local part: RFC 5321, 4.5.3.1.1.
  return local !== undefined && local.length <= 64;
}
