import { expect, test } from 'vitest';

import { isCountryCode } from '../../../src/contacts/country-codes.ts';

const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
const every = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));

test('there are 249 codes of three letters', () => {
  expect(every.filter(isCountryCode)).toHaveLength(249);
});

// The first and the last by the alphabet, the youngest, those with letters that surprise, and neighbours of Finland.
test.each(['ABW', 'ZWE', 'SSD', 'CUW', 'SXM', 'BES', 'ALA', 'CHE', 'DEU', 'ESP', 'FIN', 'SWE', 'NOR', 'EST', 'RUS'])(
  '%s is one',
  (code) => {
    expect(isCountryCode(code)).toBe(true);
  },
);

// Withdrawn, reserved, free for users, of another standard, or no code at all.
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
])('%j is none', (code) => {
  expect(isCountryCode(code)).toBe(false);
});
