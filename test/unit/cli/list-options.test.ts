import { expect, test } from 'vitest';

import { readLimit, readListQuery } from '../../../src/cli/list-options.ts';
import { UsageError } from '../../../src/cli/subcommand.ts';

test('a list has a limit, and only the entries of a customer if one is named', () => {
  expect(readListQuery({})).toEqual({ limit: 100 });
  expect(readListQuery({ customer: 'demo', limit: '5' })).toEqual({ customerId: 'demo', limit: 5 });
});

test.each(['0', '-1', '1.5', 'x'])('a limit: refuses %j', (text) => {
  expect(() => readLimit(text)).toThrow(UsageError);
  expect(() => readLimit(text)).toThrow(`--limit must be a whole number of at least 1, not '${text}'.`);
});
