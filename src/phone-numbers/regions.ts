import { getCountries, type CountryCode } from 'libphonenumber-js/max';

/** A region whose national phone numbers can be parsed, as dropdowns show it. */
export type PhoneNumberRegion = {
  /** ISO 3166-1 alpha-2 in upper case, or one of the additional codes of phone numbering (AC, TA, XK). */
  value: string;
  /** In English. */
  name: string;
};

/** The region of national numbers if the caller names none. */
export const defaultRegion = 'FI';

const regionCodes: ReadonlySet<string> = new Set(getCountries());

let regions: readonly PhoneNumberRegion[] | undefined;

/** Returns all regions whose national phone numbers can be parsed: Finland first, the others by English name. */
export function phoneNumberRegions(): readonly PhoneNumberRegion[] {
  regions ??= buildRegions();
  return regions;
}

function buildRegions(): readonly PhoneNumberRegion[] {
  const names = new Intl.DisplayNames(['en'], { type: 'region' });
  const { compare } = new Intl.Collator('en');
  const rank = (region: PhoneNumberRegion) => (region.value === defaultRegion ? 0 : 1);
  return getCountries()
    .map((value) => ({ value, name: names.of(value) ?? value }))
    .sort((left, right) => rank(left) - rank(right) || compare(left.name, right.name));
}

/** Tells whether a value is one of {@link phoneNumberRegions}, in upper case. */
export function isPhoneNumberRegion(value: string): value is CountryCode {
  return regionCodes.has(value);
}
