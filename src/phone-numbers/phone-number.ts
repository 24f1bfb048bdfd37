import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/max';
import { defaultRegion, isPhoneNumberRegion } from './regions.ts';

/** A phone number as it is stored and compared. */
export type ParsedPhoneNumber = {
  /** Digits in international form, without `+`. */
  number: string;
  /** ISO 3166-1 alpha-2; absent for numbers of no region, such as +800. */
  region?: string;
  /** The number is not valid anywhere: it has a possible length in the first region and was taken for one of it. */
  guessed?: true;
};

// The longest number is 15 digits (ITU-T E.164); 64 leaves room for a prefix, `tel:` and a separator after each digit.
const maximumInputLength = 64;

// What people, spreadsheets and address books put between digits: blanks, hyphens and dashes, brackets, dots, slashes,
// and invisible marks of direction, width and hyphenation.
const separators = /[\s\-\u2010-\u2015\u2212()./\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]/g;

// Full-width forms of what a number is written with (U+FF08 to U+FF19), and Arabic-Indic digits of both kinds.
const foreignForms = /[\uff08-\uff19\u0660-\u0669\u06f0-\u06f9]/g;

// International access codes that Finnish operators have besides 00. The country codes +990 and +999 are unassigned.
const finnishAccessCode = /^99[09]/;

function asAscii(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 0xff00) return String.fromCharCode(code - 0xfee0);
  return String(code >= 0x06f0 ? code - 0x06f0 : code - 0x0660);
}

/** The digits of an input with `+` or without, or undefined where it has anything else in it. */
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
 * Reads digits as dialled in a region. The library also takes off the region's international access code. Where that
 * begins with another digit than 0, an ill-formed number of one country would pass for a good one of another: 994 is
 * Azerbaijan, and an access code in Finland. An access code and a country code are four digits at the least, a prefix
 * of national numbers two at the most.
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
 * Tells whether a text has the form of a short code, as services of operators have: three to six digits and nothing
 * else. A short code can send, but nobody can send to it.
 */
export function isShortCode(text: string): boolean {
  return /^\d{3,6}$/.test(text);
}

/**
 * Reads a phone number as a person may have written it. Separators are dropped, and what remains decides:
 *
 * - `+` or `00`, in Finland also `990` and `999`: an international number, which must be valid.
 * - a leading `0`: a national number, in the first of the regions where it is valid.
 * - three to six digits: a short code or an emergency number, refused. National numbers that short, which a few
 *   islands have, must come with `+`.
 * - other digits: an international number where that is valid, since this is the form that callers are told to use;
 *   else a national number in the first of the regions where it is valid; else, where its length is possible in the
 *   first region, a guess, marked as such.
 *
 * Without `+` and leading 0 a number can be read as another one: 45, 46 and 47 begin Finnish mobile numbers as well as
 * Danish, Swedish and Norwegian international ones, and what is a digit short of the one may be the other.
 *
 * @param input any text; what is no phone number gives undefined, and nothing throws.
 * @param regions in order of preference, values of `phoneNumberRegions`; others are passed over. Empty means Finland.
 * @returns undefined where the input is no phone number.
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
