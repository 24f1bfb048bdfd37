import { expect, test } from 'vitest';

import { readPort } from '../../../src/settings/read-port.ts';

test.each([
  [undefined, 7071],
  ['', 7071],
  ['0', 0],
  ['65535', 65_535],
])('a port: %j is %d', (given, port) => {
  expect(readPort(given)).toBe(port);
});

test.each(['-1', '65536', '1.5', 'x'])('a port: refuses %j', (given) => {
  expect(() => readPort(given)).toThrow(`'${given}' is not a port: give 0 to 65535.`);
});
