import { expect, test } from 'vitest';

import { readRetryAfter } from '../../../src/core/retry-after.ts';

const now = new Date('2026-11-06T08:49:37.500Z');

test.each([
  ['0', 0],
  ['7', 7],
  ['007', 7],
  ['86400', 86_400],
  ['86401', 86_400],
  ['9'.repeat(400), 86_400],
  ['Fri, 06 Nov 2026 08:51:37 GMT', 120],
  ['Fri, 06 Nov 2026 08:49:38 GMT', 1],
  ['Fri, 06 Nov 2026 08:49:37 GMT', 0],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
  ['Sat, 06 Nov 2027 08:49:37 GMT', 86_400],
  ['Friday, 06-Nov-26 08:50:37 GMT', 60],
  ['Fri Nov  6 08:50:37 2026', 60],
  [undefined, undefined],
  ['', undefined],
  ['soon', undefined],
  ['-1', undefined],
  ['+1', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['0x10', undefined],
  ['10 seconds', undefined],
  ['10, 20', undefined],
  ['2026-11-06T08:51:37Z', undefined],
  ['Fri, 06 Nov 2026 08:51:37', undefined],
  ['Fri, 06 Nov 2026 08:51:37 +0200', undefined],
  ['Fri, 06 Nov 2026 25:51:37 GMT', undefined],
  ['Fri, 99 Nov 2026 08:51:37 GMT', undefined],
  ['06 Nov 2026 08:51:37 GMT', undefined],
])('reads a Retry-After of %j as %j', (value, expected) => {
  expect(readRetryAfter(value, now)).toBe(expected);
});
