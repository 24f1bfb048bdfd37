import { expect, test } from 'vitest';

import { count } from '../../../src/core/plural.ts';

test.each([
  [0, '0 recipients'],
  [1, '1 recipient'],
  [2, '2 recipients'],
  [11, '11 recipients'],
  [100_000, '100000 recipients'],
])('writes %d with its noun as %s', (number, text) => {
  expect(count(number, 'recipient')).toBe(text);
});

test('takes a plural that is not the singular with an s', () => {
  const rows = [0, 1, 2].map((number) => count(number, 'row of a report', 'rows of reports'));
  expect(rows).toEqual(['0 rows of reports', '1 row of a report', '2 rows of reports']);
});
