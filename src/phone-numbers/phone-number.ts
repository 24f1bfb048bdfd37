import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/max';
import { defaultRegion, isPhoneNumberRegion } from './regions.ts';

/** A phone number as it is stored and compared. */
export type ParsedPhoneNumber = {
  /** Digits in international form, without `+`. */
  number: string;
  /** ISO 3166-1 alpha-2; absent for numbers without a region, such as +800. */
  region?: string;
  /**
   * The number is not valid in any region, but its length is possible in the first one, so it was read as a number
   * there.
   */
  guessed?: true;
};

// The longest number is 15 digits (ITU-T E.164); 64 leaves room for a prefix, `tel:` and a separator after each digit.
const maximumInputLength = 64;

// Characters that people, spreadsheets and address books put between digits: spaces, hyphens and dashes, parentheses,
// dots, slashes, and invisible marks for direction, width and hyphenation.
const separators = /[\s\-\u2010-\u2015\u2212()./\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]/g;

// Full-width digits and separators (U+FF08 to U+FF19), and both kinds of Arabic-Indic digits.
const foreignForms = /[\uff08-\uff19\u0660-\u0669\u06f0-\u06f9]/g;

// International access codes of Finnish operators besides 00. The country codes +990 and +999 are unassigned.
const finnishAccessCode = /^99[09]/;

function asAscii(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 0xff00) return String.fromCharCode(code - 0xfee0);
  return String(code >= 0x06f0 ? code - 0x06f0 : code - 0x0660);
}

/**
 * Reduces an input to its digits, with a leading `+` if it has one. Returns undefined if it has anything else in it.
 */
function cleanInput(input: string): string | undefined {
  if (input.length > maximumInputLength) return undefined;
  const cleaned = input.trim().replace(/^tel:/i, '').replace(foreignForms, asAscii).replace(separators, '');
  return /^\+?\d+$/.test(cleaned) ? cleaned : undefined;
}

function describe(parsed: PhoneNumber): ParsedPhoneNumber {
  const number = parsed.number.slice(1);
  return parsed.country === undefined ? { number } : { number, region: parsed.country };
}

function readInternational(digits: string): ParsedPhoneNumber | undefined {
  const parsed = parsePhoneNumberFromString(`+${digits}`, { extract: false });
  return parsed?.isValid() === true ? describe(parsed) : undefined;
}

/**
 * Parses digits as dialled in a region. The library also removes the region's international access code. If that code
 * does not begin with 0, an invalid number of one country could pass for a valid one of another: 994 is Azerbaijan, and
 * also an access code in Finland. So we refuse a result that is more than two digits shorter: an access code and a
 * country code have at least four digits, a national prefix at most two.
 */
function parseInRegion(digits: string, region: CountryCode): PhoneNumber | undefined {
  const parsed = parsePhoneNumberFromString(digits, { defaultCountry: region, extract: false });
  if (parsed === undefined || digits.startsWith('0')) return parsed;
  return digits.length - parsed.nationalNumber.length <= 2 ? parsed : undefined;
}

function readValidNational(digits: string, regions: readonly string[]): ParsedPhoneNumber | undefined {
  for (const region of regions.filter(isPhoneNumberRegion)) {
    const parsed = parseInRegion(digits, region);
    if (parsed?.isValid() === true) return describe(parsed);
  }
  return undefined;
}

function guessNational(digits: string, regions: readonly string[]): ParsedPhoneNumber | undefined {
  const region = regions.find(isPhoneNumberRegion);
  if (region === undefined) return undefined;
  const parsed = parseInRegion(digits, region);
  return parsed?.isPossible() === true ? { number: parsed.number.slice(1), region, guessed: true } : undefined;
}

/**
 * Tells whether a text has the form of a short code: three to six digits and nothing else. A short code can send, but
 * nobody can send to it.
 */
export function isShortCode(text: string): boolean {
  return /^\d{3,6}$/.test(text);
}

/**
 * Parses a phone number as a person may have written it. Separators are removed, and the rest decides:
 *
 * - `+` or `00`, in Finland also `990` and `999`: an international number, which must be valid.
 * - a leading `0`: a national number, in the first of the regions where it is valid.
 * - three to six digits: a short code or an emergency number, which is refused. A few islands have national numbers
 *   this short; these must be written with `+`.
 * - other digits: an international number if that is valid, since we tell callers to use this form. Otherwise a
 *   national number in the first of the regions where it is valid. Otherwise, if its length is possible in the first
 *   region, a guess, marked as `guessed`.
 *
 * Without `+` or a leading 0 a number can be ambiguous: 45, 46 and 47 begin Finnish mobile numbers as well as Danish,
 * Swedish and Norwegian international ones, and a number of one kind that lacks a digit may be valid as the other.
 *
 * @param input any text; nothing throws
 * @param regions values of `phoneNumberRegions`, in order of preference; unknown ones are ignored. Empty means Finland.
 * @returns undefined if the input is not a phone number
 *
 * @example parsePhoneNumber('040 123 4567', []) // { number: '358401234567', region: 'FI' }
 */
export function parsePhoneNumber(input: string, regions: readonly string[]): ParsedPhoneNumber | undefined {
  const cleaned = cleanInput(input);
  if (cleaned === undefined || isShortCode(cleaned)) return undefined;
  if (cleaned.startsWith('+')) return readInternational(cleaned.slice(1));
  if (cleaned.startsWith('00')) return readInternational(cleaned.slice(2));

  const candidates = regions.length === 0 ? [defaultRegion] : regions;
  if (cleaned.startsWith('0')) return readValidNational(cleaned, candidates);

  const withAccessCode = candidates.includes(defaultRegion) && finnishAccessCode.test(cleaned);
  return (
    readInternational(cleaned) ??
    (withAccessCode ? readInternational(cleaned.slice(3)) : undefined) ??
    readValidNational(cleaned, candidates) ??
    guessNational(cleaned, candidates)
  );
}
