/** Characters of the longest address that mail can carry (RFC 5321, 4.5.3.1.3, without the angle brackets). */
export const emailAddressLimit = 254;

const word = String.raw`[\p{L}\p{M}\p{N}!#$%&'*+/=?^_\u0060{|}~-]+`;
const label = String.raw`[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?`;
const lastLabel = String.raw`\p{L}(?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?`;
const form = new RegExp(String.raw`^(?<local>${word}(?:\.${word})*)@(?:${label}\.)+${lastLabel}$`, 'u');

/**
 * Whether a text is an email address as people have them: the dot-atom form of RFC 5322 with letters of any language
 * (RFC 6531), at a domain with a dot. Quoted names, comments and bare addresses of machines are refused.
 */
export function isEmailAddress(text: string): boolean {
  if (text.length > emailAddressLimit) return false;
  const { local } = form.exec(text)?.groups ?? {};
  // RFC 5321, 4.5.3.1.1.
  return local !== undefined && local.length <= 64;
}
