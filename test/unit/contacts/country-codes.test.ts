import { expect, test } from 'vitest';

import { isCountryCode } from '../../../src/contacts/country-codes.ts';

const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
const every = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));

test('isCountryCode accepts 249 codes of three letters', () => {
  expect(every.filter(isCountryCode)).toHaveLength(249);
});

// The alphabetically first and last, the newest, those with unexpected letters, and neighbours of Finland.
test.each(['ABW', 'ZWE', 'SSD', 'CUW', 'SXM', 'BES', 'ALA', 'CHE', 'DEU', 'ESP', 'FIN', 'SWE', 'NOR', 'EST', 'RUS'])(
  '%s is a country code',
  (code) => {
    expect(isCountryCode(code)).toBe(true);
  },
);

// Withdrawn, reserved, user-assigned, of another standard, or not a code.
test.each([
  'YUG',
  'SUN',
  'ANT',
  'TMP',
  'EUE',
  'XKX',
  'XXX',
  'AAA',
  'ZZZ',
  'GER',
  'FI',
  '246',
  'fin',
  '',
  ' ',
  'FINLAND',
])('%j is not a country code', (code) => {
  expect(isCountryCode(code)).toBe(false);
});
